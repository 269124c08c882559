#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stele::keyspace {

// Which keys go when memory is full? Redis' eight policies, of keys of the class cache alone.
enum class EvictionPolicy : std::uint8_t {
  kNone,  // none: growth is refused
  kAnyLru,
  kAnyLfu,
  kAnyRandom,
  kVolatileLru,  // of those with an expiry
  kVolatileLfu,
  kVolatileRandom,
  kVolatileTtl,  // that which would go soonest
};

// "noeviction", "allkeys-lru", …
std::string_view to_string(EvictionPolicy policy);
std::optional<EvictionPolicy> parse_eviction_policy(std::string_view name);

constexpr bool counts_uses(EvictionPolicy policy) {
  return policy == EvictionPolicy::kAnyLfu || policy == EvictionPolicy::kVolatileLfu;
}
constexpr bool is_volatile_only(EvictionPolicy policy) {
  return policy >= EvictionPolicy::kVolatileLru;
}
constexpr bool is_random(EvictionPolicy policy) {
  return policy == EvictionPolicy::kAnyRandom || policy == EvictionPolicy::kVolatileRandom;
}

struct EvictionOptions {
  EvictionPolicy policy = EvictionPolicy::kNone;
  std::size_t samples = 5;              // looked at for each key that goes
  std::uint32_t lfu_log_factor = 10;    // how slowly a count of uses grows
  std::uint32_t lfu_decay_minutes = 1;  // after how many it loses one; 0 = never
};

// What came of looking for memory.
enum class Room : std::uint8_t {
  kThere,  // it is below the limit
  kMore,   // keys went, or were looked at: ask again
  kBusy,   // groups are in the way
  kNone,   // nothing may go
};

}  // namespace stele::keyspace
