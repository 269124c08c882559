#include <fmt/format.h>

#include <algorithm>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/families.h"

namespace stele::elastic {
namespace {

using engine::QueryPtr;

Outcome<std::vector<QueryPtr>> clauses(QueryParser& parser, BodyReader& reader, std::string_view key) {
  const std::optional<json::Value> given = reader.value(key);
  if (!given || given->is_null()) return std::vector<QueryPtr>();
  return parser.parse_list(*given);
}

Outcome<QueryPtr> required(QueryParser& parser, const std::optional<json::Value>& query, json::Value body,
                           std::string_view reason) {
  if (!query || query->is_null()) return parsing_failure(std::string(reason), place_of(body, parser.text()));
  return parser.parse(*query);
}

}  // namespace

Outcome<QueryPtr> parse_bool(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind, BodyReader::Style::kXContent);
  engine::Bool node;
  STELE_TRY(node.must, clauses(parser, reader, "must"));
  STELE_TRY(node.filter, clauses(parser, reader, "filter"));
  STELE_TRY(node.should, clauses(parser, reader, "should"));
  STELE_TRY(node.must_not, clauses(parser, reader, "must_not"));
  const std::optional<std::string> minimum = reader.maybe_text("minimum_should_match");
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  reader.ignore("adjust_pure_negative");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (minimum) {
    STELE_TRY(node.minimum_should_match, engine::MinimumShouldMatch::parse(*minimum));
  }
  // A bool without clauses matches everything, as Elasticsearch's does.
  if (node.must.empty() && node.filter.empty() && node.should.empty() && node.must_not.empty())
    return engine::make_query(engine::MatchAll{}, boost, std::move(name));
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_match_all(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind, BodyReader::Style::kXContent);
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (kind == "match_none") return engine::make_query(engine::MatchNone{}, boost, std::move(name));
  return engine::make_query(engine::MatchAll{}, boost, std::move(name));
}

Outcome<QueryPtr> parse_constant_score(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  const std::optional<json::Value> filter = reader.value("filter");
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (filter && filter->is_array())
    return parsing_failure("unexpected token [START_ARRAY]", place_of(*filter, parser.text()));
  STELE_TRY(QueryPtr inner, required(parser, filter, body, "[constant_score] requires a 'filter' element"));
  return engine::make_query(engine::ConstantScore{std::move(inner)}, boost, std::move(name));
}

Outcome<QueryPtr> parse_dis_max(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  engine::DisMax node;
  STELE_TRY(node.queries, clauses(parser, reader, "queries"));
  node.tie_breaker = static_cast<float>(reader.number("tie_breaker", 0));
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (node.queries.empty())
    return parsing_failure("[dis_max] requires 'queries' field with at least one clause",
                           place_of(body, parser.text()));
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_boosting(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  const std::optional<json::Value> positive = reader.value("positive");
  const std::optional<json::Value> negative = reader.value("negative");
  engine::Boosting node;
  const double negative_boost = reader.number("negative_boost", -1);
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (negative_boost < 0)
    return parsing_failure("[boosting] query requires 'negative_boost' to be set to be a positive value'",
                           place_of(body, parser.text()));
  node.negative_boost = static_cast<float>(negative_boost);
  STELE_TRY(node.positive,
            required(parser, positive, body, "[boosting] query requires 'positive' query to be set'"));
  STELE_TRY(node.negative,
            required(parser, negative, body, "[boosting] query requires 'negative' query to be set'"));
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_nested(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind);
  engine::Nested node;
  const std::optional<json::Value> query = reader.value("query");
  node.path = reader.text("path");
  const std::string mode = reader.text("score_mode", "avg");
  node.unmapped_ok = reader.boolean("ignore_unmapped", false);
  if (reader.has("inner_hits")) reader.fail(not_supported("[inner_hits] of a [nested] query is"));
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  using Mode = engine::Nested::ScoreMode;
  constexpr std::pair<std::string_view, Mode> kModes[] = {{"none", Mode::kNone},
                                                          {"avg", Mode::kAverage},
                                                          {"sum", Mode::kSum},
                                                          {"max", Mode::kMax},
                                                          {"min", Mode::kMin}};
  const auto row = std::ranges::find(kModes, mode, &std::pair<std::string_view, Mode>::first);
  if (row == std::end(kModes))
    return illegal_argument(fmt::format("No score mode for child query [{}] found", mode));
  node.score_mode = row->second;
  if (node.path.empty())
    return parsing_failure("[nested] requires 'path' field", place_of(body, parser.text()));
  STELE_TRY(node.query, required(parser, query, body, "[nested] requires 'query' field"));
  return engine::make_query(std::move(node), boost, std::move(name));
}

Outcome<QueryPtr> parse_knn_query(QueryParser& parser, json::Value body, const std::string& kind) {
  BodyReader reader(body, parser.text(), kind, BodyReader::Style::kXContent);
  engine::KnnClause node;
  node.field = reader.text("field");
  const std::optional<json::Value> vector = reader.value("query_vector");
  const std::int64_t candidates = reader.integer("num_candidates", 0);
  const std::int64_t k = reader.integer("k", candidates > 0 ? candidates : 10);
  if (reader.has("similarity")) reader.fail(not_supported("[similarity] of a [knn] query clause is"));
  if (reader.has("query_vector_builder")) reader.fail(not_supported("[query_vector_builder] is"));
  reader.ignore("similarity");
  reader.ignore("query_vector_builder");
  engine::Bool filter;
  STELE_TRY(filter.filter, clauses(parser, reader, "filter"));
  const float boost = static_cast<float>(reader.number("boost", 1));
  std::string name = reader.text("_name");
  STELE_RETURN_IF_ERROR(reader.finish());
  if (node.field.empty() || !vector)
    return x_content_failure("Required [field, query_vector]", place_of(body, parser.text()));
  if (k < 1) return illegal_argument("[k] must be greater than 0");
  node.k = static_cast<std::size_t>(k);
  node.ef = static_cast<std::size_t>(std::max<std::int64_t>(candidates, 0));
  STELE_TRY(node.vector, parse_vector(*vector));
  if (!filter.filter.empty()) node.filter = engine::make_query(std::move(filter));
  return engine::make_query(std::move(node), boost, std::move(name));
}

}  // namespace stele::elastic
