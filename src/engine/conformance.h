#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace stele::engine {

// An engine that the conformance tests (conformance_*_test.cc) run on: every engine behind engine.h passes
// all of them.
struct EngineUnderTest {
  std::string name;
  std::function<std::unique_ptr<Engine>(VisibleLsn&)> make;
};
std::vector<EngineUnderTest> engines_under_test();
inline void PrintTo(const EngineUnderTest& engine, std::ostream* out) {
  *out << engine.name;
}

// A document by paths: row("7").set("title", "x").set("tags", List{"a", "b"}).vector("v", {1, 0}).
class Row {
 public:
  explicit Row(DocKey key) { change_.document.key = std::move(key); }
  Row& set(std::string path, Value value) {
    values_.emplace_back(std::move(path), std::move(value));
    return *this;
  }
  Row& vector(std::string path, std::vector<float> elements) {
    vectors_.emplace_back(std::move(path), std::move(elements));
    return *this;
  }
  Row& source(std::string json) {
    change_.document.source = std::move(json);
    return *this;
  }
  Row& keeping(std::vector<std::string> paths) {
    unchanged_ = std::move(paths);
    return *this;
  }
  Row& moved_from(DocKey key) {
    change_.former_key = std::move(key);
    return *this;
  }
  Row& same_source() {
    change_.source_unchanged = true;
    return *this;
  }
  Change change(const Schema& schema) const;

 private:
  Change change_;
  std::vector<std::pair<std::string, Value>> values_;
  std::vector<std::pair<std::string, std::vector<float>>> vectors_;
  std::vector<std::string> unchanged_;
};
inline Row row(std::string_view key) {
  return Row(DocKey::from_text(key));
}

// A node in small: one visible LSN, one engine, some collections; every step is a transaction of its own.
class EngineConformance : public testing::TestWithParam<EngineUnderTest> {
 protected:
  EngineConformance() : engine_(GetParam().make(visible_)) {}

  std::shared_ptr<Collection> create(std::vector<FieldDefinition> fields, std::string name = "items",
                                     KeyLayout layout = {KeyType::kText});
  // Applies at the next LSN without making it visible.
  ApplyReport apply_hidden(Collection& collection, const std::vector<Row>& rows);
  ApplyReport apply(Collection& collection, const std::vector<Row>& rows);
  void remove(Collection& collection, const std::vector<std::string>& keys);
  void truncate(Collection& collection);
  void show() { visible_.publish(lsn_); }

  Snapshot snapshot(const std::shared_ptr<Collection>& collection);
  Result<SearchResult> search(const std::shared_ptr<Collection>& collection, Request request);
  SearchResult found(const std::shared_ptr<Collection>& collection, Request request);
  // Keys of what a query finds, best first: "3 1 2".
  std::string keys(const std::shared_ptr<Collection>& collection, QueryPtr query,
                   Select select = {.limit = 1000});
  // "3=1.5000 1=0.2500"
  std::string scores(const std::shared_ptr<Collection>& collection, QueryPtr query);

  VisibleLsn visible_;
  std::unique_ptr<Engine> engine_;
  Lsn lsn_{100};
};

std::string keys_of(const SearchResult& result);
// One target, a text search, a Select; stages are named "query" and "hits".
Request text_request(QueryPtr query, Select select = {});
Stage retrieve(QueryPtr query, std::string name = {});

}  // namespace stele::engine
