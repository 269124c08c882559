#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/doc_key.h"
#include "engine/query/query.h"
#include "json/document.h"
#include "protocols/elastic/failure.h"
#include "views/definition.h"

namespace stele::elastic {

// What the query language needs to know of the indices that are searched: their fields and key layouts. One
// request has one tree for all of them; where two give a field different types the first counts.
struct QueryScope {
  std::vector<std::shared_ptr<const views::CollectionDefinition>> definitions;
  std::vector<engine::KeyLayout> key_layouts;
  std::int64_t now_ns = 0;
  std::vector<std::string> max_inner_product_fields = {};  // dense_vector with that similarity

  std::size_t terms_max = 65536;        // index.max_terms_count
  std::size_t regexp_bytes_max = 1000;  // index.max_regex_length

  // Of several indices the least counts.
  void limit(std::int64_t terms, std::int64_t regexp_bytes) {
    terms_max = std::min(terms_max, static_cast<std::size_t>(std::max<std::int64_t>(terms, 0)));
    regexp_bytes_max =
        std::min(regexp_bytes_max, static_cast<std::size_t>(std::max<std::int64_t>(regexp_bytes, 0)));
  }
  const engine::FieldDefinition* field(std::string_view path) const;
  const views::FieldReading* reading(std::string_view path) const;
  bool max_inner_product(std::string_view path) const;
  // Fields whose path matches a pattern with '*', sorted; a name without '*' is itself.
  std::vector<std::string> expand(std::string_view pattern) const;
  // What a query without fields searches (index.query.default_field = "*"): text and keyword fields.
  std::vector<std::string> default_fields() const;
};

// What does this query ask of the engine? Elasticsearch's query DSL → the engine's tree. Names of queries are
// rows of a table; those that Elasticsearch knows and that are not there yet say so. One a request; `text` is
// the body the values belong to. Depth is bounded (indices.query.bool.max_nested_depth).
class QueryParser {
 public:
  static constexpr int kDepthMax = 30;

  QueryParser(const QueryScope& scope, std::string_view text) : scope_(scope), text_(text) {}

  // {"match": {…}}. parsing_exception and its like with line and column.
  Outcome<engine::QueryPtr> parse(json::Value query);
  // One query or a list of them.
  Outcome<std::vector<engine::QueryPtr>> parse_list(json::Value queries);

  const QueryScope& scope() const { return scope_; }
  std::string_view text() const { return text_; }

 private:
  const QueryScope& scope_;
  std::string_view text_;
  int depth_ = 0;
};

// A JSON scalar, list or object as the engine holds it.
engine::Value to_engine_value(json::Value value);
// [1, 2.5, 3]; 400 for what is no list of numbers.
Outcome<std::vector<float>> parse_vector(json::Value value);
engine::QueryPtr ids_query(const QueryScope& scope, const std::vector<std::string>& ids, float boost = 1,
                           std::string name = {});
// A value that a query names on `field`: dates become the range of instants they stand for.
Outcome<engine::QueryPtr> value_query(const QueryScope& scope, const std::string& field, json::Value value,
                                      bool case_insensitive, float boost, std::string name);
// q=: "field:value", "value", "*" and "*:*"; what Lucene's syntax has beside (AND, quotes, …) is refused.
Outcome<engine::QueryPtr> parse_uri_query(const QueryScope& scope, std::string_view q);

}  // namespace stele::elastic
