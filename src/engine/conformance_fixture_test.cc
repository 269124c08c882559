#include <fmt/format.h>

#include "base/check.h"
#include "engine/conformance.h"

namespace stele::engine {

std::vector<EngineUnderTest> engines_under_test() {
  // With each batch sealed at once, so that small tests see sealed segments too.
  const auto sealed = [](VisibleLsn& visible) {
    return make_engine(visible, system_clock(), {.seal_documents = 1});
  };
  return {{"Reference", [](VisibleLsn& visible) { return make_reference_engine(visible); }},
          {"Segments", [](VisibleLsn& visible) { return make_engine(visible); }},
          {"Sealed", sealed}};
}

Change Row::change(const Schema& schema) const {
  Change change = change_;
  const auto id = [&schema](const std::string& path) {
    const auto found = schema.find(path);
    STELE_CHECK_MESSAGE(found.has_value(), path);
    return *found;
  };
  for (const auto& [path, value] : values_) change.document.fields.push_back({id(path), {value}});
  for (const auto& [path, elements] : vectors_) change.document.vectors.push_back({id(path), elements});
  for (const std::string& path : unchanged_) change.unchanged.push_back(id(path));
  return change;
}

std::shared_ptr<Collection> EngineConformance::create(std::vector<FieldDefinition> fields, std::string name,
                                                      KeyLayout layout) {
  auto schema = Schema::create(std::move(fields));
  EXPECT_TRUE(schema.has_value()) << (schema ? "" : schema.error().message);
  auto collection =
      engine_->create_collection({.name = std::move(name), .key_layout = std::move(layout)}, *schema);
  EXPECT_TRUE(collection.has_value());
  return *collection;
}

ApplyReport EngineConformance::apply_hidden(Collection& collection, const std::vector<Row>& rows) {
  lsn_ = Lsn(lsn_.value() + 1);
  ChangeBatch batch{lsn_, {}};
  for (const Row& row : rows) batch.changes.push_back(row.change(*collection.schema()));
  auto report = collection.apply(std::move(batch));
  EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
  return *report;
}

ApplyReport EngineConformance::apply(Collection& collection, const std::vector<Row>& rows) {
  const ApplyReport report = apply_hidden(collection, rows);
  show();
  return report;
}

void EngineConformance::remove(Collection& collection, const std::vector<std::string>& keys) {
  lsn_ = Lsn(lsn_.value() + 1);
  ChangeBatch batch{lsn_, {}};
  for (const std::string& key : keys) {
    Change& change = batch.changes.emplace_back();
    change.kind = Change::Kind::kDelete;
    change.document.key = DocKey::from_text(key);
  }
  EXPECT_TRUE(collection.apply(std::move(batch)).has_value());
  show();
}

void EngineConformance::truncate(Collection& collection) {
  lsn_ = Lsn(lsn_.value() + 1);
  ChangeBatch batch{lsn_, {}};
  batch.changes.emplace_back().kind = Change::Kind::kTruncate;
  EXPECT_TRUE(collection.apply(std::move(batch)).has_value());
  show();
}

Snapshot EngineConformance::snapshot(const std::shared_ptr<Collection>& collection) {
  return Snapshot::take(visible_, std::span(&collection, 1));
}

Result<SearchResult> EngineConformance::search(const std::shared_ptr<Collection>& collection,
                                               Request request) {
  return engine_->search(snapshot(collection), request);
}

SearchResult EngineConformance::found(const std::shared_ptr<Collection>& collection, Request request) {
  auto result = search(collection, std::move(request));
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().to_string());
  return result ? *std::move(result) : SearchResult();
}

std::string EngineConformance::keys(const std::shared_ptr<Collection>& collection, QueryPtr query,
                                    Select select) {
  return keys_of(found(collection, text_request(std::move(query), std::move(select))));
}

std::string EngineConformance::scores(const std::shared_ptr<Collection>& collection, QueryPtr query) {
  std::string out;
  for (const Hit& hit : found(collection, text_request(std::move(query), {.limit = 1000})).hits)
    out += fmt::format("{}{}={:.4f}", out.empty() ? "" : " ", hit.key.to_string(), hit.score.value_or(-1));
  return out;
}

std::string keys_of(const SearchResult& result) {
  std::string out;
  for (const Hit& hit : result.hits) out += (out.empty() ? "" : " ") + hit.key.to_string();
  return out;
}

Stage retrieve(QueryPtr query, std::string name) {
  return Stage{Retrieve{.source = TextSearch{std::move(query)}}, {}, std::move(name)};
}

Request text_request(QueryPtr query, Select select) {
  return Request{.targets = {Target{}},
                 .root = Stage{std::move(select), {retrieve(std::move(query), "query")}, "hits"},
                 .totals = {{"query"}, {"hits"}}};
}

}  // namespace stele::engine
