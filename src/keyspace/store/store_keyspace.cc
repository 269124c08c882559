#include "keyspace/store_keyspace.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "keyspace/store/applied.h"
#include "keyspace/store/eviction.h"
#include "keyspace/store/expiry.h"
#include "keyspace/store/hashes.h"
#include "keyspace/store/keys.h"
#include "keyspace/store/lists.h"
#include "keyspace/store/session.h"
#include "keyspace/store/sets.h"
#include "keyspace/store/sorted_sets.h"
#include "keyspace/store/streams.h"
#include "keyspace/store/strings.h"

namespace stele::keyspace::store {

namespace {

// So many segments are searched for dead keys at once: a fraction of a millisecond.
constexpr std::size_t kSegmentsATurn = 1024;
// So many dead keys go at most while their shard is held.
constexpr std::size_t kExpiredAHold = 64;
// What expire_some frees of large values that are gone, at most for so long.
constexpr std::size_t kFreedAtOnce = 256;
// So many objects a call of take_cut.
constexpr std::size_t kObjectsATurn = 512;
constexpr Duration kFreeingTimeMax = std::chrono::microseconds(500);

class StoreGroup final : public Group {
 public:
  explicit StoreGroup(Store& store) : session_(store) {}

  Session& session() { return session_; }

  Strings& strings() override { return strings_; }
  Hashes& hashes() override { return hashes_; }
  Lists& lists() override { return lists_; }
  Sets& sets() override { return sets_; }
  SortedSets& sorted_sets() override { return sorted_sets_; }
  Streams& streams() override { return streams_; }
  Keys& keys() override { return keys_; }
  Applied& applied() override { return applied_; }
  WallMs now() const override { return session_.now(); }
  KeyClass class_of(KeyRef key) const override { return session_.store().class_of(key.name); }

  std::unique_ptr<Watch> watch(KeyRef key) override {
    // What is dead already does not die later.
    (void)session_.look(key);
    return std::make_unique<StoreWatch>(session_.store().shard(shard_of(hash_of(key))).watches, key);
  }

  bool unchanged(const Watch& watch) override {
    const auto& asked = static_cast<const StoreWatch&>(watch);
    // Its time may be over, which is a change that nobody has seen yet.
    (void)session_.look(asked.key());
    return !asked.touched();
  }

  std::unique_ptr<Waiting> wait(std::shared_ptr<Waiter> waiter, std::span<const KeyRef> keys) override {
    auto places = std::make_unique<WaitPlaces>();
    for (const KeyRef key : keys)
      places->add(session_.store().shard(shard_of(hash_of(key))).waits, key, waiter);
    return places;
  }
  bool extend(KeyRef key) override { return session_.extend(key); }

  ChangeSequence last_change() const override { return session_.editor().last_change(); }
  void end() override;

 private:
  void serve_awaited();

  mutable Session session_;
  StoreStrings strings_{session_};
  StoreHashes hashes_{session_};
  StoreLists lists_{session_};
  StoreSets sets_{session_};
  StoreSortedSets sorted_sets_{session_};
  StoreStreams streams_{session_};
  StoreKeys keys_{session_};
  StoreApplied applied_{session_};
};

class StoreKeyspace final : public Keyspace {
 public:
  StoreKeyspace(const Clock& clock, StoreOptions options)
      : store_(clock, std::move(options.classes), options.max_memory_bytes, options.first_object_id) {}

  GroupHandle try_begin(const Scope& scope, std::function<void()> when_free) override;
  void prefetch(std::span<const KeyRef> keys) override;
  std::size_t expire_some(std::size_t limit) override;
  std::optional<Cut> take_cut() override;
  // Objects stay dirty until their echo, so there is nothing to note.
  void flush_committed(const Cut&) override {}
  void flush_failed(Cut cut) override;
  void add_listener(ChangeListener& listener) override;
  void remove_listener(ChangeListener& listener) override;
  void set_classes(KeyClasses classes) override;
  void set_max_memory(std::size_t max_memory_bytes) override { store_.max_memory_bytes = max_memory_bytes; }
  void set_eviction(const EvictionOptions& options) override;
  void count_memory(std::ptrdiff_t bytes) override {
    store_.other_bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  Room make_room(std::size_t limit) override;
  bool is_beyond_memory() const override { return store_.is_beyond_memory(); }
  bool is_full() const override { return store_.is_beyond_memory() && !may_evict(); }
  KeyspaceStats stats() const override { return store_.stats(); }

 private:
  void free_garbage();
  // False: a group is in the way.
  bool take_dirty(ObjectId id);
  // Calls `use(session)` in a group over the shard. False: another is there.
  template <class Use>
  bool in_shard(std::size_t shard, Use use);
  bool may_evict() const;
  // What may go is decided otherwise from now on.
  void forget_barren();
  // Whether anything was looked at.
  bool look_at_some();
  // The shard whose pool has the worst key; kShards = all pools are empty.
  std::size_t worst_shard() const;

  Store store_;
  ChangeSequence cut_sequence_;                  // of the cut that is made
  std::atomic<std::size_t> next_expiring_ = 0;   // the shard where expire_some goes on
  std::atomic<std::size_t> next_looked_at_ = 0;  // the same for make_room
};

// The group that ended last on this thread, for the next: a group is no allocation.
thread_local std::unique_ptr<StoreGroup> spare_group;

std::unique_ptr<StoreGroup> make_group(Store& store) {
  if (spare_group && &spare_group->session().store() == &store) return std::move(spare_group);
  return std::make_unique<StoreGroup>(store);
}

// Who is served changes keys, before which others may wait.
void StoreGroup::serve_awaited() {
  while (session_.editor().has_awaited()) {
    for (const auto& [hash, key] : session_.editor().take_awaited()) {
      (void)session_.extend(key);  // its shard is held, since it was changed
      serve_waiters(*this, session_.store().shard(shard_of(hash)).waits, key);
    }
  }
}

void StoreGroup::end() {
  if (session_.editor().has_awaited()) serve_awaited();
  session_.end();
  spare_group.reset(this);
}

GroupHandle StoreKeyspace::try_begin(const Scope& scope, std::function<void()> when_free) {
  std::unique_ptr<StoreGroup> group = make_group(store_);
  if (group->session().try_begin(scope, when_free)) return GroupHandle(group.release());
  spare_group = std::move(group);
  return nullptr;
}

void StoreKeyspace::prefetch(std::span<const KeyRef> keys) {
  constexpr std::size_t kAtOnce = 32;
  std::uint64_t hashes[kAtOnce];
  const auto with_table = [&](std::size_t i, DatabaseNumber db, auto use) {
    Shard& shard = store_.shard(shard_of(hashes[i]));
    if (!shard.lock.try_lock()) return;
    if (const KeyTable* const table = shard.table(db)) use(*table);
    shard.lock.unlock();
  };
  for (; !keys.empty(); keys = keys.subspan(std::min(kAtOnce, keys.size()))) {
    const std::span<const KeyRef> some = keys.first(std::min(kAtOnce, keys.size()));
    for (std::size_t i = 0; i < some.size(); ++i) {
      hashes[i] = hash_of(some[i]);
      with_table(i, some[i].db, [&](const KeyTable& table) { table.prefetch_slots(hashes[i]); });
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      with_table(i, some[i].db, [&](const KeyTable& table) { table.prefetch_item(hashes[i]); });
    }
  }
}

std::size_t StoreKeyspace::expire_some(std::size_t limit) {
  store_.usage.tick();
  std::size_t removed = 0;
  std::size_t segments_left = kSegmentsATurn;
  const std::size_t first = next_expiring_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < kShards && removed < limit && segments_left > 0; ++i) {
    const std::size_t shard = (first + i) % kShards;
    next_expiring_.store(shard, std::memory_order_relaxed);
    const Shard& each = store_.shard(shard);
    if (each.keys_with_expiry.value() + each.hashes_with_expiry.value() == 0) continue;
    bool has_more = true;
    while (has_more && removed < limit && segments_left > 0) {
      const std::size_t wanted = std::min(limit - removed, kExpiredAHold);
      has_more = false;
      (void)in_shard(shard, [&](Session& session) {
        const std::size_t some = expire_in_shard(session, shard, wanted, &segments_left);
        removed += some;
        has_more = some >= wanted;
      });
    }
  }
  free_garbage();
  return removed;
}

template <class Use>
bool StoreKeyspace::in_shard(std::size_t shard, Use use) {
  std::unique_ptr<StoreGroup> group = make_group(store_);
  if (!group->session().try_begin_shard(shard)) {
    spare_group = std::move(group);
    return false;
  }
  const GroupHandle handle(group.release());
  use(static_cast<StoreGroup&>(*handle).session());
  return true;
}

void StoreKeyspace::set_eviction(const EvictionOptions& options) {
  store_.usage.set(options);
  store_.samples = std::max<std::size_t>(options.samples, 1);
  store_.policy = options.policy;
  store_.eviction_epoch.fetch_add(1);
  forget_barren();
}

void StoreKeyspace::forget_barren() {
  for (std::size_t i = 0; i < kShards; ++i) store_.shard(i).eviction.is_barren = false;
}

bool StoreKeyspace::may_evict() const {
  if (store_.policy == EvictionPolicy::kNone) return false;
  for (std::size_t i = 0; i < kShards; ++i) {
    if (may_have_evictable(store_, store_.shard(i))) return true;
  }
  return false;
}

bool StoreKeyspace::look_at_some() {
  std::size_t left = store_.samples;
  bool has_looked = false;
  for (std::size_t i = 0; i < kShards && left > 0; ++i) {
    const std::size_t shard = next_looked_at_.fetch_add(1, std::memory_order_relaxed) % kShards;
    if (!may_have_evictable(store_, store_.shard(shard))) continue;
    has_looked |= in_shard(
        shard, [&](Session& session) { left -= std::min(left, look_for_evictable(session, shard, left)); });
  }
  return has_looked;
}

std::size_t StoreKeyspace::worst_shard() const {
  std::size_t worst = kShards;
  std::uint64_t badness = 0;
  // From another one each time, so that random keys, which are all as bad, go everywhere.
  const std::size_t first = next_looked_at_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::size_t shard = (first + i) % kShards;
    const std::uint64_t here = store_.shard(shard).eviction.pool.worst();
    if (here <= badness) continue;
    badness = here;
    worst = shard;
  }
  return worst;
}

Room StoreKeyspace::make_room(std::size_t limit) {
  if (!store_.is_beyond_memory()) return Room::kThere;
  if (store_.policy == EvictionPolicy::kNone) return Room::kNone;
  store_.usage.tick();
  bool did_something = false;
  for (std::size_t i = 0; i < limit; ++i) {
    did_something |= look_at_some();
    const std::size_t shard = worst_shard();
    if (shard < kShards) {
      did_something |= in_shard(shard, [&](Session& session) { (void)evict_worst(session, shard); });
    }
    if (!store_.is_beyond_memory()) return Room::kThere;
    if (!may_evict()) return Room::kNone;
    if (!did_something) return Room::kBusy;
  }
  return Room::kMore;
}

void StoreKeyspace::free_garbage() {
  if (store_.garbage.is_empty()) return;
  const TimePoint until = std::chrono::steady_clock::now() + kFreeingTimeMax;
  while (store_.garbage.free_some(kFreedAtOnce) && std::chrono::steady_clock::now() < until) {
  }
}

std::optional<Cut> StoreKeyspace::take_cut() {
  if (!store_.dirty.is_cutting()) {
    if (!store_.try_lock_all(nullptr)) return std::nullopt;
    cut_sequence_ = store_.last_change();
    store_.dirty.begin_cut();
    store_.unlock_all();
  }
  for (std::size_t i = 0; i < kObjectsATurn; ++i) {
    const std::optional<ObjectId> id = store_.dirty.next_to_take();
    if (!id) return Cut{.sequence = cut_sequence_, .objects = store_.dirty.end_cut()};
    if (!take_dirty(*id)) return std::nullopt;
  }
  return std::nullopt;
}

bool StoreKeyspace::take_dirty(ObjectId id) {
  const std::optional<std::uint64_t> hash = store_.objects.find(id);
  // Somebody took it, and it went, in this moment; or it has another name by now, and is taken.
  if (!hash) return true;
  return in_shard(shard_of(*hash), [&](Session& session) { session.store().take_dirty(id); });
}

void StoreKeyspace::flush_failed(Cut cut) {
  store_.dirty.give_back(cut.objects);
}

void StoreKeyspace::add_listener(ChangeListener& listener) {
  const GroupHandle group = begin(Scope::whole());
  store_.listeners.push_back(&listener);
}

void StoreKeyspace::remove_listener(ChangeListener& listener) {
  const GroupHandle group = begin(Scope::whole());
  std::erase(store_.listeners, &listener);
}

void StoreKeyspace::set_classes(KeyClasses classes) {
  const GroupHandle group = begin(Scope::whole());
  store_.set_classes(std::move(classes));
  forget_barren();
}

}  // namespace

}  // namespace stele::keyspace::store

namespace stele::keyspace {

std::unique_ptr<Keyspace> make_store_keyspace(const Clock& clock, StoreOptions options) {
  return std::make_unique<store::StoreKeyspace>(clock, std::move(options));
}

}  // namespace stele::keyspace
