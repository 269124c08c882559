#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "keyspace/key.h"

namespace stele::keyspace::store {

// Which of the keys that were looked at would go first? The worst sixteen of a shard, by their hashes: a key
// that is gone or was used since is found out when its turn comes.
//
// Threads: the shard's; worst() any. Source: Redis' pool of eviction, of which there is one.
class EvictionPool {
 public:
  struct Candidate {
    std::uint64_t badness = 0;  // UsageClock's
    std::uint64_t hash = 0;
    DatabaseNumber db;
  };

  void add(const Candidate& candidate);
  std::optional<Candidate> take_worst();
  void clear() { resize(0); }
  // The badness of the worst; 0 = it is empty.
  std::uint64_t worst() const { return worst_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kSize = 16;

  void resize(std::size_t size);

  std::array<Candidate, kSize> candidates_;  // growing in badness
  std::size_t size_ = 0;
  std::atomic<std::uint64_t> worst_ = 0;
};

// How far is the search of a shard for keys that may go? Where none of those that were looked at may, all are
// looked at, one after the other; once that found none, there are none until one comes.
// Threads: the shard's; is_barren() any.
struct EvictionSearch {
  EvictionPool pool;
  std::uint32_t epoch = 0;        // of the options that the pool was filled with
  bool goes_through_all = false;  // and has come to:
  std::size_t database = 0;
  std::uint64_t hash = 0;
  std::atomic<bool> is_barren = false;

  bool is_searching() const { return goes_through_all || is_barren.load(std::memory_order_relaxed); }
  void begin_anew() {
    goes_through_all = false;
    is_barren.store(false, std::memory_order_relaxed);
  }
};

}  // namespace stele::keyspace::store
