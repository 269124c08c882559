#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "keyspace/sorted_sets.h"
#include "keyspace/store/entry.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

// Ranks from the lowest: from `begin` to before `end`.
struct Ranks {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

// A sorted set by ranks, wherever it lies. For as long as its entry does not change. Cost: a flat one is read
// whole.
class SortedView {
 public:
  explicit SortedView(const Entry& entry);

  std::size_t size() const { return order_ != nullptr ? order_->size() : flat_.size(); }
  std::optional<std::size_t> rank_of(std::string_view member) const;
  Ranks ranks_of(const SortedRange& range, bool is_reversed) const;
  // So many from a rank on, upwards or downwards; they are there.
  template <class Visit>
  void visit(std::size_t rank, std::size_t count, bool downwards, Visit visit) const {
    if (order_ != nullptr) {
      return order_->visit(rank, count, downwards, [&](const ScoredItem& item) { visit(item.scored()); });
    }
    for (std::size_t i = 0; i < count; ++i) visit(flat_[downwards ? rank - i : rank + i]);
  }

 private:
  // How many come before the first for which that is false.
  template <class IsBefore>
  std::size_t count_before(IsBefore is_before) const {
    if (order_ != nullptr) {
      return order_->count_before(
          [&](double score, const ScoredItem& item) { return is_before(score, item); });
    }
    std::size_t count = 0;
    while (count < flat_.size() && is_before(flat_[count].score, flat_[count])) ++count;
    return count;
  }
  Ranks ranks_of(const RankRange& range, bool is_reversed) const;
  Ranks ranks_of(const ScoreRange& range) const;
  Ranks ranks_of(const LexRange& range) const;

  const ScoredTable* table_ = nullptr;
  const ScoreTree* order_ = nullptr;  // null = flat
  std::vector<ScoredRef> flat_;
};

}  // namespace stele::keyspace::store
