#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/collection.h"
#include "engine/engine.h"
#include "net/task.h"
#include "protocols/qdrant/query/query_spec.h"

namespace stele::qdrant {

// A point of a result with its score; `order_value` is the JSON of what it was ordered by.
struct Scored {
  engine::DocumentPtr document;
  float score = 0;
  std::string order_value = {};
};

// The best first, equal ones by key.
void sort_by_score(std::vector<Scored>& list);

// Runs these queries on the worker pool over one snapshot, one result each. 404 for points named that are not
// there.
net::Task<Outcome<std::vector<std::vector<Scored>>>> run_queries(Call* call, CollectionPtr collection,
                                                                 std::vector<QuerySpec> specs);

}  // namespace stele::qdrant
