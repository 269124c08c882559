#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "protocols/qdrant/query/similarity.h"

namespace stele::qdrant {

// Which of these vectors, near the query, are also far from each other? Maximal marginal relevance: the first
// one, then again and again that whose nearness to the query, less its nearness to the ones picked, is
// greatest, weighed by `diversity` from 0 to 1. Their places, in that order. Cost: picks times candidates.
template <class Vector>
std::vector<std::size_t> pick_diverse(engine::Similarity distance, const Vector& query,
                                      const std::vector<Vector>& candidates, float diversity,
                                      std::size_t count) {
  struct Pending {
    std::size_t place;
    float relevance;
    float nearest_picked = -std::numeric_limits<float>::infinity();
  };
  std::vector<Pending> pending;
  for (std::size_t i = 1; i < candidates.size(); ++i)
    pending.push_back({i, similarity(distance, query, candidates[i])});
  std::vector<std::size_t> picked;
  if (!candidates.empty()) picked.push_back(0);
  while (picked.size() < count && !pending.empty()) {
    const Vector& last = candidates[picked.back()];
    for (Pending& each : pending)
      each.nearest_picked = std::max(each.nearest_picked, similarity(distance, candidates[each.place], last));
    const auto best = std::ranges::max_element(pending, {}, [&](const Pending& each) {
      return (1 - diversity) * each.relevance - diversity * each.nearest_picked;
    });
    picked.push_back(best->place);
    pending.erase(best);
  }
  return picked;
}

}  // namespace stele::qdrant
