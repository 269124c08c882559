#pragma once

#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/query/query_parser.h"

namespace stele::elastic {

// One row of the query table: what stands under a query's name → a node. `kind` is that name.
using QueryFamily = Outcome<engine::QueryPtr> (*)(QueryParser& parser, json::Value body,
                                                  const std::string& kind);

// full_text.cc
Outcome<engine::QueryPtr> parse_match(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_match_phrase(QueryParser&, json::Value, const std::string&);  // and _prefix
Outcome<engine::QueryPtr> parse_match_bool_prefix(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_multi_match(QueryParser&, json::Value, const std::string&);
// term_level.cc
Outcome<engine::QueryPtr> parse_term(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_terms(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_pattern(QueryParser&, json::Value,
                                        const std::string&);  // prefix, wildcard, …
Outcome<engine::QueryPtr> parse_fuzzy(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_exists(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_ids(QueryParser&, json::Value, const std::string&);
// range.cc
Outcome<engine::QueryPtr> parse_range(QueryParser&, json::Value, const std::string&);
// compound.cc
Outcome<engine::QueryPtr> parse_bool(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_match_all(QueryParser&, json::Value, const std::string&);  // and match_none
Outcome<engine::QueryPtr> parse_constant_score(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_dis_max(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_boosting(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_nested(QueryParser&, json::Value, const std::string&);
Outcome<engine::QueryPtr> parse_knn_query(QueryParser&, json::Value, const std::string&);

// {"field": value} or {"field": {"value_key": value, …}}: which field, and a reader of its parameters where
// they are an object. 400 for none or several fields.
struct FieldBody {
  std::string field;
  json::Value value;  // the short form's value, or null where `is_object`
  bool is_object = false;
  float boost = 1;  // beside the field, where Elasticsearch allows it
  std::string name = {};
};
Outcome<FieldBody> field_body(const QueryParser& parser, json::Value body, const std::string& kind);

}  // namespace stele::elastic
