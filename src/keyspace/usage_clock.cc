#include "keyspace/usage_clock.h"

#include <algorithm>
#include <chrono>

namespace stele::keyspace {

namespace {

constexpr std::int64_t kUnitMs = 128;
constexpr std::uint64_t kUnitsAMinute = 60'000 / kUnitMs;
constexpr std::uint32_t kCountMax = 255;
constexpr std::uint64_t kMinutesAround = 1U << 16;

// Below 2^32, evenly enough to toss a coin. Source: Marsaglia, Xorshift RNGs, 2003.
std::uint32_t toss() {
  thread_local std::uint32_t state = 2463534242U;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

}  // namespace

void UsageClock::set_stamp() {
  const bool counts = counts_uses();
  const auto moment = static_cast<std::uint32_t>(counts ? minutes() << 8 : units_.load()) & kMask;
  const std::uint32_t stamp = moment | (counts ? kCountsUses : 0);
  // All cores read it: it is written when it changes only.
  if (stamp_.load(std::memory_order_relaxed) != stamp) stamp_.store(stamp, std::memory_order_relaxed);
}

void UsageClock::set(const EvictionOptions& options) {
  counts_uses_ = keyspace::counts_uses(options.policy);
  log_factor_ = options.lfu_log_factor;
  decay_minutes_ = options.lfu_decay_minutes;
  tick();
}

void UsageClock::tick() {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
  units_.store(static_cast<std::uint64_t>(ms.count() / kUnitMs) + kMask + 1, std::memory_order_relaxed);
  set_stamp();
}

std::uint64_t UsageClock::minutes() const {
  return units_.load(std::memory_order_relaxed) / kUnitsAMinute + kMinutesAround;
}

std::uint64_t UsageClock::idle_ms(std::uint32_t usage) const {
  const auto now = static_cast<std::uint32_t>(units_.load(std::memory_order_relaxed));
  return std::uint64_t{(now - usage) & kMask} * kUnitMs;
}

std::uint32_t UsageClock::idle_for(std::uint64_t ms) const {
  // Up, so that who asks for whole seconds is told as many.
  const std::uint64_t units = std::min<std::uint64_t>(ms / kUnitMs + (ms % kUnitMs != 0 ? 1 : 0), kMask);
  return static_cast<std::uint32_t>(units_.load(std::memory_order_relaxed) - units) & kMask;
}

std::uint32_t UsageClock::count_of(std::uint32_t usage) const {
  const std::uint32_t count = usage & kCountMax;
  const std::uint32_t decay = decay_minutes_.load(std::memory_order_relaxed);
  if (decay == 0) return count;
  const std::uint64_t passed = (minutes() - (usage >> 8)) % kMinutesAround;
  return count - static_cast<std::uint32_t>(std::min<std::uint64_t>(count, passed / decay));
}

std::uint32_t UsageClock::with_count(std::uint32_t count) const {
  return (static_cast<std::uint32_t>(minutes() << 8) & kMask) | std::min(count, kCountMax);
}

std::uint32_t UsageClock::counted(std::uint32_t usage) const {
  std::uint32_t count = count_of(usage);
  if (count < kCountMax) {
    const std::uint64_t above = count > kFirstCount ? count - kFirstCount : 0;
    const std::uint64_t chances = above * log_factor_.load(std::memory_order_relaxed) + 1;
    if (toss() * chances < (std::uint64_t{1} << 32)) ++count;
  }
  return with_count(count);
}

std::uint64_t UsageClock::badness(std::uint32_t usage) const {
  if (!counts_uses()) {
    const std::uint64_t now = units_.load(std::memory_order_relaxed);
    return ~(now - ((now - usage) & kMask));
  }
  // Of those with the same count the one that was used longer ago.
  constexpr unsigned kMinuteBits = 40;
  const std::uint64_t now = minutes();
  const std::uint64_t last = now - (now - (usage >> 8)) % kMinutesAround;
  return (std::uint64_t{kCountMax - count_of(usage)} << kMinuteBits) |
         ((std::uint64_t{1} << kMinuteBits) - 1 - last);
}

}  // namespace stele::keyspace
