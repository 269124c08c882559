#include "protocols/elastic/query/query_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocols/elastic/call.h"
#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/families.h"

namespace stele::elastic {
namespace {

struct QueryRow {
  std::string_view name;
  QueryFamily parse;  // null: Elasticsearch knows it, Stele not yet
};

constexpr std::array kQueries = {
    QueryRow{"match", parse_match},
    QueryRow{"match_phrase", parse_match_phrase},
    QueryRow{"match_phrase_prefix", parse_match_phrase},
    QueryRow{"match_bool_prefix", parse_match_bool_prefix},
    QueryRow{"multi_match", parse_multi_match},
    QueryRow{"term", parse_term},
    QueryRow{"terms", parse_terms},
    QueryRow{"range", parse_range},
    QueryRow{"exists", parse_exists},
    QueryRow{"ids", parse_ids},
    QueryRow{"prefix", parse_pattern},
    QueryRow{"wildcard", parse_pattern},
    QueryRow{"regexp", parse_pattern},
    QueryRow{"fuzzy", parse_fuzzy},
    QueryRow{"bool", parse_bool},
    QueryRow{"match_all", parse_match_all},
    QueryRow{"match_none", parse_match_all},
    QueryRow{"constant_score", parse_constant_score},
    QueryRow{"dis_max", parse_dis_max},
    QueryRow{"boosting", parse_boosting},
    QueryRow{"nested", parse_nested},
    QueryRow{"knn", parse_knn_query},
    QueryRow{"query_string", nullptr},
    QueryRow{"simple_query_string", nullptr},
    QueryRow{"combined_fields", nullptr},
    QueryRow{"function_score", nullptr},
    QueryRow{"script_score", nullptr},
    QueryRow{"script", nullptr},
    QueryRow{"more_like_this", nullptr},
    QueryRow{"terms_set", nullptr},
    QueryRow{"intervals", nullptr},
    QueryRow{"geo_distance", nullptr},
    QueryRow{"geo_bounding_box", nullptr},
    QueryRow{"geo_polygon", nullptr},
    QueryRow{"geo_shape", nullptr},
    QueryRow{"distance_feature", nullptr},
    QueryRow{"rank_feature", nullptr},
    QueryRow{"has_child", nullptr},
    QueryRow{"has_parent", nullptr},
    QueryRow{"parent_id", nullptr},
    QueryRow{"percolate", nullptr},
    QueryRow{"pinned", nullptr},
    QueryRow{"rule", nullptr},
    QueryRow{"semantic", nullptr},
    QueryRow{"sparse_vector", nullptr},
    QueryRow{"text_expansion", nullptr},
    QueryRow{"weighted_tokens", nullptr},
    QueryRow{"wrapper", nullptr},
    QueryRow{"span_term", nullptr},
    QueryRow{"span_near", nullptr},
    QueryRow{"span_or", nullptr},
    QueryRow{"span_not", nullptr},
    QueryRow{"span_first", nullptr},
    QueryRow{"span_multi", nullptr},
    QueryRow{"span_containing", nullptr},
    QueryRow{"span_within", nullptr},
    QueryRow{"span_field_masking", nullptr},
};

Failure unknown_query(std::string_view name, Place place) {
  std::vector<std::string> known;
  for (const QueryRow& row : kQueries) known.emplace_back(row.name);
  return parsing_failure(fmt::format("unknown query [{}]{}", name, did_you_mean(name, known)), place)
      .because({400, "named_object_not_found_exception",
                fmt::format("[{}:{}] unknown field [{}]", place.line, place.column, name)});
}

}  // namespace

const engine::FieldDefinition* QueryScope::field(std::string_view path) const {
  for (const auto& definition : definitions)
    if (const auto id = definition->schema.find(path)) return &definition->schema.field(*id);
  return nullptr;
}

const views::FieldReading* QueryScope::reading(std::string_view path) const {
  for (const auto& definition : definitions)
    if (const views::FieldReading* reading = definition->reading(path)) return reading;
  return nullptr;
}

bool QueryScope::max_inner_product(std::string_view path) const {
  return std::ranges::find(max_inner_product_fields, path) != max_inner_product_fields.end();
}

std::vector<std::string> QueryScope::expand(std::string_view pattern) const {
  if (pattern.find('*') == std::string_view::npos) return {std::string(pattern)};
  std::vector<std::string> paths;
  for (const auto& definition : definitions)
    for (const engine::FieldDefinition& field : definition->schema.fields())
      if (field.type != engine::FieldType::kObject && field.type != engine::FieldType::kDenseVector &&
          field.indexed && wildcard_match(pattern, field.path))
        paths.push_back(field.path);
  std::ranges::sort(paths);
  paths.erase(std::ranges::unique(paths).begin(), paths.end());
  return paths;
}

std::vector<std::string> QueryScope::default_fields() const {
  std::vector<std::string> paths = expand("*");
  std::erase_if(paths, [&](const std::string& path) {
    const engine::FieldType type = field(path)->type;
    return type != engine::FieldType::kText && type != engine::FieldType::kKeyword;
  });
  return paths;
}

Outcome<engine::QueryPtr> QueryParser::parse(json::Value query) {
  const Place place = place_of(query, text_);
  if (!query.is_object())
    return parsing_failure("[_na] query malformed, must start with start_object", place);
  if (query.size() == 0)
    return illegal_argument(
        fmt::format("query malformed, empty clause found at [{}:{}]", place.line, place.column + 1));
  const json::Member first = *query.members().begin();
  const Place inside = place_of(first.value, text_);
  if (!first.value.is_object())
    return parsing_failure(fmt::format("[{}] query malformed, no start_object after query name", first.key),
                           inside);
  const auto row = std::ranges::find(kQueries, first.key, &QueryRow::name);
  if (row == kQueries.end()) return unknown_query(first.key, inside);
  if (row->parse == nullptr) return not_supported(fmt::format("[{}] query is", first.key)).at(inside);
  if (query.size() > 1)
    return parsing_failure(
        fmt::format("[{}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", first.key), inside);
  if (depth_ >= kDepthMax)
    return illegal_argument(
        fmt::format("The nested depth of the query exceeds the maximum nested depth for queries set in "
                    "[indices.query.bool.max_nested_depth]"));
  ++depth_;
  Outcome<engine::QueryPtr> parsed = row->parse(*this, first.value, std::string(first.key));
  --depth_;
  return parsed;
}

Outcome<std::vector<engine::QueryPtr>> QueryParser::parse_list(json::Value queries) {
  std::vector<engine::QueryPtr> parsed;
  if (queries.is_array()) {
    for (const json::Value query : queries.elements()) {
      STELE_TRY(engine::QueryPtr one, parse(query));
      parsed.push_back(std::move(one));
    }
  } else {
    STELE_TRY(engine::QueryPtr one, parse(queries));
    parsed.push_back(std::move(one));
  }
  return parsed;
}

Outcome<FieldBody> field_body(const QueryParser& parser, json::Value body, const std::string& kind) {
  FieldBody result;
  std::optional<json::Member> field;
  for (const json::Member& member : body.members()) {
    if (member.key == "boost" && member.value.is_number()) {
      result.boost = static_cast<float>(member.value.number());
    } else if (member.key == "_name" && member.value.is_string()) {
      result.name = std::string(member.value.string());
    } else if (field) {
      return parsing_failure(fmt::format("[{}] query doesn't support multiple fields, found [{}] and [{}]",
                                         kind, field->key, member.key),
                             place_of(member.value, parser.text()));
    } else {
      field = member;
    }
  }
  if (!field) return illegal_argument("fieldName must not be null or empty");
  if (field->key.empty()) return illegal_argument("field name is null or empty");
  result.field = std::string(field->key);
  if (field->value.is_array())
    return parsing_failure(kind == "term" || kind == "match"
                               ? fmt::format("[{}] query does not support array of values", kind)
                               : fmt::format("[{}] unknown token [START_ARRAY] after [{}]", kind, field->key),
                           place_of(field->value, parser.text()));
  result.value = field->value;
  result.is_object = field->value.is_object();
  return result;
}

engine::Value to_engine_value(json::Value value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return {};
    case json::Kind::kBool:
      return value.boolean();
    case json::Kind::kInt64:
      return *value.as_int64();
    case json::Kind::kUInt64:
    case json::Kind::kDouble:
    case json::Kind::kBigNumber:
      return value.number();
    case json::Kind::kString:
      return value.string();
    case json::Kind::kArray: {
      engine::List list;
      for (const json::Value element : value.elements()) list.push_back(to_engine_value(element));
      return list;
    }
    case json::Kind::kObject: {
      engine::Object object;
      for (const json::Member& member : value.members())
        object.emplace_back(std::string(member.key), to_engine_value(member.value));
      return object;
    }
  }
  return {};
}

Outcome<std::vector<float>> parse_vector(json::Value value) {
  if (!value.is_array()) return illegal_argument("[query_vector] must be an array of numbers");
  std::vector<float> vector;
  vector.reserve(value.size());
  for (const json::Value element : value.elements()) {
    if (!element.is_number()) return illegal_argument("[query_vector] must be an array of numbers");
    vector.push_back(static_cast<float>(element.number()));
  }
  if (vector.empty()) return illegal_argument("[query_vector] must not be empty");
  return vector;
}

engine::QueryPtr ids_query(const QueryScope& scope, const std::vector<std::string>& ids, float boost,
                           std::string name) {
  engine::Ids node;
  for (const engine::KeyLayout& layout : scope.key_layouts) {
    for (const std::string& id : ids) {
      Result<engine::DocKey> key = engine::DocKey::parse(layout, id);
      if (key && std::ranges::find(node.keys, *key) == node.keys.end()) node.keys.push_back(*std::move(key));
    }
  }
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<engine::QueryPtr> parse_uri_query(const QueryScope& scope, std::string_view q) {
  if (q == "*" || q == "*:*") return engine::make_query(engine::MatchAll{});
  constexpr std::string_view kSyntax = "\"()[]{}^~\\/+&|!";
  const bool plain = q.find_first_of(kSyntax) == std::string_view::npos &&
                     q.find(" AND ") == std::string_view::npos && q.find(" OR ") == std::string_view::npos &&
                     q.find("NOT ") == std::string_view::npos && !q.starts_with('-') &&
                     q.find(" -") == std::string_view::npos;
  const std::size_t colon = q.find(':');
  const bool one_colon = colon == std::string_view::npos || q.find(':', colon + 1) == std::string_view::npos;
  const bool field_then_words = colon != std::string_view::npos && q.find(' ') != std::string_view::npos;
  if (!plain || !one_colon || field_then_words || q.find('?') != std::string_view::npos)
    return not_supported(fmt::format("[q] with Lucene's query syntax beyond [field:value] ([{}]) is", q));
  const std::string field(colon == std::string_view::npos ? std::string_view() : q.substr(0, colon));
  const std::string text(colon == std::string_view::npos ? q : q.substr(colon + 1));
  if (text.empty()) return illegal_argument(fmt::format("Failed to parse query [{}]", q));
  if (field == "_exists_") return engine::make_query(engine::Exists{text});
  if (field == "_id") return ids_query(scope, {text});
  const bool pattern = text.find('*') != std::string::npos;
  if (field.empty() && !pattern) {
    engine::MultiMatch node;
    for (std::string& path : scope.default_fields()) node.fields.push_back({std::move(path), 1});
    node.text = text;
    node.lenient = true;
    return engine::make_query(std::move(node));
  }
  if (field.empty()) return not_supported(fmt::format("[q] with a pattern and no field ([{}]) is", q));
  if (text == "*") return engine::make_query(engine::Exists{field});
  if (pattern) return engine::make_query(engine::Wildcard{field, text, false});
  engine::Match node{field, text};
  return engine::make_query(std::move(node));
}

}  // namespace stele::elastic
