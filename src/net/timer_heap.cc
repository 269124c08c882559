#include "net/timer_heap.h"

#include <utility>

namespace stele::net {

std::uint64_t TimerHeap::add(TimePoint when, Callback callback) {
  std::uint32_t index = 0;
  if (free_slots_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.used = true;
  ++slot.generation;
  slot.callback = std::move(callback);
  heap_.emplace_back();
  sift_up(heap_.size() - 1, Entry{when, order_++, index});
  return (static_cast<std::uint64_t>(slot.generation) << 32U) | (index + 1U);
}

bool TimerHeap::cancel(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id) - 1U;
  if (index >= slots_.size()) return false;
  const Slot& slot = slots_[index];
  if (!slot.used || slot.generation != static_cast<std::uint32_t>(id >> 32U)) return false;
  remove(slot.place);
  return true;
}

TimerHeap::Callback TimerHeap::pop() {
  return remove(0);
}

TimerHeap::Callback TimerHeap::remove(std::size_t place) {
  const std::uint32_t index = heap_[place].slot;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    if (place > 0 && last.before(heap_[(place - 1) / 2]))
      sift_up(place, last);
    else
      sift_down(place, last);
  }
  Slot& slot = slots_[index];
  slot.used = false;
  free_slots_.push_back(index);
  return std::exchange(slot.callback, nullptr);
}

void TimerHeap::put(std::size_t place, Entry entry) {
  heap_[place] = entry;
  slots_[entry.slot].place = static_cast<std::uint32_t>(place);
}

void TimerHeap::sift_up(std::size_t place, Entry entry) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!entry.before(heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void TimerHeap::sift_down(std::size_t place, Entry entry) {
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(entry)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

}  // namespace stele::net
