#include "protocols/elastic/search/search_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "json/writer.h"
#include "protocols/elastic/call.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

using engine::QueryPtr;
using engine::Stage;

// What a body may hold and is not there yet.
constexpr std::array<std::string_view, 15> kMissing = {
    "aggs",      "aggregations", "highlight",        "suggest", "script_fields",
    "pit",       "slice",        "runtime_mappings", "rescore", "profile",
    "retriever", "rank",         "collapse",         "ext",     "terminate_after"};

struct Parts {
  QueryPtr query;
  QueryPtr post_filter;
  std::vector<KnnSearch> knn;
  std::optional<double> min_score;
  SortRequest sort;
  std::vector<engine::Value> after;
  bool track_scores = false;
};

Outcome<> check_known(json::Value body, std::string_view text) {
  constexpr std::array<std::string_view, 24> kKnown = {"query",
                                                       "post_filter",
                                                       "knn",
                                                       "from",
                                                       "size",
                                                       "sort",
                                                       "search_after",
                                                       "_source",
                                                       "fields",
                                                       "docvalue_fields",
                                                       "stored_fields",
                                                       "track_total_hits",
                                                       "track_scores",
                                                       "min_score",
                                                       "version",
                                                       "seq_no_primary_term",
                                                       "explain",
                                                       "timeout",
                                                       "indices_boost",
                                                       "stats",
                                                       "size",
                                                       "allow_partial_search_results",
                                                       "include_named_queries_score",
                                                       "from"};
  for (const json::Member& member : body.members()) {
    const Place place = place_of(member.value, text);
    if (std::ranges::find(kMissing, member.key) != kMissing.end()) {
      const bool empty = (member.value.is_object() || member.value.is_array()) && member.value.size() == 0;
      const bool off = member.value.is_bool() && !member.value.boolean();
      const bool zero = member.value.is_integer() && member.value.number() == 0;
      if (!empty && !off && !zero)
        return not_supported(fmt::format("[{}] in a search request is", member.key)).at(place);
    } else if (std::ranges::find(kKnown, member.key) == kKnown.end()) {
      return parsing_failure(
          fmt::format("Unknown key for a {} in [{}].", token_name(member.value), member.key), place);
    }
  }
  return {};
}

Outcome<std::vector<FieldRequest>> read_fields(std::optional<json::Value> value, std::string_view key) {
  std::vector<FieldRequest> fields;
  if (!value) return fields;
  if (!value->is_array()) return parse_failure(fmt::format("[{}] must be an array", key));
  for (const json::Value entry : value->elements()) {
    FieldRequest field;
    if (entry.is_string()) {
      field.pattern = std::string(entry.string());
    } else {
      const std::optional<json::Value> name = entry.find("field");
      if (!name || !name->is_string()) return parse_failure(fmt::format("[{}] requires [field]", key));
      field.pattern = std::string(name->string());
      field.format = scalar_text(entry.find("format").value_or(json::Value())).value_or("");
      if (!field.format.empty() && field.format != "use_field_mapping")
        return not_supported(fmt::format("[format] of [{}] is", key));
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

Outcome<> read_totals(json::Value value, SearchRequest& request) {
  const std::string text = scalar_text(value).value_or("");
  if (text == "true") {
    request.totals_limit.reset();
  } else if (text == "false") {
    request.count_totals = false;
  } else {
    const std::optional<std::int64_t> limit = parse_integer(text);
    if (limit == -1) {
      request.count_totals = false;
    } else if (!limit || *limit < 0) {
      return illegal_argument(
          fmt::format("[track_total_hits] parameter must be positive or equals to -1, got {}", text));
    } else {
      request.totals_limit = static_cast<std::size_t>(*limit);
    }
  }
  return {};
}

// The scalar parts: from the body, overridden by the parameters.
Outcome<> read_options(std::optional<json::Value> body, std::string_view text, const Parameters& parameters,
                       SearchRequest& request, Parts& parts) {
  std::int64_t from = 0;
  std::int64_t size = 10;
  if (body) {
    BodyReader reader(*body, text, "search");
    from = reader.integer("from", 0);
    size = reader.integer("size", 10);
    request.version = reader.boolean("version", false);
    request.seq_no_primary_term = reader.boolean("seq_no_primary_term", false);
    request.explain = reader.boolean("explain", false);
    parts.track_scores = reader.boolean("track_scores", false);
    if (reader.has("min_score")) parts.min_score = reader.number("min_score", 0);
    if (const std::string timeout = reader.text("timeout"); !timeout.empty()) {
      STELE_TRY(request.timeout, parse_time_value(timeout, "timeout"));
    }
    if (const auto totals = body->find("track_total_hits"))
      STELE_RETURN_IF_ERROR(read_totals(*totals, request));
    STELE_RETURN_IF_ERROR(reader.check());
  }
  STELE_TRY(from, parameters.integer("from", from));
  STELE_TRY(size, parameters.integer("size", size));
  STELE_TRY(request.version, parameters.boolean("version", request.version));
  STELE_TRY(request.seq_no_primary_term,
            parameters.boolean("seq_no_primary_term", request.seq_no_primary_term));
  STELE_TRY(request.explain, parameters.boolean("explain", request.explain));
  STELE_TRY(parts.track_scores, parameters.boolean("track_scores", parts.track_scores));
  STELE_TRY(request.totals_as_integer, parameters.boolean("rest_total_hits_as_int", false));
  STELE_TRY(request.partial_allowed, parameters.boolean("allow_partial_search_results", true));
  if (const auto timeout = parameters.get("timeout")) {
    STELE_TRY(request.timeout, parse_time_value(*timeout, "timeout"));
  }
  if (const auto totals = parameters.get("track_total_hits")) {
    const std::string quoted = json::quoted(*totals);
    Result<json::Document> value = json::Document::parse_borrowed(quoted);
    if (value) STELE_RETURN_IF_ERROR(read_totals(value->root(), request));
  }
  if (request.totals_as_integer) {
    const bool given = parameters.has("track_total_hits") || (body && body->find("track_total_hits"));
    if (given && request.count_totals && request.totals_limit)
      return illegal_argument(
          fmt::format("[rest_total_hits_as_int] cannot be used if the tracking of total hits is not "
                      "accurate, got {}",
                      *request.totals_limit));
    request.totals_limit.reset();
  }
  if (from < 0)
    return illegal_argument(fmt::format("[from] parameter cannot be negative but was [{}]", from));
  if (size < 0) return illegal_argument(fmt::format("[size] parameter cannot be negative, found [{}]", size));
  request.from = static_cast<std::size_t>(from);
  request.size = static_cast<std::size_t>(size);
  if (request.explain) return not_supported("[explain] in a search request is");
  return {};
}

Outcome<> read_queries(QueryParser& parser, std::optional<json::Value> body, const Parameters& parameters,
                       const SearchRequest& request, Parts& parts) {
  if (body) {
    if (const auto query = body->find("query"); query && !query->is_null()) {
      STELE_TRY(parts.query, parser.parse(*query));
    }
    if (const auto filter = body->find("post_filter"); filter && !filter->is_null()) {
      STELE_TRY(parts.post_filter, parser.parse(*filter));
    }
    if (const auto knn = body->find("knn"); knn && !knn->is_null()) {
      STELE_TRY(parts.knn, parse_knn(parser, *knn, request.size == 0 ? 10 : request.size));
    }
    if (const auto sort = body->find("sort"); sort && !sort->is_null()) {
      STELE_TRY(parts.sort, parse_sort(parser.scope(), *sort, parser.text()));
    }
  }
  if (const auto q = parameters.get("q")) {
    STELE_TRY(parts.query, parse_uri_query(parser.scope(), *q));
  }
  if (const std::vector<std::string> sort = parameters.list("sort"); !sort.empty()) {
    STELE_TRY(parts.sort, parse_sort_parameter(parser.scope(), sort));
  }
  if (body) {
    if (const auto after = body->find("search_after"); after && !after->is_null()) {
      STELE_TRY(parts.after, parse_search_after(parser.scope(), parts.sort, *after));
      if (request.from > 0)
        return validation_failure({"`from` parameter must be set to 0 when `search_after` is used"});
    }
  }
  return {};
}

// {"index": 2}, or a list of such objects, in whose order the first that names an index counts.
Outcome<> read_boosts(json::Value boosts, SearchRequest& request) {
  const auto add = [&](json::Value entry) -> Outcome<> {
    if (!entry.is_object()) return parse_failure("[indices_boost] must be a list of objects");
    for (const json::Member& member : entry.members()) {
      if (!member.value.is_number()) return parse_failure("[indices_boost] must hold numbers");
      request.indices_boost.emplace_back(std::string(member.key), static_cast<float>(member.value.number()));
    }
    return {};
  };
  if (!boosts.is_array()) return add(boosts);
  for (const json::Value entry : boosts.elements()) STELE_RETURN_IF_ERROR(add(entry));
  return {};
}

Outcome<> read_fetch(std::optional<json::Value> body, const Parameters& parameters, SearchRequest& request) {
  if (body) {
    if (const auto source = body->find("_source")) {
      STELE_TRY(request.source, SourceFilter::from_body(*source));
      request.source_is_given = true;
    }
    STELE_TRY(request.fields, read_fields(body->find("fields"), "fields"));
    STELE_TRY(request.docvalue_fields, read_fields(body->find("docvalue_fields"), "docvalue_fields"));
    if (const auto stored = body->find("stored_fields"))
      STELE_RETURN_IF_ERROR(request.source.ask_stored(*stored, request.source_is_given));
    if (const auto boosts = body->find("indices_boost")) STELE_RETURN_IF_ERROR(read_boosts(*boosts, request));
  }
  STELE_TRY(std::optional<SourceFilter> given, SourceFilter::from_parameters(parameters));
  const bool source_is_given = given || request.source_is_given;
  if (given) {
    given->stored = std::move(request.source.stored);
    request.source = *std::move(given);
  }
  if (parameters.has("stored_fields"))
    request.source.ask_stored(parameters.list("stored_fields"), source_is_given);
  for (std::string& field : parameters.list("docvalue_fields"))
    request.docvalue_fields.push_back({std::move(field), {}});
  return {};
}

Stage retrieval(QueryPtr query, std::vector<KnnSearch> knn) {
  if (knn.empty()) {
    if (!query) query = engine::make_query(engine::MatchAll{});
    return Stage{engine::Retrieve{.source = engine::TextSearch{std::move(query)}}, {}, {}};
  }
  if (!query && knn.size() == 1 && knn[0].boost == 1) return std::move(knn[0].stage);
  // Scores add up; weights are the boosts.
  engine::Fuse fuse;
  fuse.method = engine::Fuse::Method::kLinear;
  Stage stage;
  if (query) {
    stage.inputs.push_back(Stage{engine::Retrieve{.source = engine::TextSearch{std::move(query)}}, {}, {}});
    fuse.weights.push_back(1);
  }
  for (KnnSearch& search : knn) {
    stage.inputs.push_back(std::move(search.stage));
    fuse.weights.push_back(search.boost);
  }
  stage.step = std::move(fuse);
  return stage;
}

void assemble(SearchRequest& request, Parts parts) {
  Stage matches = retrieval(std::move(parts.query), std::move(parts.knn));
  if (parts.post_filter || parts.min_score) {
    // A stage of its own, so that the total counts what these leave.
    engine::Select narrow;
    narrow.post_filter = std::move(parts.post_filter);
    if (parts.min_score) narrow.min_score = static_cast<float>(*parts.min_score);
    narrow.limit = static_cast<std::size_t>(-1);
    Stage stage;
    stage.step = std::move(narrow);
    stage.inputs.push_back(std::move(matches));
    matches = std::move(stage);
  }
  matches.name = "matches";
  request.totals_stage = matches.name;
  engine::Select select;
  select.sort = parts.sort.keys;
  if (select.sort.empty() && !parts.after.empty()) {
    engine::SortKey by_score;
    by_score.kind = engine::SortKey::Kind::kScore;
    by_score.direction = engine::Direction::kDescending;
    select.sort.push_back(by_score);
  }
  select.search_after = std::move(parts.after);
  // The engine makes no scores that decide nothing: a threshold that all pass asks for them.
  if (parts.track_scores) select.min_score = std::numeric_limits<float>::lowest();
  select.offset = request.from;
  select.limit = request.size;
  request.sort = parts.sort.keys;
  request.sort_formats = std::move(parts.sort.formats);
  request.scores = request.sort.empty() || parts.sort.by_score || parts.track_scores;
  request.root.step = std::move(select);
  request.root.inputs.push_back(std::move(matches));
}

}  // namespace

Outcome<SearchRequest> parse_search(const QueryScope& scope, std::optional<json::Value> body,
                                    std::string_view text, const Parameters& parameters) {
  SearchRequest request;
  Parts parts;
  if (body) STELE_RETURN_IF_ERROR(check_known(*body, text));
  STELE_RETURN_IF_ERROR(read_options(body, text, parameters, request, parts));
  QueryParser parser(scope, text);
  STELE_RETURN_IF_ERROR(read_queries(parser, body, parameters, request, parts));
  STELE_RETURN_IF_ERROR(read_fetch(body, parameters, request));
  assemble(request, std::move(parts));
  return request;
}

}  // namespace stele::elastic
