#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "keyspace/change.h"
#include "keyspace/key_class.h"
#include "keyspace/keyspace.h"
#include "keyspace/store/dirty_table.h"
#include "keyspace/store/garbage.h"
#include "keyspace/store/object_index.h"
#include "keyspace/store/shard.h"
#include "keyspace/usage_clock.h"

namespace stele::keyspace::store {

// All that the groups of one keyspace share: the shards, the gate before them, the order of changes, what is
// to be written behind, what is to be freed.
//
// Threads: a shard's keys by whoever holds it; the gate's holder holds them all. Listeners are set before the
// and classes_ change by the gate's holder.
class Store {
 public:
  Store(const Clock& clock, KeyClasses classes, std::size_t max_memory, ObjectId first_object_id);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Not blocking: false, and `when_free` (if any) will be called once.
  bool try_lock_shard(std::size_t shard, const std::function<void()>& when_free);
  // Those of the mask, in order.
  bool try_lock_shards(std::uint64_t mask, const std::function<void()>& when_free);
  // All of them: waits a few microseconds for groups that are under way, while no other can begin.
  bool try_lock_all(const std::function<void()>& when_free);
  void unlock_shards(std::uint64_t mask);
  void unlock_all();

  Shard& shard(std::size_t index) { return shards_[index]; }
  const Shard& shard(std::size_t index) const { return shards_[index]; }
  // Where the key is; without an entry if it is nowhere. Its shard is held.
  Position find(KeyRef key, std::uint64_t hash);
  // The object with that id, if its shard is held (all are).
  Position find(ObjectId id);

  KeyClass class_of(std::string_view name) const { return classes_.of(name); }
  WallMs now() const;
  ChangeSequence next_change() {
    return ChangeSequence(last_change_.fetch_add(1, std::memory_order_relaxed) + 1);
  }
  ChangeSequence last_change() const { return ChangeSequence(last_change_.load(std::memory_order_relaxed)); }
  // So many changes at once, which nobody is shown.
  void skip_changes(std::size_t count) { last_change_.fetch_add(count, std::memory_order_relaxed); }
  ObjectId next_id() { return ObjectId(next_id_.fetch_add(1, std::memory_order_relaxed)); }
  // Ids below it are taken.
  void pass_id(ObjectId id);

  std::size_t used_memory_bytes() const;
  // With other_bytes. Exact for small limits, else good to a thousandth: no look at every shard.
  bool is_beyond_memory() const;
  // Where is the key with this hash, if there is one?
  Position find(DatabaseNumber db, std::uint64_t hash);
  void count_keys(Shard& shard, DatabaseNumber db, std::size_t count, bool are_new);
  std::size_t size(DatabaseNumber db) const;
  // All keys of a shard in a database, without any account of it: they are freed later.
  void drop_table(Shard& shard, DatabaseNumber db);
  KeyspaceStats stats() const;
  // Takes what is dirty of an object that is to be in the cut which is made. Its shard is held.
  void take_dirty(ObjectId id);

  std::vector<ChangeListener*> listeners;
  std::atomic<std::size_t> max_memory_bytes;
  std::atomic<std::ptrdiff_t> other_bytes = 0;
  UsageClock usage;
  // The options of eviction, and how often they were changed: what was found by others is of no use then.
  std::atomic<EvictionPolicy> policy = EvictionPolicy::kNone;
  std::atomic<std::size_t> samples = EvictionOptions{}.samples;
  std::atomic<std::uint32_t> eviction_epoch = 0;
  std::atomic<std::uint64_t> overridden = 0;
  DirtyTable dirty;
  ObjectIndex objects;
  Garbage garbage;
  void set_classes(KeyClasses classes) { classes_ = std::move(classes); }
  // Nothing is written behind, mapped or shown: what many changes share can be done at once.
  bool is_plain() const { return !is_listened_to() && classes_.is_only(KeyClass::kCache); }
  bool is_listened_to() const {
    return std::ranges::any_of(listeners, [](const ChangeListener* each) { return each->is_listening(); });
  }

 private:
  // Somebody is about to use it: what a cut has to know of it is taken before.
  void take_for_cut(const Position& position) {
    if (position.entry != nullptr && dirty.is_cutting() && position.entry->has_id())
      take_dirty(position.entry->id());
  }
  Position find_quietly(ObjectId id);
  bool fill_dirty(DirtyObject& dirty, const PendingChanges& changes);

  const Clock& clock_;
  KeyClasses classes_;
  alignas(64) std::atomic<std::uint64_t> last_change_ = 0;
  std::atomic<std::uint64_t> next_id_;
  Parking gate_;
  std::array<Shard, kShards> shards_;
  MemoryTotal memory_total_;
  mutable std::mutex sizes_mutex_;
  std::map<DatabaseNumber, std::size_t> sizes_;  // of the databases that shards do not count
};

}  // namespace stele::keyspace::store
