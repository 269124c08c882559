#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/strong_id.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// The order of all changes of a keyspace, over all databases and shards: 1, 2, 3, … Each event takes a
// number; what changes nothing takes none.
struct ChangeTag;
using ChangeSequence = StrongId<ChangeTag>;

// What happened to a key. The names are those of Redis' keyspace notifications.
enum class ChangeEvent : std::uint8_t {
  kSet,
  kAppend,
  kSetRange,
  kSetBit,
  kHyperLogLogAdd,
  kIncrementBy,
  kIncrementByFloat,
  kHashSet,
  kHashDelete,
  kHashIncrementBy,
  kHashIncrementByFloat,
  kHashExpire,
  kHashPersist,
  kHashExpired,  // the time of some fields was over
  kListPushLeft,
  kListPushRight,
  kListPopLeft,
  kListPopRight,
  kListInsert,
  kListSet,
  kListRemove,
  kListTrim,
  kSetAdd,
  kSetRemove,
  kSetPop,
  kSetIntersectionStore,
  kSetUnionStore,
  kSetDifferenceStore,
  kSortedSetAdd,
  kSortedSetIncrement,
  kSortedSetRemove,
  kSortedSetRemoveByRank,
  kSortedSetRemoveByScore,
  kSortedSetRemoveByLex,
  kSortedSetPopLowest,
  kSortedSetPopHighest,
  kSortedSetRangeStore,
  kSortedSetIntersectionStore,
  kSortedSetUnionStore,
  kSortedSetDifferenceStore,
  kGeoSearchStore,
  kGeoRadiusStore,
  kStreamAdd,
  kStreamTrim,
  kStreamDelete,
  kStreamSetId,
  kStreamGroupCreate,
  kStreamGroupSetId,
  kStreamGroupDestroy,
  kStreamConsumerCreate,
  kStreamConsumerDelete,
  kStreamDeliver,  // entries were delivered, claimed or acknowledged
  kExpire,
  kPersist,
  kDelete,
  kExpired,
  kEvicted,
  kRenameFrom,
  kRenameTo,
  kReplaced,  // what was there went for another value, which the next change tells
  kFlush,     // a database was emptied: one change for each key that it had
  kApplied,   // the applier wrote or removed what PostgreSQL says
};

// "set", "hincrby", …; "" for kStreamDeliver, kReplaced, kFlush and kApplied, which Redis does not
// notify.
std::string_view notification_name(ChangeEvent event);

// One change of one key. `key` is borrowed for the length of the call that shows it.
struct Change {
  ChangeSequence sequence;
  ChangeEvent event;
  ValueType type;  // after the change; kNone when the key is gone
  KeyRef key;
};

// Who wants to know of changes: notifications, client tracking, metrics. Called by the thread that ends a
// group, with all changes of the group, in sequence, while the group is still exclusive: it must be short
// and must not enter the keyspace.
//
// While it does not listen, changes are not gathered for it: that costs nothing, as if it were not there.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  virtual void on_changes(std::span<const Change> changes) = 0;

  bool is_listening() const { return is_listening_.load(std::memory_order_relaxed); }
  // Any thread; holds for the groups that begin later.
  void set_listening(bool is_listening) { is_listening_.store(is_listening, std::memory_order_relaxed); }

 private:
  std::atomic<bool> is_listening_ = true;
};

}  // namespace stele::keyspace
