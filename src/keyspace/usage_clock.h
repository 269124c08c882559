#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "keyspace/eviction.h"

namespace stele::keyspace {

// When was a key last used, or how often? In 24 bits that stand with the key. With a policy that counts uses:
// 16 bits of minutes, in which the count was last looked at, and a count of 8 bits that grows with the
// logarithm of the uses and shrinks with time. Else: the moment of the last use in units of 128 ms, which
// come round after 24 days; a key that nobody used for so long seems to be used.
// A change between the two kinds leaves what there is, which is then read wrongly until the key is used.
//
// Threads: any. Cost of a use: one load and, every 128 ms, one store. Source: Redis' LRU and LFU clocks.
class UsageClock {
 public:
  static constexpr unsigned kBits = 24;
  static constexpr std::uint32_t kMask = (1U << kBits) - 1;
  // What a new key begins with, so that it is not the first to go.
  static constexpr std::uint32_t kFirstCount = 5;

  explicit UsageClock(const Clock& clock) : clock_(clock) { tick(); }

  void set(const EvictionOptions& options);
  // Time passes only by this: to be called some ten times a second.
  void tick();

  std::uint32_t fresh() const {
    const std::uint32_t stamp = stamp_.load(std::memory_order_relaxed);
    return (stamp & kCountsUses) == 0 ? stamp : (stamp & kMask) | kFirstCount;
  }
  std::uint32_t used(std::uint32_t usage) const {
    const std::uint32_t stamp = stamp_.load(std::memory_order_relaxed);
    return (stamp & kCountsUses) == 0 ? stamp : counted(usage);
  }

  bool counts_uses() const { return counts_uses_.load(std::memory_order_relaxed); }
  // With a policy that does not count.
  std::uint64_t idle_ms(std::uint32_t usage) const;
  std::uint32_t idle_for(std::uint64_t ms) const;
  // With one that does.
  std::uint32_t count_of(std::uint32_t usage) const;
  std::uint32_t with_count(std::uint32_t count) const;

  // Which key goes first? The one with more. What it says of a key that nobody uses holds as time passes, or
  // grows.
  std::uint64_t badness(std::uint32_t usage) const;

 private:
  static constexpr std::uint32_t kCountsUses = 1U << 31;

  std::uint32_t counted(std::uint32_t usage) const;
  std::uint64_t minutes() const;
  void set_stamp();

  const Clock& clock_;
  std::atomic<std::uint32_t> stamp_ = 0;  // of a use now, and which kind
  std::atomic<std::uint64_t> units_ = 0;  // since the machine's start, never fewer than come round
  std::atomic<bool> counts_uses_ = false;
  std::atomic<std::uint32_t> log_factor_ = 10;
  std::atomic<std::uint32_t> decay_minutes_ = 1;
};

}  // namespace stele::keyspace
