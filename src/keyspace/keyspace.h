#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "keyspace/applied.h"
#include "keyspace/change.h"
#include "keyspace/eviction.h"
#include "keyspace/hashes.h"
#include "keyspace/key.h"
#include "keyspace/key_class.h"
#include "keyspace/keys.h"
#include "keyspace/lists.h"
#include "keyspace/sets.h"
#include "keyspace/sorted_sets.h"
#include "keyspace/streams.h"
#include "keyspace/strings.h"
#include "keyspace/waits.h"
#include "keyspace/write_behind.h"

namespace stele::keyspace {

// What a group may touch, declared before it begins.
class Scope {
 public:
  enum class Kind : std::uint8_t { kKeys, kSlice, kWhole };

  // These keys, copied.
  static Scope keys(std::vector<Key> keys) {
    Scope scope(Kind::kKeys);
    scope.owned_ = std::move(keys);
    return scope;
  }
  // These keys, borrowed: names and span outlive the group. A session's do, since it takes no more input
  // before its command has ended, parked or not.
  static Scope key(KeyRef key) {
    Scope scope(Kind::kKeys);
    scope.single_ = key;
    scope.has_single_ = true;
    return scope;
  }
  static Scope borrowed(std::span<const KeyRef> keys) {
    Scope scope(Kind::kKeys);
    scope.borrowed_ = keys;
    return scope;
  }
  // No key: DBSIZE and echoes.
  static Scope none() { return Scope(Kind::kKeys); }
  // The shard in which a SCAN goes on.
  static Scope slice(std::uint64_t cursor) {
    Scope scope(Kind::kSlice);
    scope.cursor_ = cursor;
    return scope;
  }
  // Everything: EXEC, scripts, FLUSH. The exclusive gate.
  static Scope whole() { return Scope(Kind::kWhole); }

  // Reading is no use of a key, for the eviction policy: CLIENT NO-TOUCH.
  Scope& without_touching() {
    is_touching_ = false;
    return *this;
  }

  Kind kind() const { return kind_; }
  bool is_touching() const { return is_touching_; }
  std::uint64_t cursor() const { return cursor_; }
  // The one key that was given to key(); null for every other scope.
  const KeyRef* single_or_null() const { return has_single_ ? &single_ : nullptr; }
  // Calls `take` with each declared key.
  template <class Take>
  void for_each_key(Take take) const {
    if (has_single_) take(single_);
    for (const KeyRef key : borrowed_) take(key);
    for (const Key& key : owned_) take(KeyRef(key));
  }

 private:
  explicit Scope(Kind kind) : kind_(kind) {}

  Kind kind_;
  bool has_single_ = false;
  bool is_touching_ = true;
  KeyRef single_;
  std::span<const KeyRef> borrowed_;
  std::vector<Key> owned_;
  std::uint64_t cursor_ = 0;
};

// WATCH: has this key changed since? Kept by the keyspace, so that the applier's changes, expiry, eviction
// and flushes count. Made and asked in groups that declare the key; destroyed anywhere, which forgets it.
// Must not outlive the keyspace.
class Watch {
 public:
  virtual ~Watch() = default;
};

// Operations that no other group sees half-done: one command, or MULTI's commands, or a script. Time stands
// still in it, from where it first matters. There is no rollback: each operation is all or nothing, a group
// is what its operations did, as in Redis. One thread at a time; nothing may be awaited while it lives, and
// it ends when its handle goes.
class Group {
 public:
  virtual Strings& strings() = 0;
  virtual Hashes& hashes() = 0;
  virtual Lists& lists() = 0;
  virtual Sets& sets() = 0;
  virtual SortedSets& sorted_sets() = 0;
  virtual Streams& streams() = 0;
  virtual Keys& keys() = 0;
  virtual Applied& applied() = 0;

  virtual WallMs now() const = 0;
  virtual KeyClass class_of(KeyRef key) const = 0;
  virtual std::unique_ptr<Watch> watch(KeyRef key) = 0;
  virtual bool unchanged(const Watch& watch) = 0;
  // The waiter takes his place behind those who wait before each of these keys, which the group declares. To
  // be called when he found none of them ready in this group.
  virtual std::unique_ptr<Waiting> wait(std::shared_ptr<Waiter> waiter, std::span<const KeyRef> keys) = 0;
  // Declares one more key, if nobody else is there: for those who serve waiters.
  virtual bool extend(KeyRef key) = 0;
  // The last change of this group, or 0 if it changed nothing: what a durable, sync reply waits for.
  virtual ChangeSequence last_change() const = 0;

 protected:
  virtual ~Group() = default;

 private:
  friend struct EndGroup;
  // Serves who waits for what was changed, shows the changes to the listeners, then lets others in.
  virtual void end() = 0;
};

struct EndGroup {
  void operator()(Group* group) const { group->end(); }
};
using GroupHandle = std::unique_ptr<Group, EndGroup>;

struct KeyspaceStats {
  std::size_t keys = 0;
  std::size_t keys_with_expiry = 0;
  std::size_t used_memory_bytes = 0;   // of the keys, by the allocator's account
  std::size_t other_memory_bytes = 0;  // of count_memory; both together are compared with the limit
  // What keys that are gone have left, to be freed a little at a time.
  std::size_t freeing_bytes = 0;
  std::size_t freeing_objects = 0;
  std::size_t dirty_objects = 0;  // not in a cut yet, or their echo is not back
  std::size_t dirty_bytes = 0;    // of those not in a cut yet: what back-pressure looks at
  std::uint64_t expired = 0;      // since the start, as all below
  std::uint64_t evicted = 0;
  std::uint64_t freed_objects = 0;  // of those that were to be freed later
  std::uint64_t overridden = 0;     // unflushed local changes that lost to a foreign one
  ChangeSequence last_change;
};

// What is at this key? All databases of one node: values in memory, their expiry, their changes in order.
// The contract of the Redis head, the applier (rows to mapped keys) and the flusher (durable keys to rows).
//
// Threads: any. No call blocks but begin(). A group is exclusive on what it declared, so two groups over
// disjoint keys may run at once; all else is done in groups or is short.
// Errors: values, see errors.h; the texts are Redis'.
class Keyspace {
 public:
  virtual ~Keyspace() = default;

  // Begins a group, or returns null because another holds part of the scope. After null, `when_free` is
  // called once, by any thread, maybe before this returns: try again then. It must be short and must not
  // enter the keyspace. A thread that holds a group begins no other.
  virtual GroupHandle try_begin(const Scope& scope, std::function<void()> when_free) = 0;
  // Waits. For threads that are no reactor (the applier, tests).
  GroupHandle begin(const Scope& scope);

  // Begins to bring what a look-up of these keys will read into the processor's cache: for commands that
  // came together, before the first of them. A hint: nothing changes, and it is skipped where a group is in
  // the way.
  virtual void prefetch(std::span<const KeyRef> keys) { (void)keys; }

  // Removes up to `limit` keys whose time is over (mapped keys have none). How many; 0 also when a group is
  // in the way. Called regularly, some ten times a second, also with 0: by this the uses of keys know the
  // time. Keys are in any case gone for every reader at their time.
  virtual std::size_t expire_some(std::size_t limit) = 0;

  // All that the written-behind classes changed since the last cut, as it was when the first of these calls
  // began; null when a group is in the way, or to be called again: it goes on where it was. One thread. Each
  // object of a cut is committed or given back by `flush_failed`, before the next is taken: in one call, or
  // in several with parts of the cut, where PostgreSQL refuses some of its objects.
  virtual std::optional<Cut> take_cut() = 0;
  // PostgreSQL committed it. The objects stay dirty until their echo.
  virtual void flush_committed(const Cut& cut) = 0;
  // Nothing of it was committed: its changes are joined to those since, for the next cut.
  virtual void flush_failed(Cut cut) = 0;

  // Both wait until no group is under way. A listener is removed before it goes, or outlives the keyspace.
  virtual void add_listener(ChangeListener& listener) = 0;
  virtual void remove_listener(ChangeListener& listener) = 0;
  // From now on; keys keep what they have, and written-behind ones that become cache are not flushed again.
  virtual void set_classes(KeyClasses classes) = 0;

  // 0 = no limit. Nothing is refused within a group, since half of it would be done: who begins a group that
  // may grow asks for room before.
  virtual void set_max_memory(std::size_t max_memory_bytes) = 0;
  virtual void set_eviction(const EvictionOptions& options) = 0;
  // So much more (or less) memory that is not the keyspace's counts against the limit: the clients' buffers.
  virtual void count_memory(std::ptrdiff_t bytes) = 0;
  // Removes up to about `limit` keys of the class cache while memory is beyond the limit, each in a group of
  // its own over its shard. Kept short: for any thread that holds no group.
  virtual Room make_room(std::size_t limit) = 0;
  // Whether memory is beyond the limit; and whether, besides, nothing may go, as far as make_room has found.
  virtual bool is_beyond_memory() const = 0;
  virtual bool is_full() const = 0;
  virtual KeyspaceStats stats() const = 0;
};

}  // namespace stele::keyspace
