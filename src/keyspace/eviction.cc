#include "keyspace/eviction.h"

#include <array>

namespace stele::keyspace {

namespace {

// In the order of the policies.
constexpr auto kNames =
    std::to_array<std::string_view>({"noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random",
                                     "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"});

}  // namespace

std::string_view to_string(EvictionPolicy policy) {
  return kNames[static_cast<std::size_t>(policy)];
}

std::optional<EvictionPolicy> parse_eviction_policy(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<EvictionPolicy>(i);
  }
  return std::nullopt;
}

}  // namespace stele::keyspace
