#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <vector>

#include "engine/vectors/graph.h"

namespace stele::engine {

// The rows that a walk has seen. Confined to it; reused from walk to walk.
class SeenRows {
 public:
  explicit SeenRows(std::size_t rows) : words_((rows + 63) / 64) {}
  // False if it was there already.
  bool insert(std::uint32_t row) {
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    std::uint64_t& word = words_[row / 64];
    if ((word & bit) != 0) return false;
    if (word == 0) touched_.push_back(row / 64);
    word |= bit;
    return true;
  }
  void clear() {
    for (const std::uint32_t word : touched_) words_[word] = 0;
    touched_.clear();
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> touched_;
};

inline bool is_allowed(std::span<const std::uint64_t> allowed, std::uint32_t row) {
  return allowed.empty() || (allowed[row / 64] >> (row % 64) & 1U) != 0;
}

// From `start`, always to the neighbour that is nearest.
template <class Links>
Neighbour walk_down(const VectorMetric& metric, const float* query, Neighbour start, Links&& links) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::uint32_t row : links(start.row)) {
      const Neighbour other{metric.distance(query, row), row};
      if (!(other < start)) continue;
      start = other;
      moved = true;
    }
  }
  return start;
}

// The `effort` nearest allowed rows that best-first search meets, nearest first.
template <class Links>
std::vector<Neighbour> walk_around(const VectorMetric& metric, const float* query, Neighbour start,
                                   std::size_t effort, std::span<const std::uint64_t> allowed, SeenRows& seen,
                                   Links&& links) {
  std::priority_queue<Neighbour> found;  // the farthest on top
  std::priority_queue<Neighbour, std::vector<Neighbour>, std::greater<>> next;
  std::vector<std::uint32_t> fresh;
  seen.clear();
  seen.insert(start.row);
  next.push(start);
  if (is_allowed(allowed, start.row)) found.push(start);
  while (!next.empty()) {
    const Neighbour here = next.top();
    if (found.size() == effort && found.top() < here) break;
    next.pop();
    fresh.clear();
    for (const std::uint32_t row : links(here.row)) {
      if (!seen.insert(row)) continue;
      metric.prefetch(row);
      fresh.push_back(row);
    }
    for (const std::uint32_t row : fresh) {
      const Neighbour other{metric.distance(query, row), row};
      if (found.size() == effort && found.top() < other) continue;
      next.push(other);
      if (!is_allowed(allowed, row)) continue;
      found.push(other);
      if (found.size() > effort) found.pop();
    }
  }
  std::vector<Neighbour> nearest(found.size());
  for (std::size_t i = found.size(); i-- > 0; found.pop()) nearest[i] = found.top();
  return nearest;
}

}  // namespace stele::engine
