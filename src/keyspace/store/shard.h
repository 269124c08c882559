#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "keyspace/key.h"
#include "keyspace/store/entry.h"
#include "keyspace/store/eviction_pool.h"
#include "keyspace/store/parking.h"
#include "keyspace/store/prefix_table.h"
#include "keyspace/store/watches.h"
#include "keyspace/wait_table.h"

namespace stele::keyspace::store {

// The keys of one database in a shard.
class KeyTable final : public PrefixTable<Entry, EntryHash> {
 public:
  explicit KeyTable(DatabaseNumber db, unsigned shared_bits)
      : PrefixTable(EntryHash{db}, shared_bits), db_(db) {}
  DatabaseNumber db() const { return db_; }

  std::size_t counted_bytes = 0;  // its part of the shard's used memory
  std::size_t with_expiry = 0;
  std::size_t with_field_expiry = 0;  // hashes, some of whose fields have one

 private:
  const DatabaseNumber db_;
};

// A shard is a range of hashes: their upper bits.
constexpr unsigned kShardBits = 5;
constexpr std::size_t kShards = std::size_t{1} << kShardBits;
constexpr std::size_t kCountedDatabases = 16;

inline std::size_t shard_of(std::uint64_t hash) {
  return static_cast<std::size_t>(hash >> (64 - kShardBits));
}

// A number that one thread at a time changes and any reads.
class SharedCount {
 public:
  void add(std::size_t by) { value_.store(value() + by, std::memory_order_relaxed); }
  void subtract(std::size_t by) { value_.store(value() - by, std::memory_order_relaxed); }
  std::size_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> value_ = 0;
};

// The memory of all shards, which each tells when it has changed by some kilobytes. Threads: any.
class MemoryTotal {
 public:
  static constexpr std::ptrdiff_t kStepBytes = 8192;  // and a shard may be off by so much
  void add(std::ptrdiff_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  std::ptrdiff_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::ptrdiff_t> bytes_ = 0;
};

// How far is the search for keys whose time is over? A round looks at the marks of all entries of the shard:
// at those of the units of time that have passed since the round before.
struct ExpirySweep {
  std::int64_t from_unit = 0;
  std::int64_t until_unit = 0;  // of the round that goes on, or of the last one
  bool goes_on = false;
  std::size_t database = 0;
  std::uint64_t hash = 0;  // where it goes on
  std::int64_t ended_ms = 0;
};

// The keys of one range of hashes, and the lock of whoever works on them.
// Threads: `lock` guards all but the counts, the watches and the waits.
struct alignas(64) Shard {
  Parking lock;
  std::vector<std::unique_ptr<KeyTable>> tables;  // by database; null = empty
  ExpirySweep sweep;
  EvictionSearch eviction;
  MemoryTotal* memory_total = nullptr;
  std::ptrdiff_t untold_bytes = 0;
  WatchTable watches;
  WaitTable waits;

  SharedCount keys;
  SharedCount keys_with_expiry;
  SharedCount hashes_with_expiry;  // of some of their fields
  SharedCount used_memory_bytes;
  SharedCount expired;
  SharedCount evicted;
  std::array<SharedCount, kCountedDatabases> keys_of;

  // Memory has come, or gone: modulo 2^64.
  void count_bytes(std::size_t bytes) {
    used_memory_bytes.add(bytes);
    untold_bytes += static_cast<std::ptrdiff_t>(bytes);
    if (untold_bytes <= MemoryTotal::kStepBytes && untold_bytes >= -MemoryTotal::kStepBytes) return;
    memory_total->add(std::exchange(untold_bytes, 0));
  }
  KeyTable* table(DatabaseNumber db) const {
    return db.value() < tables.size() ? tables[db.value()].get() : nullptr;
  }
};

// Where a key is, or would be. Void after the next insertion or removal in its table but through it.
struct Position {
  Shard* shard = nullptr;
  KeyRef key;
  std::uint64_t hash = 0;
  KeyTable* table = nullptr;  // null = the shard has none for the database yet
  KeyTable::Place place;
  Entry* entry = nullptr;  // null = there is no such key
};

// The mark beside an entry: 0 without an expiry, else the unit of time in which it, or the first of its
// fields, is over, cut to a byte.
constexpr std::int64_t kExpiryUnitMs = 256;
inline std::uint8_t expiry_mark(std::optional<WallMs> at) {
  if (!at) return 0;
  const auto unit = static_cast<std::uint8_t>(static_cast<std::uint64_t>(at->value / kExpiryUnitMs));
  return unit == 0 ? std::uint8_t{1} : unit;
}

}  // namespace stele::keyspace::store
