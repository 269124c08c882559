#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/clock.h"

namespace stele::net {

// Which of the set times comes first? A binary heap whose entries know their place, so that one can be
// taken out. Equal times fire in the order in which they were set. Confined to one thread.
// Cost: O(log n) for add and cancel; no allocation once grown.
class TimerHeap {
 public:
  using Callback = std::move_only_function<void()>;

  // A number that is never 0 and not used again while the timer is set.
  std::uint64_t add(TimePoint when, Callback callback);
  // False if it has fired or was cancelled.
  bool cancel(std::uint64_t id);

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  // The earliest; only when not empty.
  TimePoint next() const { return heap_.front().when; }
  // Takes the earliest out and returns its callback; only when not empty.
  Callback pop();

 private:
  struct Entry {
    TimePoint when;
    std::uint64_t order;
    std::uint32_t slot;
    bool before(const Entry& other) const {
      return when != other.when ? when < other.when : order < other.order;
    }
  };
  struct Slot {
    std::uint32_t place = 0;  // index in heap_
    std::uint32_t generation = 0;
    bool used = false;
    Callback callback;
  };

  void put(std::size_t place, Entry entry);
  void sift_up(std::size_t place, Entry entry);
  void sift_down(std::size_t place, Entry entry);
  Callback remove(std::size_t place);

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t order_ = 0;
};

}  // namespace stele::net
