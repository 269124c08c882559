#include "keyspace/reference_keyspace.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "keyspace/reference/applied.h"
#include "keyspace/reference/hashes.h"
#include "keyspace/reference/keys.h"
#include "keyspace/reference/lists.h"
#include "keyspace/reference/session.h"
#include "keyspace/reference/sets.h"
#include "keyspace/reference/sorted_sets.h"
#include "keyspace/reference/streams.h"
#include "keyspace/reference/strings.h"
#include "keyspace/wait_table.h"

namespace stele::keyspace::reference {

namespace {

// Who watches which key. Watches are forgotten outside of groups, so it has a lock of its own.
class WatchTable {
 public:
  void add(const Key& key, std::atomic<bool>* touched) {
    const std::lock_guard lock(mutex_);
    watches_.emplace(key, touched);
  }
  void forget(const Key& key, std::atomic<bool>* touched) {
    const std::lock_guard lock(mutex_);
    auto [at, end] = watches_.equal_range(key);
    while (at->second != touched) ++at;
    watches_.erase(at);
  }
  void touch(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = watches_.equal_range(key);
    for (auto at = first; at != last; ++at) at->second->store(true);
  }

 private:
  std::mutex mutex_;
  std::multimap<Key, std::atomic<bool>*> watches_;
};

class ReferenceWatch final : public Watch {
 public:
  ReferenceWatch(WatchTable& table, KeyRef key) : table_(table), key_(key) { table_.add(key_, &touched_); }
  ~ReferenceWatch() override { table_.forget(key_, &touched_); }
  ReferenceWatch(const ReferenceWatch&) = delete;
  ReferenceWatch& operator=(const ReferenceWatch&) = delete;

  const Key& key() const { return key_; }
  bool touched() const { return touched_.load(); }

 private:
  WatchTable& table_;
  const Key key_;
  std::atomic<bool> touched_ = false;
};

WallMs wall_ms(const Clock& clock) {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(clock.wall().time_since_epoch()).count()};
}

class ReferenceKeyspace final : public Keyspace {
 public:
  ReferenceKeyspace(const Clock& clock, ReferenceOptions options)
      : clock_(clock),
        store_(clock, options.first_object_id, options.random_seed),
        max_memory_bytes_(options.max_memory_bytes) {
    store_.set_classes(std::move(options.classes));
  }
  ~ReferenceKeyspace() override { STELE_CHECK(!busy_); }

  GroupHandle try_begin(const Scope& scope, std::function<void()> when_free) override;
  std::size_t expire_some(std::size_t limit) override;
  std::optional<Cut> take_cut() override;
  void flush_committed(const Cut& cut) override;
  void flush_failed(Cut cut) override;
  void add_listener(ChangeListener& listener) override {
    const GroupHandle group = begin(Scope::whole());
    listeners_.push_back(&listener);
  }
  void remove_listener(ChangeListener& listener) override {
    const GroupHandle group = begin(Scope::whole());
    std::erase(listeners_, &listener);
  }
  void set_classes(KeyClasses classes) override;
  void set_max_memory(std::size_t max_memory_bytes) override { max_memory_bytes_ = max_memory_bytes; }
  void set_eviction(const EvictionOptions& options) override {
    store_.usage().set(options);
    policy_ = options.policy;
    is_barren_ = false;
  }
  void count_memory(std::ptrdiff_t bytes) override { other_bytes_ += bytes; }
  Room make_room(std::size_t limit) override;
  bool is_beyond_memory() const override;
  bool is_full() const override {
    return is_beyond_memory() && (policy_ == EvictionPolicy::kNone || is_barren_);
  }
  KeyspaceStats stats() const override;

 private:
  friend class ReferenceGroup;
  // The gate: whoever has it is alone with the store.
  bool enter(std::function<void()> when_free);
  void leave();

  const Clock& clock_;
  Store store_;
  WatchTable watches_;
  WaitTable waits_;
  std::vector<ChangeListener*> listeners_;
  std::atomic<std::size_t> max_memory_bytes_;
  std::atomic<std::ptrdiff_t> other_bytes_ = 0;
  std::atomic<EvictionPolicy> policy_ = EvictionPolicy::kNone;
  std::atomic<bool> is_barren_ = false;  // make_room found nothing that may go

  mutable std::mutex mutex_;  // of what follows
  bool busy_ = false;
  std::vector<std::function<void()>> waiting_;
  KeyspaceStats stats_;  // as the last group left them
};

class ReferenceGroup final : public Group {
 public:
  ReferenceGroup(ReferenceKeyspace& keyspace, Scope scope)
      : keyspace_(keyspace),
        session_(keyspace.store_, std::move(scope), wall_ms(keyspace.clock_)),
        before_(keyspace.store_.last_change()) {}

  Strings& strings() override { return strings_; }
  Hashes& hashes() override { return hashes_; }
  Lists& lists() override { return lists_; }
  Sets& sets() override { return sets_; }
  SortedSets& sorted_sets() override { return sorted_sets_; }
  Streams& streams() override { return streams_; }
  Keys& keys() override { return keys_; }
  Applied& applied() override { return applied_; }
  WallMs now() const override { return session_.now(); }
  KeyClass class_of(KeyRef key) const override { return keyspace_.store_.class_of(key); }

  std::unique_ptr<Watch> watch(KeyRef key) override {
    // What is dead already does not die later, and what this group did before is no change since.
    (void)session_.look(key);
    show_to_watches();
    return std::make_unique<ReferenceWatch>(keyspace_.watches_, key);
  }

  bool unchanged(const Watch& watch) override {
    const auto& asked = static_cast<const ReferenceWatch&>(watch);
    // Its time may be over, which is a change that nobody has seen yet.
    (void)session_.look(asked.key());
    show_to_watches();
    return !asked.touched();
  }

  std::unique_ptr<Waiting> wait(std::shared_ptr<Waiter> waiter, std::span<const KeyRef> keys) override {
    auto places = std::make_unique<WaitPlaces>();
    for (const KeyRef key : keys) places->add(keyspace_.waits_, key, waiter);
    return places;
  }
  bool extend(KeyRef key) override {
    session_.extend(key);
    return true;
  }

  ChangeSequence last_change() const override {
    const ChangeSequence last = keyspace_.store_.last_change();
    return last > before_ ? last : ChangeSequence{};
  }

  void end() override {
    show_to_watches();
    // Who is served changes keys, before which others may wait.
    for (std::size_t i = 0; i < awaited_.size(); ++i) {
      const Key key = awaited_[i];
      session_.extend(key);
      serve_waiters(*this, keyspace_.waits_, key);
      show_to_watches();
    }
    std::vector<Change> changes;
    changes.reserve(recorded_.size());
    for (const auto& [sequence, event, type, key] : recorded_)
      changes.push_back({sequence, event, type, key});
    if (!changes.empty()) {
      for (ChangeListener* const listener : keyspace_.listeners_) {
        if (listener->is_listening()) listener->on_changes(changes);
      }
    }
    ReferenceKeyspace& keyspace = keyspace_;
    delete this;
    keyspace.leave();
  }

 private:
  void show_to_watches() {
    for (Store::Recorded& change : keyspace_.store_.take_changes()) {
      keyspace_.watches_.touch(change.key);
      if (keyspace_.waits_.has(change.key)) awaited_.push_back(change.key);
      recorded_.push_back(std::move(change));
    }
  }

  ReferenceKeyspace& keyspace_;
  Session session_;
  const ChangeSequence before_;
  ReferenceStrings strings_{session_};
  ReferenceHashes hashes_{session_};
  ReferenceLists lists_{session_};
  ReferenceSets sets_{session_};
  ReferenceSortedSets sorted_sets_{session_};
  ReferenceStreams streams_{session_};
  ReferenceKeys keys_{session_};
  ReferenceApplied applied_{session_};
  std::vector<Store::Recorded> recorded_;
  std::vector<Key> awaited_;  // keys that changed and before which somebody waits
};

bool ReferenceKeyspace::enter(std::function<void()> when_free) {
  const std::lock_guard lock(mutex_);
  if (busy_) {
    if (when_free) waiting_.push_back(std::move(when_free));
    return false;
  }
  busy_ = true;
  return true;
}

void ReferenceKeyspace::leave() {
  std::vector<std::function<void()>> waiting;
  store_.dirty().end_group();
  {
    const std::lock_guard lock(mutex_);
    stats_ = store_.stats();
    is_barren_ = false;  // that may have changed
    busy_ = false;
    waiting = std::exchange(waiting_, {});
  }
  for (const auto& wake : waiting) wake();
}

GroupHandle ReferenceKeyspace::try_begin(const Scope& scope, std::function<void()> when_free) {
  if (!enter(std::move(when_free))) return nullptr;
  return GroupHandle(new ReferenceGroup(*this, scope));
}

bool ReferenceKeyspace::is_beyond_memory() const {
  const std::size_t max = max_memory_bytes_;
  const auto used = static_cast<std::ptrdiff_t>(stats().used_memory_bytes) + other_bytes_;
  return max > 0 && used > static_cast<std::ptrdiff_t>(max);
}

Room ReferenceKeyspace::make_room(std::size_t limit) {
  if (!is_beyond_memory()) return Room::kThere;
  if (policy_ == EvictionPolicy::kNone) return Room::kNone;
  store_.usage().tick();
  for (std::size_t i = 0; i < limit; ++i) {
    GroupHandle group = try_begin(Scope::whole(), nullptr);
    if (!group) return Room::kBusy;
    Object* const worst = store_.worst(policy_);
    if (worst != nullptr) store_.erase(*worst, ChangeEvent::kEvicted);
    store_.dirty().end_group();
    group.reset();
    is_barren_ = worst == nullptr;
    if (worst == nullptr) return Room::kNone;
    if (!is_beyond_memory()) return Room::kThere;
  }
  return Room::kMore;
}

std::size_t ReferenceKeyspace::expire_some(std::size_t limit) {
  store_.usage().tick();
  const GroupHandle group = try_begin(Scope::whole(), nullptr);
  if (!group) return 0;
  std::size_t removed = 0;
  while (removed < limit) {
    const std::optional<Key> key = store_.earliest_expiring(group->now());
    if (!key) break;
    store_.erase(*store_.find(*key), ChangeEvent::kExpired);
    store_.dirty().end_group();  // they have nothing to do with one another
    ++removed;
  }
  while (removed < limit) {
    const std::optional<Key> key = store_.with_expiring_field(group->now());
    if (!key) break;
    removed += store_.expire_fields(*store_.find(*key), group->now());
    store_.dirty().end_group();
  }
  return removed;
}

std::optional<Cut> ReferenceKeyspace::take_cut() {
  if (!enter(nullptr)) return std::nullopt;
  Cut cut;
  cut.sequence = store_.last_change();
  cut.objects = store_.dirty().take([this](ObjectId id) { return store_.find(id); });
  leave();
  return cut;
}

// Objects stay dirty until their echo, so there is nothing to note.
void ReferenceKeyspace::flush_committed(const Cut&) {}

void ReferenceKeyspace::flush_failed(Cut cut) {
  const GroupHandle group = begin(Scope::whole());
  store_.dirty().give_back(cut.objects);
}

void ReferenceKeyspace::set_classes(KeyClasses classes) {
  const GroupHandle group = begin(Scope::whole());
  store_.set_classes(std::move(classes));
}

KeyspaceStats ReferenceKeyspace::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace

}  // namespace stele::keyspace::reference

namespace stele::keyspace {

std::unique_ptr<Keyspace> make_reference_keyspace(const Clock& clock, ReferenceOptions options) {
  return std::make_unique<reference::ReferenceKeyspace>(clock, std::move(options));
}

}  // namespace stele::keyspace
