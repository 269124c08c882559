#include "keyspace/store/eviction.h"

#include <algorithm>

#include "keyspace/store/random.h"

namespace stele::keyspace::store {

namespace {

// At most so many are looked at when few of them may go: some tens of microseconds.
constexpr std::size_t kLookedAtMax = 1024;
constexpr std::size_t kSegmentsMax = 64;

bool may_go(const Store& store, const Entry& entry) {
  if (is_volatile_only(store.policy) && !entry.expires_at()) return false;
  return store.class_of(entry.name()) == KeyClass::kCache;
}

std::uint64_t badness_of(const Store& store, const Entry& entry) {
  const EvictionPolicy policy = store.policy;
  if (policy == EvictionPolicy::kVolatileTtl) {
    const auto at = static_cast<std::uint64_t>(entry.expires_at().value_or(WallMs{INT64_MAX}).value);
    return ~at;
  }
  return is_random(policy) ? 1 : store.usage.badness(entry.usage());
}

// What was found with other options is of no use.
void begin_with_these_options(const Store& store, EvictionSearch& search) {
  const std::uint32_t epoch = store.eviction_epoch;
  if (search.epoch == epoch) return;
  search.epoch = epoch;
  search.pool.clear();
  search.begin_anew();
}

std::size_t keys_of_interest(const Store& store, const KeyTable& table) {
  return is_volatile_only(store.policy) ? table.with_expiry : table.size();
}

// A database of the shard by the number of its keys; null = there are none.
KeyTable* random_table(const Store& store, const Shard& shard) {
  std::size_t keys = 0;
  for (const auto& table : shard.tables) keys += table ? keys_of_interest(store, *table) : 0;
  if (keys == 0) return nullptr;
  std::size_t n = random_below(keys);
  for (const auto& table : shard.tables) {
    const std::size_t count = table ? keys_of_interest(store, *table) : 0;
    if (n < count) return table.get();
    n -= count;
  }
  return nullptr;
}

class Look {
 public:
  Look(const Store& store, Shard& shard, std::size_t samples)
      : store_(store), shard_(shard), left_(samples) {}

  // False: enough.
  bool take(DatabaseNumber db, const Entry& entry) {
    if (may_go(store_, entry)) {
      shard_.eviction.pool.add({badness_of(store_, entry), EntryHash{db}(entry), db});
      ++found_;
      if (left_ > 0) --left_;
    }
    return left_ > 0 && ++seen_ < kLookedAtMax;
  }
  std::size_t found() const { return found_; }
  bool is_enough() const { return left_ == 0 || seen_ >= kLookedAtMax; }

 private:
  const Store& store_;
  Shard& shard_;
  std::size_t left_;
  std::size_t found_ = 0;
  std::size_t seen_ = 0;
};

// From a random key on, and from the table's beginning where its end is near.
void look_anywhere(const Store& store, const KeyTable& table, std::uint64_t first_hash, Look& look) {
  const bool only_marked = is_volatile_only(store.policy);
  const DatabaseNumber db = table.db();
  const auto take = [&](const Entry& entry) { return look.take(db, entry); };
  const std::uint64_t random = random_source()();
  table.walk_from(first_hash | random >> kShardBits, only_marked, take);
  if (look.is_enough()) return;
  // Those behind the random one were few; some may be looked at twice.
  table.walk_from(first_hash, only_marked, take);
}

// Goes on with all keys of the shard, segment by segment. At the end without any: there are none.
void look_through_all(const Store& store, Shard& shard, std::uint64_t first_hash, Look& look) {
  EvictionSearch& search = shard.eviction;
  const bool only_marked = is_volatile_only(store.policy);
  std::size_t segments = 0;
  while (search.database < shard.tables.size()) {
    const KeyTable* const table = shard.tables[search.database].get();
    std::uint64_t next = 0;
    if (table != nullptr) {
      const DatabaseNumber db = table->db();
      auto take = [&](const Entry& entry) {
        (void)look.take(db, entry);
        return true;
      };
      next = table->walk_segments(std::max(search.hash, first_hash), [&](Segment& segment) {
        if (!only_marked || segment.marked() > 0) KeyTable::visit_segment(segment, 0, only_marked, take);
        return look.found() == 0 && !look.is_enough() && ++segments < kSegmentsMax;
      });
    }
    search.hash = next;
    if (next == 0) ++search.database;
    if (look.found() > 0) return search.begin_anew();
    if (look.is_enough() || segments >= kSegmentsMax) return;
  }
  search.goes_through_all = false;
  search.is_barren = true;
}

}  // namespace

bool may_have_evictable(const Store& store, const Shard& shard) {
  const std::size_t keys =
      is_volatile_only(store.policy) ? shard.keys_with_expiry.value() : shard.keys.value();
  return keys > 0 && !shard.eviction.is_barren.load(std::memory_order_relaxed);
}

std::size_t look_for_evictable(Session& session, std::size_t index, std::size_t samples) {
  const Store& store = session.store();
  Shard& shard = session.store().shard(index);
  EvictionSearch& search = shard.eviction;
  begin_with_these_options(store, search);
  const std::uint64_t first_hash = static_cast<std::uint64_t>(index) << (64 - kShardBits);
  Look look(store, shard, samples);
  if (!search.goes_through_all) {
    const KeyTable* const table = random_table(store, shard);
    if (table == nullptr) return 0;
    look_anywhere(store, *table, first_hash, look);
    if (look.found() > 0) return look.found();
    search.goes_through_all = true;
    search.database = 0;
    search.hash = 0;
    return 0;
  }
  look_through_all(store, shard, first_hash, look);
  return look.found();
}

bool evict_worst(Session& session, std::size_t index) {
  Store& store = session.store();
  EvictionPool& pool = store.shard(index).eviction.pool;
  const auto worst = pool.take_worst();
  if (!worst) return false;
  Position at = store.find(worst->db, worst->hash);
  if (at.entry == nullptr || !may_go(store, *at.entry)) return false;
  const std::uint64_t badness = badness_of(store, *at.entry);
  if (badness < worst->badness) {
    pool.add({badness, worst->hash, worst->db});
    return false;
  }
  session.editor().erase(at, ChangeEvent::kEvicted);
  session.editor().end_bundle();
  return true;
}

}  // namespace stele::keyspace::store
