// What do the keyspace's own steps cost, with no server around them?
//   bench_keyspace [KEYS]   (10,000,000)
// The longest step in thread CPU while the table grows from nothing, while large values go, while keys
// expire, are evicted, and while everything is removed; look-ups with and without prefetch; CPU a command on
// one and on two threads, with keys drawn evenly and by Zipf's law.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "keyspace/store_keyspace.h"

namespace {

using namespace stele;
using namespace stele::keyspace;

constexpr DatabaseNumber kDb{0};
constexpr std::size_t kDyingAMs = 100;

std::int64_t thread_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string name_of(std::size_t i) {
  return fmt::format("key:{:012}", i);
}

// The longest of many steps, and their sum.
class Steps {
 public:
  explicit Steps(std::string what) : what_(std::move(what)) {}
  ~Steps() {
    fmt::print("{:<44} {:>9} steps, {:>8.2f} us each, the longest {:>8.1f} us, above 1 ms: {}\n", what_,
               count_,
               static_cast<double>(total_) / 1e3 / static_cast<double>(std::max<std::size_t>(count_, 1)),
               static_cast<double>(longest_) / 1e3, above_);
  }
  template <class Step>
  void run(Step step) {
    const std::int64_t begin = thread_cpu_ns();
    step();
    const std::int64_t taken = thread_cpu_ns() - begin;
    ++count_;
    total_ += taken;
    longest_ = std::max(longest_, taken);
    if (taken > 1'000'000) ++above_;
  }

 private:
  const std::string what_;
  std::size_t count_ = 0;
  std::size_t above_ = 0;
  std::int64_t total_ = 0;
  std::int64_t longest_ = 0;
};

void set(Keyspace& keyspace, KeyRef key, std::string_view value, std::optional<WallMs> until = std::nullopt) {
  SetOptions options;
  if (until) options.expiry = ExpiryChange::until(*until);
  const GroupHandle group = keyspace.begin(Scope::key(key));
  if (!group->strings().set(key, value, options)) std::abort();
}

// To a number of keys, each with a moment of its own to expire at.
void grow(Keyspace& keyspace, std::size_t keys) {
  const std::string value(64, 'x');
  const WallMs now = keyspace.begin(Scope::none())->now();
  Steps steps("growth: SET of new keys, with TTL");
  for (std::size_t i = 0; i < keys; ++i) {
    const std::string name = name_of(i);
    const WallMs until{now.value + 10'000 + static_cast<std::int64_t>(i % (keys / kDyingAMs))};
    steps.run([&] { set(keyspace, {kDb, name}, value, until); });
  }
}

void expire(Keyspace& keyspace, ManualClock& clock, std::size_t keys) {
  Steps steps("100,000 expirations a second: turns of 400 keys");
  clock.advance(std::chrono::seconds(10));
  std::size_t worst = 0;
  constexpr int kTurnMs = 10;
  for (int turn = 1; turn <= 500; ++turn) {
    clock.advance(std::chrono::milliseconds(kTurnMs));
    for (std::size_t some = 400; some == 400;) steps.run([&] { some = keyspace.expire_some(400); });
    const std::size_t dead = kDyingAMs * kTurnMs * static_cast<std::size_t>(turn);
    const std::size_t removed = static_cast<std::size_t>(keyspace.stats().expired);
    if (dead > removed) worst = std::max(worst, dead - removed);
  }
  fmt::print("most dead keys at once after a turn: {} of {} ({:.2f} %)\n", worst, keys,
             100.0 * static_cast<double>(worst) / static_cast<double>(keys));
}

void remove(Keyspace& keyspace, KeyRef key) {
  Steps steps("DEL of it, then what frees it");
  steps.run([&] { (void)keyspace.begin(Scope::key(key))->keys().remove(key); });
  for (int i = 0; i < 2000; ++i) steps.run([&] { keyspace.expire_some(0); });
}

void large_values(Keyspace& keyspace) {
  const std::string value(64, 'x');
  const KeyRef large{kDb, "large"};
  {
    Steps steps("HSET of a hash that grows to 1,000,000");
    for (std::size_t i = 0; i < 1'000'000; ++i) {
      const std::string name = name_of(i);
      const FieldRef field{name, value};
      steps.run([&] { (void)keyspace.begin(Scope::key(large))->hashes().set(large, std::span(&field, 1)); });
    }
  }
  remove(keyspace, large);
  {
    Steps steps("ZADD of a sorted set that grows to 1,000,000");
    for (std::size_t i = 0; i < 1'000'000; ++i) {
      const std::string name = name_of(i);
      const ScoredRef member{name, static_cast<double>(i * 7919 % 1'000'003)};
      steps.run([&] {
        (void)keyspace.begin(Scope::key(large))->sorted_sets().add(large, std::span(&member, 1), {});
      });
    }
  }
  remove(keyspace, large);
}

void evict(Keyspace& keyspace, EvictionPolicy policy, std::size_t keys) {
  const std::string value(64, 'x');
  const WallMs until{keyspace.begin(Scope::none())->now().value + 1'000'000};
  keyspace.set_eviction({.policy = policy});
  const std::size_t evicted = keyspace.stats().evicted;
  {
    Steps steps(fmt::format("eviction, {}: 16 keys at most", to_string(policy)));
    keyspace.set_max_memory(keyspace.stats().used_memory_bytes / 10 * 9);
    for (Room room = Room::kMore; room == Room::kMore;) steps.run([&] { room = keyspace.make_room(16); });
  }
  {
    Steps steps(fmt::format("SET of new keys, {}", to_string(policy)));
    for (std::size_t i = 0; i < 200'000; ++i) {
      const std::string name = name_of(keys + i);
      steps.run([&] {
        (void)keyspace.make_room(16);
        set(keyspace, {kDb, name}, value, until);
      });
    }
  }
  fmt::print("evicted: {}\n", keyspace.stats().evicted - evicted);
  keyspace.set_max_memory(0);
}

void holds(std::size_t keys) {
  ManualClock clock;
  const auto keyspace = make_store_keyspace(clock, {});
  grow(*keyspace, keys);
  const KeyspaceStats stats = keyspace->stats();
  fmt::print("{:.1f} bytes a key by the keyspace's account\n",
             static_cast<double>(stats.used_memory_bytes) / static_cast<double>(stats.keys));
  expire(*keyspace, clock, keys);
  large_values(*keyspace);
  for (const auto policy : {EvictionPolicy::kAnyLru, EvictionPolicy::kAnyLfu, EvictionPolicy::kVolatileTtl})
    evict(*keyspace, policy, keys);
  {
    Steps steps("FLUSHALL, then what frees it");
    steps.run([&] { (void)keyspace->begin(Scope::whole())->keys().flush(std::nullopt); });
    for (int i = 0; i < 2000; ++i) steps.run([&] { keyspace->expire_some(0); });
  }
}

// Which key is next? Evenly, or by Zipf's law with exponent 0.99.
std::vector<std::uint32_t> draw(std::size_t keys, bool is_zipf, std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> sums;
  if (is_zipf) {
    double sum = 0;
    for (std::size_t i = 0; i < keys; ++i)
      sums.push_back(sum += 1 / std::pow(static_cast<double>(i + 1), 0.99));
  }
  std::vector<std::uint32_t> drawn(count);
  for (std::uint32_t& each : drawn) {
    if (is_zipf) {
      const double at = std::uniform_real_distribution<double>(0, sums.back())(random);
      each = static_cast<std::uint32_t>(std::lower_bound(sums.begin(), sums.end(), at) - sums.begin());
    } else {
      each = static_cast<std::uint32_t>(random() % keys);
    }
  }
  return drawn;
}

void scaling(std::size_t keys) {
  constexpr std::size_t kCommands = 1'000'000;
  const auto keyspace = make_store_keyspace(system_clock(), {});
  const std::string value(64, 'x');
  std::vector<std::string> names;
  for (std::size_t i = 0; i < keys; ++i) names.push_back(name_of(i));
  for (const std::string& name : names) set(*keyspace, {kDb, name}, value);
  for (const bool is_zipf : {false, true}) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{24}}) {
      for (const std::size_t count : {1, 2}) {
        std::atomic<std::int64_t> cpu = 0;
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < count; ++t) {
          threads.emplace_back([&, t] {
            const std::vector<std::uint32_t> drawn = draw(keys, is_zipf, kCommands, static_cast<unsigned>(t));
            std::vector<KeyRef> refs(batch);
            const std::int64_t begin = thread_cpu_ns();
            for (std::size_t i = 0; i + batch <= kCommands; i += batch) {
              for (std::size_t j = 0; j < batch; ++j) refs[j] = {kDb, names[drawn[i + j]]};
              if (batch > 1) keyspace->prefetch(refs);
              for (std::size_t j = 0; j < batch; ++j) {
                if ((i + j) % 5 == 0) {
                  set(*keyspace, refs[j], value);
                } else {
                  (void)keyspace->begin(Scope::key(refs[j]))->strings().get(refs[j]);
                }
              }
            }
            cpu += thread_cpu_ns() - begin;
          });
        }
        for (std::thread& thread : threads) thread.join();
        fmt::print("{:<8} {:<20} {} thread(s): {:6.0f} ns of CPU a command (4 GET, 1 SET)\n",
                   is_zipf ? "Zipf" : "even", batch > 1 ? "prefetched by 24" : "one by one", count,
                   static_cast<double>(cpu.load()) / static_cast<double>(kCommands * count));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t keys = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  holds(keys);
  scaling(std::min<std::size_t>(keys, 1'000'000));
}
