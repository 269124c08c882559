#pragma once

#include <cstddef>

#include "base/clock.h"
#include "base/result.h"

namespace stele::engine::reference {

// May this search go on? Its deadline and the memory of its intermediate results. Confined to the search's
// thread; the work between two questions is bounded by one segment and one query node.
class Budget {
 public:
  Budget(const Clock& clock, TimePoint deadline, std::size_t memory_bytes_max)
      : clock_(clock), deadline_(deadline), memory_bytes_max_(memory_bytes_max) {}

  // Asks the clock, where there is a deadline. Once true, always true.
  bool expired() {
    if (deadline_ == kNoDeadline) return false;
    expired_ = expired_ || clock_.now() >= deadline_;
    return expired_;
  }
  Result<void> check() {
    if (expired()) return make_error(ErrorCode::kDeadlineExceeded, "search: its time is over");
    if (memory_bytes_ > memory_bytes_max_)
      return make_error(ErrorCode::kResourceExhausted, "search: its intermediate results are too large");
    return {};
  }
  void charge(std::size_t bytes) { memory_bytes_ += bytes; }
  void release(std::size_t bytes) { memory_bytes_ -= bytes; }

 private:
  const Clock& clock_;
  TimePoint deadline_;
  std::size_t memory_bytes_max_;
  std::size_t memory_bytes_ = 0;
  bool expired_ = false;
};

}  // namespace stele::engine::reference
