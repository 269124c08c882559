#include "keyspace/store/eviction_pool.h"

#include <algorithm>

namespace stele::keyspace::store {

void EvictionPool::resize(std::size_t size) {
  size_ = size;
  worst_.store(size == 0 ? 0 : candidates_[size - 1].badness, std::memory_order_relaxed);
}

void EvictionPool::add(const Candidate& candidate) {
  auto* const begin = candidates_.data();
  auto* end = begin + size_;
  auto* const same = std::find_if(begin, end, [&](const Candidate& each) {
    return each.hash == candidate.hash && each.db == candidate.db;
  });
  if (same != end) end = std::move(same + 1, end, same);
  if (static_cast<std::size_t>(end - begin) == kSize) {
    if (candidate.badness <= begin->badness) return;
    end = std::move(begin + 1, end, begin);  // the best of them stays
  }
  auto* const at =
      std::upper_bound(begin, end, candidate.badness,
                       [](std::uint64_t badness, const Candidate& each) { return badness < each.badness; });
  std::move_backward(at, end, end + 1);
  *at = candidate;
  resize(static_cast<std::size_t>(end - begin) + 1);
}

std::optional<EvictionPool::Candidate> EvictionPool::take_worst() {
  if (size_ == 0) return std::nullopt;
  const Candidate worst = candidates_[size_ - 1];
  resize(size_ - 1);
  return worst;
}

}  // namespace stele::keyspace::store
