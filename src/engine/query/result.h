#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/aggregation/aggregation.h"
#include "engine/document.h"
#include "engine/query/request.h"
#include "engine/value.h"

namespace stele::engine {

// Plain data throughout: results of several engines or nodes over the same request are joined by
// merge_results, since a hit carries all that its place depends on.

struct Hit {
  std::size_t target = 0;  // index in Request::targets
  DocKey key;
  std::optional<float> score;  // none where the order did not ask for one
  std::uint64_t sequence = 0;  // age of the version in its collection: breaks ties, sort value of _doc
  // One a sort key, as search_after wants it; null where the document has no value.
  std::vector<Value> sort_values;
  DocumentPtr document;  // if Fetch::document
  std::vector<std::pair<std::string, std::vector<Value>>> fields;
  std::vector<std::string> matched_names;
  Value group;  // the collapse field's value, null for none
};

struct Total {
  std::size_t value = 0;
  bool at_least = false;  // the limit was reached: there may be more
};

struct SearchResult {
  std::vector<Hit> hits;                // with group_size > 1: group after group, each group's hits together
  std::map<std::string, Total> totals;  // by stage name
  std::optional<float> max_score;       // of all that matched, where scores were made
  Direction score_direction = Direction::kDescending;
  std::map<std::string, AggregationResult> aggregations;
};

// Joins the results of the same request over disjoint documents: hits sorted and cut as the root asks, totals
// summed, aggregation states merged. `parts` are moved from. Collapse and fused ranks cannot be joined:
// kUnsupported.
Result<SearchResult> merge_results(const Request& request, std::vector<SearchResult> parts);

}  // namespace stele::engine
