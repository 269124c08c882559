#include "keyspace/store/store.h"

#include <bit>
#include <chrono>
#include <limits>

#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

// How often the gate's taker looks at a shard before it gives up: some microseconds, since most groups are
// over by then and one that is not may have lost its processor.
constexpr int kLooks = 2000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

Store::Store(const Clock& clock, KeyClasses classes, std::size_t max_memory, ObjectId first_object_id)
    : max_memory_bytes(max_memory),
      usage(clock),
      clock_(clock),
      classes_(std::move(classes)),
      next_id_(first_object_id.value()) {
  for (Shard& shard : shards_) {
    shard.memory_total = &memory_total_;
    shard.sweep.ended_ms = now().value;
    shard.sweep.until_unit = shard.sweep.ended_ms / kExpiryUnitMs;
  }
}

Store::~Store() {
  for (Shard& shard : shards_) {
    for (auto& table : shard.tables) {
      if (table) garbage.add(std::move(table));
    }
  }
}

bool Store::try_lock_shard(std::size_t index, const std::function<void()>& when_free) {
  Parking& lock = shards_[index].lock;
  while (true) {
    // Whoever waits for all of them goes first.
    if (gate_.is_taken()) {
      if (!when_free) return false;
      if (gate_.park(when_free)) return false;
      continue;
    }
    if (lock.try_lock()) return true;
    if (!when_free || lock.park(when_free)) return false;
  }
}

bool Store::try_lock_shards(std::uint64_t mask, const std::function<void()>& when_free) {
  std::uint64_t held = 0;
  for (std::uint64_t left = mask; left != 0; left &= left - 1) {
    const auto index = static_cast<std::size_t>(std::countr_zero(left));
    if (!try_lock_shard(index, when_free)) {
      unlock_shards(held);
      return false;
    }
    held |= std::uint64_t{1} << index;
  }
  return true;
}

bool Store::try_lock_all(const std::function<void()>& when_free) {
  while (!gate_.try_lock()) {
    if (!when_free || gate_.park(when_free)) return false;
  }
  for (std::size_t i = 0; i < kShards; ++i) {
    Parking& lock = shards_[i].lock;
    bool is_mine = lock.try_lock();
    for (int looks = 0; !is_mine && looks < kLooks; ++looks) {
      pause();
      is_mine = lock.try_lock();
    }
    while (!is_mine) {
      if (when_free && !lock.park(when_free)) {
        is_mine = lock.try_lock();
        continue;
      }
      unlock_shards((std::uint64_t{1} << i) - 1);
      gate_.unlock();
      return false;
    }
  }
  return true;
}

void Store::unlock_shards(std::uint64_t mask) {
  for (; mask != 0; mask &= mask - 1) shards_[static_cast<std::size_t>(std::countr_zero(mask))].lock.unlock();
}

void Store::unlock_all() {
  for (Shard& shard : shards_) shard.lock.unlock();
  gate_.unlock();
}

Position Store::find(KeyRef key, std::uint64_t hash) {
  Position position;
  position.shard = &shards_[shard_of(hash)];
  position.key = key;
  position.hash = hash;
  position.table = position.shard->table(key.db);
  if (position.table != nullptr) {
    position.entry = position.table->find(
        hash, [&](const Entry& entry) { return entry.name() == key.name; }, &position.place);
    take_for_cut(position);
  }
  return position;
}

Position Store::find(ObjectId id) {
  Position position = find_quietly(id);
  take_for_cut(position);
  return position;
}

Position Store::find_quietly(ObjectId id) {
  Position position;
  const auto hash = objects.find(id);
  if (!hash) return position;
  position.shard = &shards_[shard_of(*hash)];
  position.hash = *hash;
  for (std::size_t db = 0; db < position.shard->tables.size(); ++db) {
    KeyTable* const table = position.shard->tables[db].get();
    if (table == nullptr) continue;
    Entry* const entry =
        table->find(*hash, [&](const Entry& each) { return each.id() == id; }, &position.place);
    if (entry == nullptr) continue;
    position.table = table;
    position.entry = entry;
    position.key = {DatabaseNumber(static_cast<std::uint16_t>(db)), entry->name()};
    return position;
  }
  return position;
}

WallMs Store::now() const {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch()).count()};
}

void Store::pass_id(ObjectId id) {
  std::uint64_t next = next_id_.load(std::memory_order_relaxed);
  while (next <= id.value() && !next_id_.compare_exchange_weak(next, id.value() + 1)) {
  }
}

Position Store::find(DatabaseNumber db, std::uint64_t hash) {
  Position position;
  position.shard = &shards_[shard_of(hash)];
  position.hash = hash;
  position.table = position.shard->table(db);
  if (position.table == nullptr) return position;
  position.entry = position.table->find(
      hash, [&](const Entry& entry) { return EntryHash{db}(entry) == hash; }, &position.place);
  if (position.entry != nullptr) position.key = {db, position.entry->name()};
  take_for_cut(position);
  return position;
}

bool Store::is_beyond_memory() const {
  const std::size_t max = max_memory_bytes.load(std::memory_order_relaxed);
  if (max == 0) return false;
  constexpr std::size_t kExactBelow = std::size_t{kShards} * MemoryTotal::kStepBytes * 1024;
  const std::ptrdiff_t own =
      max < kExactBelow ? static_cast<std::ptrdiff_t>(used_memory_bytes()) : memory_total_.bytes();
  return own + other_bytes.load(std::memory_order_relaxed) > static_cast<std::ptrdiff_t>(max);
}

std::size_t Store::used_memory_bytes() const {
  std::size_t bytes = 0;
  for (const Shard& shard : shards_) bytes += shard.used_memory_bytes.value();
  return bytes;
}

void Store::count_keys(Shard& shard, DatabaseNumber db, std::size_t count, bool are_new) {
  const std::size_t change = are_new ? count : -count;  // wraps, and so does the sum
  shard.keys.add(change);
  if (db.value() < kCountedDatabases) return shard.keys_of[db.value()].add(change);
  const std::lock_guard lock(sizes_mutex_);
  sizes_[db] += change;
}

void Store::drop_table(Shard& shard, DatabaseNumber db) {
  std::unique_ptr<KeyTable>& table = shard.tables[db.value()];
  count_keys(shard, db, table->size(), false);
  shard.count_bytes(-table->counted_bytes);
  shard.keys_with_expiry.subtract(table->with_expiry);
  shard.hashes_with_expiry.subtract(table->with_field_expiry);
  garbage.add(std::move(table));
}

std::size_t Store::size(DatabaseNumber db) const {
  std::size_t size = 0;
  if (db.value() < kCountedDatabases) {
    for (const Shard& shard : shards_) size += shard.keys_of[db.value()].value();
    return size;
  }
  const std::lock_guard lock(sizes_mutex_);
  const auto at = sizes_.find(db);
  return at == sizes_.end() ? 0 : at->second;
}

KeyspaceStats Store::stats() const {
  KeyspaceStats stats;
  for (const Shard& shard : shards_) {
    stats.keys += shard.keys.value();
    stats.keys_with_expiry += shard.keys_with_expiry.value();
    stats.used_memory_bytes += shard.used_memory_bytes.value();
    stats.expired += shard.expired.value();
    stats.evicted += shard.evicted.value();
  }
  stats.other_memory_bytes =
      static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, other_bytes.load(std::memory_order_relaxed)));
  stats.freeing_bytes = garbage.bytes();
  stats.freeing_objects = garbage.objects();
  stats.freed_objects = garbage.freed_objects();
  stats.dirty_objects = dirty.size();
  stats.dirty_bytes = dirty.pending_bytes();
  stats.overridden = overridden.load(std::memory_order_relaxed);
  stats.last_change = last_change();
  return stats;
}

void Store::take_dirty(ObjectId id) {
  dirty.take(
      id, [this](DirtyObject& object, const PendingChanges& changes) { return fill_dirty(object, changes); });
}

namespace {

// What of these positions is there, and the spans where nothing is.
void fill_positions(const Entry& entry, const std::map<std::int64_t, std::int64_t>& spans,
                    DirtyObject& dirty_object) {
  for (const auto& [from, until] : spans) {
    std::int64_t free_from = from;
    const auto note_free = [&](std::int64_t position) {
      if (free_from < position) dirty_object.positions_removed.emplace_back(free_from, position);
      free_from = position + 1;
    };
    for_each_position(entry, from, until, [&](std::int64_t position, std::string_view element) {
      note_free(position);
      dirty_object.elements_set.push_back({position, std::string(element)});
    });
    note_free(until);
  }
}

}  // namespace

bool Store::fill_dirty(DirtyObject& dirty_object, const PendingChanges& changes) {
  const Position position = find_quietly(dirty_object.id);
  if (position.entry == nullptr) return false;
  Entry& entry = *position.entry;
  entry.set_has_row(true);
  dirty_object.key = Key(position.key);
  dirty_object.type = entry.type();
  dirty_object.expires_at = entry.expires_at();
  if (entry.type() == ValueType::kString) {
    if (!changes.whole && !changes.bytes_from) return true;
    dirty_object.value_changed = true;
    dirty_object.string_from = changes.whole ? 0 : *changes.bytes_from;
    dirty_object.string = string_of(entry).substr(dirty_object.string_from);
    return true;
  }
  if (entry.type() == ValueType::kList) {
    if (!changes.whole) {
      fill_positions(entry, changes.positions, dirty_object);
      return true;
    }
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    for_each_position(entry, kMin, kMax, [&](std::int64_t position, std::string_view element) {
      dirty_object.elements_set.push_back({position, std::string(element)});
    });
    return true;
  }
  if (changes.whole) {
    copy_elements(entry, dirty_object.fields_set);
    return true;
  }
  for (const std::string& name : changes.fields) {
    if (auto value = element_of(entry, name)) {
      dirty_object.fields_set.push_back({name, *std::move(value), field_expiry(entry, name)});
    } else {
      dirty_object.fields_removed.push_back(name);
    }
  }
  return true;
}

}  // namespace stele::keyspace::store
