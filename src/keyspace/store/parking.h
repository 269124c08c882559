#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace stele::keyspace::store {

// May I go in? A lock that nobody blocks on: who finds it taken leaves word and is called when it is free.
// Threads: any. Cost: one locked instruction each way while nobody waits.
class Parking {
 public:
  bool try_lock() {
    std::uint32_t state = kFree;
    return state_.load(std::memory_order_relaxed) == kFree &&
           state_.compare_exchange_strong(state, kTaken, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  bool is_taken() const { return state_.load(std::memory_order_relaxed) != kFree; }

  // `when_free` will be called once. False: it is free, and nothing was left.
  bool park(const std::function<void()>& when_free) {
    const std::lock_guard lock(mutex_);
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    do {
      if (state == kFree) return false;
    } while (!state_.compare_exchange_weak(state, kTaken | kAwaited, std::memory_order_relaxed));
    waiting_.push_back(when_free);
    return true;
  }

  void unlock() {
    if ((state_.exchange(kFree, std::memory_order_release) & kAwaited) == 0) return;
    std::vector<std::function<void()>> waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting = std::exchange(waiting_, {});
    }
    for (const auto& wake : waiting) wake();
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kTaken = 1;
  static constexpr std::uint32_t kAwaited = 2;

  std::atomic<std::uint32_t> state_ = kFree;
  std::mutex mutex_;  // of waiting_
  std::vector<std::function<void()>> waiting_;
};

}  // namespace stele::keyspace::store
