#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "engine/query/stage.h"
#include "engine/segment/ordinal.h"

namespace stele::engine::reference {

// One document in the list that a stage gives: its place in the request's targets and the target's segments.
struct Entry {
  std::uint32_t target = 0;
  std::uint32_t segment = 0;
  DocOrdinal document = 0;
  float score = 0;

  // Ties are broken by it: target, then age.
  auto place() const { return std::tuple(target, segment, document); }
  bool same_document(const Entry& other) const { return place() == other.place(); }
};

// What a stage gives. Sorted only where `sorted` says so: a stage that needs few of many sorts those.
struct RankedList {
  std::vector<Entry> entries;
  Direction direction = Direction::kDescending;
  bool scored = false;
  bool sorted = true;

  bool before(const Entry& left, const Entry& right) const {
    if (scored && left.score != right.score)
      return direction == Direction::kDescending ? left.score > right.score : left.score < right.score;
    return left.place() < right.place();
  }
  bool at_least(float score, float threshold) const {
    return direction == Direction::kDescending ? score >= threshold : score <= threshold;
  }
  // Leaves the best `count`, in order.
  void keep_best(std::size_t count) {
    const auto order = [this](const Entry& left, const Entry& right) { return before(left, right); };
    count = std::min(count, entries.size());
    if (!sorted) {
      const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(count);
      std::partial_sort(entries.begin(), middle, entries.end(), order);
      sorted = true;
    }
    entries.resize(count);
  }
  void sort_all() { keep_best(entries.size()); }
};

}  // namespace stele::engine::reference
