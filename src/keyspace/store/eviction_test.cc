// How well the eviction policies choose, beside what is possible. The traces are the same each time; what is
// looked at is chosen at random, so the bounds leave room.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "keyspace/store_keyspace.h"

namespace stele::keyspace {
namespace {

constexpr std::size_t kKeys = 1500;
constexpr std::size_t kHeld = 150;
constexpr std::size_t kRequests = 6000;
constexpr DatabaseNumber kDb{0};

// Keys by Zipf's law with exponent 0.9; with scans, each hundred is followed by fifty keys of which nobody
// asks again.
std::vector<std::size_t> trace(bool has_scans) {
  std::vector<double> sums;
  double sum = 0;
  for (std::size_t i = 0; i < kKeys; ++i)
    sums.push_back(sum += 1 / std::pow(static_cast<double>(i + 1), 0.9));
  std::mt19937_64 random(815);
  std::vector<std::size_t> keys;
  std::size_t scanned = kKeys;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const double at = static_cast<double>(random() >> 11) * 0x1p-53 * sum;
    keys.push_back(static_cast<std::size_t>(std::ranges::lower_bound(sums, at) - sums.begin()));
    for (int j = 0; has_scans && i % 100 == 99 && j < 50; ++j) keys.push_back(scanned++);
  }
  return keys;
}

double hit_rate_of_exact_lru(const std::vector<std::size_t>& keys) {
  std::list<std::size_t> order;
  std::unordered_map<std::size_t, std::list<std::size_t>::iterator> places;
  std::size_t hits = 0;
  for (const std::size_t key : keys) {
    if (const auto at = places.find(key); at != places.end()) {
      ++hits;
      order.erase(at->second);
    } else if (places.size() == kHeld) {
      places.erase(order.back());
      order.pop_back();
    }
    order.push_front(key);
    places[key] = order.begin();
  }
  return static_cast<double>(hits) / static_cast<double>(keys.size());
}

double hit_rate(EvictionPolicy policy, const std::vector<std::size_t>& keys) {
  ManualClock clock;
  const auto keyspace = make_store_keyspace(clock, {});
  keyspace->set_eviction({.policy = policy});
  const std::string value(1000, 'x');
  std::size_t hits = 0;
  for (const std::size_t key : keys) {
    clock.advance(std::chrono::milliseconds(20));
    keyspace->expire_some(0);
    const std::string name = "key:" + std::to_string(10'000'000 + key);
    GroupHandle group = keyspace->begin(Scope::key({kDb, name}));
    if ((*group->strings().get({kDb, name})).has_value()) {
      ++hits;
      continue;
    }
    EXPECT_TRUE(group->strings().set({kDb, name}, value, {}).has_value());
    group.reset();
    if (keyspace->stats().keys <= kHeld) continue;
    // One goes for the one that came.
    keyspace->set_max_memory(keyspace->stats().used_memory_bytes - 1);
    for (Room room = Room::kMore; room == Room::kMore;) room = keyspace->make_room(1);
    keyspace->set_max_memory(0);
    EXPECT_GE(keyspace->stats().keys, kHeld - 2);
  }
  return static_cast<double>(hits) / static_cast<double>(keys.size());
}

TEST(EvictionQuality, LruIsNearlyExact) {
  const std::vector<std::size_t> keys = trace(false);
  const double exact = hit_rate_of_exact_lru(keys);
  const double lru = hit_rate(EvictionPolicy::kAnyLru, keys);
  EXPECT_GT(lru, exact - 0.03);
  EXPECT_GT(lru, hit_rate(EvictionPolicy::kAnyRandom, keys) + 0.02);
}

TEST(EvictionQuality, LfuKeepsThroughScansWhatIsUsedOften) {
  const std::vector<std::size_t> keys = trace(true);
  EXPECT_GT(hit_rate(EvictionPolicy::kAnyLfu, keys), hit_rate_of_exact_lru(keys) + 0.03);
}

}  // namespace
}  // namespace stele::keyspace
