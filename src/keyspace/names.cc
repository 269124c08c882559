// The names of the enumerations, as Redis spells them.
#include <array>
#include <cstddef>

#include "keyspace/change.h"
#include "keyspace/key_class.h"
#include "keyspace/value.h"

namespace stele::keyspace {

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kString:
      return "string";
    case ValueType::kHash:
      return "hash";
    case ValueType::kList:
      return "list";
    case ValueType::kSet:
      return "set";
    case ValueType::kSortedSet:
      return "zset";
    case ValueType::kStream:
      return "stream";
  }
  return "none";
}

std::string_view to_string(KeyClass key_class) {
  switch (key_class) {
    case KeyClass::kCache:
      return "cache";
    case KeyClass::kDurable:
      return "durable";
    case KeyClass::kDurableSync:
      return "durable, sync";
    case KeyClass::kMapped:
      return "mapped";
  }
  return "cache";
}

namespace {

struct EventName {
  ChangeEvent event;
  std::string_view name;
};

// In the order of the enumeration.
constexpr std::array kEventNames = {
    EventName{ChangeEvent::kSet, "set"},
    EventName{ChangeEvent::kAppend, "append"},
    EventName{ChangeEvent::kSetRange, "setrange"},
    EventName{ChangeEvent::kSetBit, "setbit"},
    EventName{ChangeEvent::kHyperLogLogAdd, "pfadd"},
    EventName{ChangeEvent::kIncrementBy, "incrby"},
    EventName{ChangeEvent::kIncrementByFloat, "incrbyfloat"},
    EventName{ChangeEvent::kHashSet, "hset"},
    EventName{ChangeEvent::kHashDelete, "hdel"},
    EventName{ChangeEvent::kHashIncrementBy, "hincrby"},
    EventName{ChangeEvent::kHashIncrementByFloat, "hincrbyfloat"},
    EventName{ChangeEvent::kHashExpire, "hexpire"},
    EventName{ChangeEvent::kHashPersist, "hpersist"},
    EventName{ChangeEvent::kHashExpired, "hexpired"},
    EventName{ChangeEvent::kListPushLeft, "lpush"},
    EventName{ChangeEvent::kListPushRight, "rpush"},
    EventName{ChangeEvent::kListPopLeft, "lpop"},
    EventName{ChangeEvent::kListPopRight, "rpop"},
    EventName{ChangeEvent::kListInsert, "linsert"},
    EventName{ChangeEvent::kListSet, "lset"},
    EventName{ChangeEvent::kListRemove, "lrem"},
    EventName{ChangeEvent::kListTrim, "ltrim"},
    EventName{ChangeEvent::kSetAdd, "sadd"},
    EventName{ChangeEvent::kSetRemove, "srem"},
    EventName{ChangeEvent::kSetPop, "spop"},
    EventName{ChangeEvent::kSetIntersectionStore, "sinterstore"},
    EventName{ChangeEvent::kSetUnionStore, "sunionstore"},
    EventName{ChangeEvent::kSetDifferenceStore, "sdiffstore"},
    EventName{ChangeEvent::kSortedSetAdd, "zadd"},
    EventName{ChangeEvent::kSortedSetIncrement, "zincr"},
    EventName{ChangeEvent::kSortedSetRemove, "zrem"},
    EventName{ChangeEvent::kSortedSetRemoveByRank, "zremrangebyrank"},
    EventName{ChangeEvent::kSortedSetRemoveByScore, "zremrangebyscore"},
    EventName{ChangeEvent::kSortedSetRemoveByLex, "zremrangebylex"},
    EventName{ChangeEvent::kSortedSetPopLowest, "zpopmin"},
    EventName{ChangeEvent::kSortedSetPopHighest, "zpopmax"},
    EventName{ChangeEvent::kSortedSetRangeStore, "zrangestore"},
    EventName{ChangeEvent::kSortedSetIntersectionStore, "zinterstore"},
    EventName{ChangeEvent::kSortedSetUnionStore, "zunionstore"},
    EventName{ChangeEvent::kSortedSetDifferenceStore, "zdiffstore"},
    EventName{ChangeEvent::kGeoSearchStore, "geosearchstore"},
    EventName{ChangeEvent::kGeoRadiusStore, "georadiusstore"},
    EventName{ChangeEvent::kStreamAdd, "xadd"},
    EventName{ChangeEvent::kStreamTrim, "xtrim"},
    EventName{ChangeEvent::kStreamDelete, "xdel"},
    EventName{ChangeEvent::kStreamSetId, "xsetid"},
    EventName{ChangeEvent::kStreamGroupCreate, "xgroup-create"},
    EventName{ChangeEvent::kStreamGroupSetId, "xgroup-setid"},
    EventName{ChangeEvent::kStreamGroupDestroy, "xgroup-destroy"},
    EventName{ChangeEvent::kStreamConsumerCreate, "xgroup-createconsumer"},
    EventName{ChangeEvent::kStreamConsumerDelete, "xgroup-delconsumer"},
    EventName{ChangeEvent::kStreamDeliver, ""},
    EventName{ChangeEvent::kExpire, "expire"},
    EventName{ChangeEvent::kPersist, "persist"},
    EventName{ChangeEvent::kDelete, "del"},
    EventName{ChangeEvent::kExpired, "expired"},
    EventName{ChangeEvent::kEvicted, "evicted"},
    EventName{ChangeEvent::kRenameFrom, "rename_from"},
    EventName{ChangeEvent::kRenameTo, "rename_to"},
    EventName{ChangeEvent::kReplaced, ""},
    EventName{ChangeEvent::kFlush, ""},
    EventName{ChangeEvent::kApplied, ""},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kEventNames.size(); ++i) {
    if (static_cast<std::size_t>(kEventNames[i].event) != i) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::string_view notification_name(ChangeEvent event) {
  return kEventNames[static_cast<std::size_t>(event)].name;
}

}  // namespace stele::keyspace
