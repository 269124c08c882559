#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/vectors/row_set.h"
#include "engine/vectors/vector_codes.h"

namespace stele::engine {

// The rows that a walk has seen. Confined to it; reused from walk to walk.
class SeenRows {
 public:
  // For another walk, over so many rows.
  void clear(std::size_t rows) {
    for (const std::uint32_t word : touched_) words_[word] = 0;
    touched_.clear();
    if (words_.size() < (rows + 63) / 64) words_.resize((rows + 63) / 64);
  }
  // False if it was there already.
  bool insert(std::uint32_t row) {
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    std::uint64_t& word = words_[row / 64];
    if ((word & bit) != 0) return false;
    if (word == 0) touched_.push_back(row / 64);
    word |= bit;
    return true;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> touched_;
};

// The nearest rows met so far, sorted, and which of them a walk has gone on from. A sorted array: for the
// some hundred rows of a search, moving them is cheaper than a heap's jumps.
class NearestRows {
 public:
  void clear(std::size_t capacity) {
    capacity_ = capacity;
    next_ = 0;
    rows_.clear();
  }
  bool would_take(float distance) const {
    return rows_.size() < capacity_ || (capacity_ > 0 && distance < rows_.back().distance);
  }
  // Only what it would take.
  void insert(Neighbour neighbour) {
    const auto at = std::upper_bound(rows_.begin(), rows_.end(), neighbour, nearer);
    next_ = std::min(next_, static_cast<std::size_t>(at - rows_.begin()));
    if (rows_.size() == capacity_) rows_.pop_back();
    rows_.insert(at, neighbour);
  }
  bool has_next() {
    while (next_ < rows_.size() && (rows_[next_].row & kDone) != 0) ++next_;
    return next_ < rows_.size();
  }
  // The nearest that nobody has gone on from; after has_next().
  std::uint32_t next() {
    const std::uint32_t row = rows_[next_].row;
    rows_[next_++].row |= kDone;
    return row;
  }
  std::uint32_t peek() const { return rows_[next_].row; }
  // Without the marks.
  std::vector<Neighbour>& finish() {
    for (Neighbour& neighbour : rows_) neighbour.row &= ~kDone;
    return rows_;
  }

 private:
  static constexpr std::uint32_t kDone = 1U << 31U;  // segments have fewer rows
  static bool nearer(const Neighbour& left, const Neighbour& right) { return left.distance < right.distance; }

  std::size_t capacity_ = 0;
  std::size_t next_ = 0;
  std::vector<Neighbour> rows_;
};

// What walks need beside what they find. Confined to a thread, reused.
struct WalkScratch {
  SeenRows seen;
  NearestRows nearest;
  std::vector<std::uint32_t> fresh;
  std::vector<std::uint32_t> bridges;
  std::vector<float> distances;
  std::vector<Neighbour> frontier;
  std::vector<Neighbour> found;
  std::size_t looked_at = 0;  // rows whose distance was taken

  std::span<const float> measure(const VectorCodes& codes, const CodeQuery& query) {
    if (distances.size() < fresh.size()) distances.resize(fresh.size());
    codes.distances(query, fresh, distances.data());
    looked_at += fresh.size();
    return {distances.data(), fresh.size()};
  }
};

inline void prefetch_list(std::span<const std::uint32_t> list) {
  for (std::size_t i = 0; i < list.size(); i += 16) __builtin_prefetch(list.data() + i);
}

// Lists of links end where they end or at the first kNoRow.
constexpr std::uint32_t kNoRow = 0xFFFFFFFF;

// From `start`, always to the neighbour that is nearest.
template <class Links>
Neighbour walk_down(const VectorCodes& codes, const CodeQuery& query, Neighbour start, WalkScratch& scratch,
                    Links&& links) {
  for (bool moved = true; moved;) {
    moved = false;
    const auto neighbours = links(start.row);
    scratch.fresh.clear();
    for (const std::uint32_t row : neighbours) {
      if (row == kNoRow) break;
      scratch.fresh.push_back(row);
    }
    const auto distances = scratch.measure(codes, query);
    for (std::size_t i = 0; i < distances.size(); ++i) {
      const Neighbour other{distances[i], scratch.fresh[i]};
      if (!(other < start)) continue;
      start = other;
      moved = true;
    }
  }
  return start;
}

// The `effort` nearest rows that best-first search meets, in scratch.nearest.
template <class Links>
void walk_around(const VectorCodes& codes, const CodeQuery& query, Neighbour start, std::size_t effort,
                 WalkScratch& scratch, Links&& links) {
  NearestRows& nearest = scratch.nearest;
  scratch.seen.clear(codes.size());
  scratch.seen.insert(start.row);
  nearest.clear(effort);
  nearest.insert(start);
  while (nearest.has_next()) {
    scratch.fresh.clear();
    for (const std::uint32_t row : links(nearest.next())) {
      if (row == kNoRow) break;
      if (!scratch.seen.insert(row)) continue;
      codes.prefetch(row);
      scratch.fresh.push_back(row);
    }
    // Most likely the list that is read next.
    if (nearest.has_next()) prefetch_list(links(nearest.peek()));
    const auto distances = scratch.measure(codes, query);
    for (std::size_t i = 0; i < distances.size(); ++i)
      if (nearest.would_take(distances[i])) nearest.insert({distances[i], scratch.fresh[i]});
  }
}

}  // namespace stele::engine
