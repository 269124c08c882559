#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/query/request.h"
#include "engine/query/result.h"
#include "json/document.h"
#include "net/task.h"
#include "protocols/elastic/call.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/query/query_parser.h"
#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {

// The indices of a search with what the query language needs to know of them.
struct SearchTargets {
  std::vector<ResolvedIndex> indices;
  std::vector<IndexMetadata> metadata;  // one an index
  std::vector<engine::Target> targets;  // with the aliases' filters
  QueryScope scope;
  std::size_t shards = 0;  // as the settings have them, for _shards

  std::string first_name() const { return indices.empty() ? std::string() : indices[0].index->name; }
};

// Resolves an index expression. 404 for names that are not there.
Outcome<SearchTargets> find_targets(const Call& call, std::string_view expression,
                                    const IndicesOptions& options);

// 503 while one of them is being built. Asked before anything is read by their mappings, which are not known
// then either: a field would seem not to be there.
Outcome<> check_all_served(const SearchTargets& targets);

// Body and parameters of a _search over these targets. Failures that Elasticsearch has shards tell are told
// as search_phase_execution_exception.
Outcome<SearchRequest> prepare_search(const SearchTargets& targets, std::optional<json::Value> body,
                                      std::string_view text, const Parameters& parameters);
// Just a query ({"query": …}, or q=) for _count and its like: `root` matches it, totals are exact.
Outcome<engine::Request> prepare_count(const SearchTargets& targets, std::optional<json::Value> body,
                                       std::string_view text, const Parameters& parameters);

engine::Request to_engine_request(const SearchTargets& targets, const SearchRequest& request,
                                  TimePoint deadline);

// Runs it on the worker pool over one snapshot of all targets. 429 when the queue is full, 503 while an index
// is being built. `targets` is the caller's and lives until this returns.
net::Task<Outcome<engine::SearchResult>> run_search(Call* call, const SearchTargets* targets,
                                                    engine::Request request);

// What a search answers: {"took":…,"hits":{…}}.
std::string search_body(const Call& call, const SearchTargets& targets, const SearchRequest& request,
                        const engine::SearchResult& result);
std::string timed_out_body(const Call& call, const SearchTargets& targets, const SearchRequest& request);

// The whole of a _search, for _search and _msearch.
net::Task<Outcome<std::string>> search(Call* call, std::string expression, IndicesOptions options,
                                       std::optional<json::Value> body, std::string_view text,
                                       Parameters parameters);

}  // namespace stele::elastic
