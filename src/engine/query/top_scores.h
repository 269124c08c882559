#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/segment/ordinal.h"

namespace stele::engine {

// The best k of what a search finds, and how many it finds as far as that is asked: documents come by target,
// segment and ordinal, so that of equal scores the one that came first stays. Confined to its search. Cost: a
// heap of k.
class TopScores {
 public:
  struct Entry {
    std::uint32_t target;
    std::uint32_t segment;
    DocOrdinal document;
    float score;
  };

  // Beyond `count_limit` matches are not counted any more, and need not be found.
  TopScores(std::size_t k, std::size_t count_limit) : k_(k), count_limit_(count_limit) {}

  // What comes from now on.
  void enter(std::uint32_t target, std::uint32_t segment, float boost) {
    target_ = target;
    segment_ = segment;
    boost_ = boost;
    is_counted_ = false;
  }
  // All matches of what was entered: they need not be found any more.
  void count_ahead(std::size_t matches) {
    count_ += matches;
    is_counted_ = true;
  }
  // So many more matches need to be found or counted ahead.
  std::size_t uncounted() const {
    return is_counted_ || count_ > count_limit_ ? 0 : count_limit_ - count_ + 1;
  }

  // Whether documents that cannot come in may be left out.
  bool may_skip() const { return is_counted() && heap_.size() == k_; }
  // Whether a score, before the target's boost, comes in. (Rounding is monotone: of a bound, too.)
  bool is_competitive(float score) const { return score * boost_ > floor_; }
  // Whether nothing more has to be counted.
  bool is_counted() const { return is_counted_ || count_ > count_limit_; }

  void count(std::size_t matches) { count_ += is_counted_ ? 0 : matches; }
  void add(DocOrdinal document, float score) {
    if (is_competitive(score)) put(document, score * boost_);
  }

  std::size_t count() const { return count_; }
  // Best first. To be called once.
  std::vector<Entry> finish() {
    std::sort(heap_.begin(), heap_.end(), is_better);
    return std::move(heap_);
  }

 private:
  // Seldom, once k are there: not to be in the way of who asks whether a score comes in.
  [[gnu::noinline]] void put(DocOrdinal document, float score) {
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end(), is_better);
      heap_.pop_back();
    }
    heap_.push_back({target_, segment_, document, score});
    std::push_heap(heap_.begin(), heap_.end(), is_better);
    if (heap_.size() == k_) floor_ = heap_.front().score;
  }

  static bool is_better(const Entry& left, const Entry& right) {
    if (left.score != right.score) return left.score > right.score;
    if (left.target != right.target) return left.target < right.target;
    if (left.segment != right.segment) return left.segment < right.segment;
    return left.document < right.document;
  }

  std::size_t k_;
  std::size_t count_limit_;
  std::size_t count_ = 0;
  bool is_counted_ = false;
  std::uint32_t target_ = 0;
  std::uint32_t segment_ = 0;
  float boost_ = 1;
  float floor_ = -std::numeric_limits<float>::infinity();  // what comes in is above
  std::vector<Entry> heap_;
};

}  // namespace stele::engine
