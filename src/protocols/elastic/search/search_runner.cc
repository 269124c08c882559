#include "protocols/elastic/search/search_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/collection.h"
#include "engine/engine.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

// Elasticsearch's shards tell these, not its coordinating node.
Failure as_shard_failure(Failure failure, const SearchTargets& targets) {
  const bool by_shard =
      failure.type == "query_shard_exception" || failure.type == "number_format_exception" ||
      (failure.type == "parse_exception" && failure.reason.starts_with("failed to parse date")) ||
      failure.reason.starts_with("Fielddata is disabled") ||
      failure.reason.starts_with("Can't load fielddata") ||
      failure.reason.starts_with("the query vector has");
  if (!by_shard || targets.indices.empty()) return failure;
  if (failure.type == "query_shard_exception") {
    failure.with("index_uuid", targets.indices[0].index->uuid);
    failure.with("index", targets.first_name());
  }
  return std::move(failure).while_searching(targets.first_name());
}

// Names, patterns and aliases of indices_boost become the indices they stand for.
Outcome<> resolve_boosts(const Call& call, const IndicesOptions& options, SearchRequest& request) {
  std::vector<std::pair<std::string, float>> resolved;
  for (const auto& [expression, boost] : request.indices_boost) {
    STELE_TRY(const std::vector<ResolvedIndex> indices,
              resolve_indices(*call.catalog(), expression, options));
    for (const ResolvedIndex& one : indices) resolved.emplace_back(one.index->name, boost);
  }
  request.indices_boost = std::move(resolved);
  return {};
}

Outcome<> check_window(const SearchTargets& targets, const SearchRequest& request) {
  for (std::size_t i = 0; i < targets.indices.size(); ++i) {
    const std::int64_t window = targets.metadata[i].number("index.max_result_window", 10000);
    const std::size_t asked = request.from + request.size;
    if (asked > static_cast<std::size_t>(window))
      return illegal_argument(
                 fmt::format(
                     "Result window is too large, from + size must be less than or equal to: [{}] but was "
                     "[{}]. See the scroll api for a more efficient way to request large data sets. This "
                     "limit can be set by changing the [index.max_result_window] index level setting.",
                     window, asked))
          .while_searching(targets.indices[i].index->name);
    const std::int64_t columns = targets.metadata[i].number("index.max_docvalue_fields_search", 100);
    if (request.docvalue_fields.size() > static_cast<std::size_t>(columns))
      return illegal_argument(
                 fmt::format("Trying to retrieve too many docvalue_fields. Must be less than or equal to: "
                             "[{}] but was [{}]. This limit can be set by changing the "
                             "[index.max_docvalue_fields_search] index level setting.",
                             columns, request.docvalue_fields.size()))
          .while_searching(targets.indices[i].index->name);
  }
  return {};
}

Outcome<engine::QueryPtr> parse_filters(const QueryScope& scope, const std::vector<std::string>& filters) {
  if (filters.empty()) return engine::QueryPtr();
  engine::Bool any;
  for (const std::string& text : filters) {
    Result<json::Document> parsed = json::Document::parse_borrowed(text);
    if (!parsed) return parsed.error();
    QueryParser parser(scope, text);
    STELE_TRY(engine::QueryPtr filter, parser.parse(parsed->root()));
    any.should.push_back(std::move(filter));
  }
  return engine::make_query(std::move(any));
}

bool is_pinned(const IndexMetadata& metadata) {
  return metadata.setting("index.refresh_interval", "") == "-1";
}

}  // namespace

Outcome<> check_all_served(const SearchTargets& targets) {
  for (const ResolvedIndex& resolved : targets.indices)
    if (Outcome<> served = check_served(*resolved.index); !served)
      return std::move(served).error().while_searching(resolved.index->name);
  return {};
}

Outcome<SearchTargets> find_targets(const Call& call, std::string_view expression,
                                    const IndicesOptions& options) {
  SearchTargets found;
  STELE_TRY(found.indices, resolve_indices(*call.catalog(), expression, options));
  found.scope.now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(system_clock().wall().time_since_epoch()).count();
  for (const ResolvedIndex& resolved : found.indices) {
    const views::CollectionEntry& index = *resolved.index;
    found.scope.definitions.push_back(index.definition);
    // One that is being built has no collection yet; run_search() says so.
    const engine::KeyLayout layout =
        index.collection ? index.collection->options().key_layout : engine::KeyLayout{engine::KeyType::kText};
    if (std::ranges::find(found.scope.key_layouts, layout) == found.scope.key_layouts.end())
      found.scope.key_layouts.push_back(layout);
    found.metadata.push_back(IndexMetadata::of(index));
    found.scope.limit(found.metadata.back().number("index.max_terms_count", 65536),
                      found.metadata.back().number("index.max_regex_length", 1000));
    for (const auto& [path, parameters] : found.metadata.back().parameters)
      if (parameters.find("max_inner_product") != std::string::npos)
        found.scope.max_inner_product_fields.push_back(path);
    found.shards += static_cast<std::size_t>(found.metadata.back().number("index.number_of_shards", 1));
  }
  for (std::size_t i = 0; i < found.indices.size(); ++i) {
    engine::Target target;
    target.collection = i;
    STELE_TRY(target.alias_filter, parse_filters(found.scope, found.indices[i].filters));
    found.targets.push_back(std::move(target));
  }
  return found;
}

Outcome<SearchRequest> prepare_search(const SearchTargets& targets, std::optional<json::Value> body,
                                      std::string_view text, const Parameters& parameters) {
  Outcome<SearchRequest> request = parse_search(targets.scope, body, text, parameters);
  if (!request) {
    Failure failure = std::move(request).error();
    // Without an index there is no mapping to miss a field in.
    return as_shard_failure(std::move(failure), targets);
  }
  STELE_RETURN_IF_ERROR(check_window(targets, *request));
  return request;
}

Outcome<engine::Request> prepare_count(const SearchTargets& targets, std::optional<json::Value> body,
                                       std::string_view text, const Parameters& parameters) {
  engine::QueryPtr query;
  if (body) {
    for (const json::Member& member : body->members()) {
      if (member.key != "query" && member.key != "min_score")
        return parsing_failure(fmt::format("request does not support [{}]", member.key),
                               place_of(member.value, text));
      if (member.key == "min_score") return not_supported("[min_score] in a count request is");
    }
    if (const auto given = body->find("query"); given && !given->is_null()) {
      QueryParser parser(targets.scope, text);
      Outcome<engine::QueryPtr> parsed = parser.parse(*given);
      if (!parsed) return as_shard_failure(std::move(parsed).error(), targets);
      query = *std::move(parsed);
    }
  }
  if (const auto q = parameters.get("q")) {
    STELE_TRY(query, parse_uri_query(targets.scope, *q));
  }
  if (!query) query = engine::make_query(engine::MatchAll{});
  engine::Request request;
  request.targets = targets.targets;
  engine::Stage matches{engine::Retrieve{.source = engine::TextSearch{std::move(query)}}, {}, "matches"};
  engine::Select none;
  none.limit = 0;
  request.root.step = std::move(none);
  request.root.inputs.push_back(std::move(matches));
  request.totals.push_back({"matches", std::nullopt});
  request.fetch.document = false;
  return request;
}

engine::Request to_engine_request(const SearchTargets& targets, const SearchRequest& request,
                                  TimePoint deadline) {
  engine::Request engine_request;
  engine_request.targets = targets.targets;
  for (std::size_t i = 0; i < targets.indices.size(); ++i) {
    const auto boost = std::ranges::find(request.indices_boost, targets.indices[i].index->name,
                                         &std::pair<std::string, float>::first);
    if (boost != request.indices_boost.end()) engine_request.targets[i].boost = boost->second;
  }
  engine_request.root = request.root;
  if (request.count_totals) engine_request.totals.push_back({request.totals_stage, request.totals_limit});
  for (const FieldRequest& field : request.docvalue_fields)
    for (std::string& path : targets.scope.expand(field.pattern)) {
      const engine::FieldDefinition* definition = targets.scope.field(path);
      if (definition != nullptr && definition->doc_values && definition->type != engine::FieldType::kText)
        engine_request.fetch.fields.push_back(std::move(path));
    }
  engine_request.fetch.matched_names = true;
  engine_request.deadline = deadline;
  return engine_request;
}

net::Task<Outcome<engine::SearchResult>> run_search(Call* call, const SearchTargets* targets,
                                                    engine::Request request) {
  STELE_CO_RETURN_IF_ERROR(check_all_served(*targets));
  // One visible position for all that are live; those that wait for a refresh come behind, each at its own.
  std::vector<std::shared_ptr<engine::Collection>> live;
  std::vector<std::size_t> pinned;
  for (std::size_t i = 0; i < targets->indices.size(); ++i) {
    if (is_pinned(targets->metadata[i])) {
      pinned.push_back(i);
    } else {
      request.targets[i].collection = live.size();
      live.push_back(targets->indices[i].index->collection);
    }
  }
  engine::Snapshot snapshot = engine::Snapshot::take(*call->services->visible, live);
  for (std::size_t k = 0; k < pinned.size(); ++k) {
    const views::CollectionEntry& index = *targets->indices[pinned[k]].index;
    request.targets[pinned[k]].collection = live.size() + k;
    snapshot.add(call->services->pins->pin(index), *index.collection);
  }
  const engine::Engine* engine = call->services->engine;
  auto ran = co_await call->services->pool->run(
      [engine, snapshot = std::move(snapshot), request = std::move(request)] {
        return engine->search(snapshot, request);
      });
  if (!ran)
    co_return Failure{429, "es_rejected_execution_exception",
                      "rejected execution of search: the queue is full"};
  // What is missing is told as such, wherever it is found to be missing.
  if (!*ran && ran->error().code == ErrorCode::kUnsupported) co_return Failure::from(ran->error());
  if (!*ran) co_return Failure::from(ran->error()).while_searching(targets->first_name());
  co_return std::move(**ran);
}

net::Task<Outcome<std::string>> search(Call* call, std::string expression, IndicesOptions options,
                                       std::optional<json::Value> body, std::string_view text,
                                       Parameters parameters) {
  STELE_CO_TRY(const SearchTargets targets, find_targets(*call, expression, options));
  STELE_CO_RETURN_IF_ERROR(check_all_served(targets));
  STELE_CO_TRY(SearchRequest request, prepare_search(targets, body, text, parameters));
  STELE_CO_RETURN_IF_ERROR(resolve_boosts(*call, options, request));
  TimePoint deadline = call->deadline;
  if (request.timeout && request.timeout->count() > 0)
    deadline = std::min(deadline, call->started + *request.timeout);
  auto result = co_await run_search(call, &targets, to_engine_request(targets, request, deadline));
  if (!result) {
    const Failure& failure = result.error();
    if (failure.type == "timeout_exception" && request.timeout && request.partial_allowed)
      co_return timed_out_body(*call, targets, request);
    co_return std::move(result).error();
  }
  co_return search_body(*call, targets, request, *result);
}

}  // namespace stele::elastic
