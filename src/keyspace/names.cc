// The names of the enumerations, as Redis spells them.
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

std::string_view notification_name(ChangeEvent event) {
  switch (event) {
    case ChangeEvent::kSet:
      return "set";
    case ChangeEvent::kAppend:
      return "append";
    case ChangeEvent::kIncrementBy:
      return "incrby";
    case ChangeEvent::kIncrementByFloat:
      return "incrbyfloat";
    case ChangeEvent::kHashSet:
      return "hset";
    case ChangeEvent::kHashDelete:
      return "hdel";
    case ChangeEvent::kHashIncrementBy:
      return "hincrby";
    case ChangeEvent::kHashIncrementByFloat:
      return "hincrbyfloat";
    case ChangeEvent::kListPushLeft:
      return "lpush";
    case ChangeEvent::kListPushRight:
      return "rpush";
    case ChangeEvent::kListPopLeft:
      return "lpop";
    case ChangeEvent::kListPopRight:
      return "rpop";
    case ChangeEvent::kListInsert:
      return "linsert";
    case ChangeEvent::kListSet:
      return "lset";
    case ChangeEvent::kListRemove:
      return "lrem";
    case ChangeEvent::kListTrim:
      return "ltrim";
    case ChangeEvent::kSetAdd:
      return "sadd";
    case ChangeEvent::kSetRemove:
      return "srem";
    case ChangeEvent::kSetPop:
      return "spop";
    case ChangeEvent::kSetIntersectionStore:
      return "sinterstore";
    case ChangeEvent::kSetUnionStore:
      return "sunionstore";
    case ChangeEvent::kSetDifferenceStore:
      return "sdiffstore";
    case ChangeEvent::kSortedSetAdd:
      return "zadd";
    case ChangeEvent::kSortedSetIncrement:
      return "zincr";
    case ChangeEvent::kSortedSetRemove:
      return "zrem";
    case ChangeEvent::kSortedSetRemoveByRank:
      return "zremrangebyrank";
    case ChangeEvent::kSortedSetRemoveByScore:
      return "zremrangebyscore";
    case ChangeEvent::kSortedSetRemoveByLex:
      return "zremrangebylex";
    case ChangeEvent::kSortedSetPopLowest:
      return "zpopmin";
    case ChangeEvent::kSortedSetPopHighest:
      return "zpopmax";
    case ChangeEvent::kSortedSetRangeStore:
      return "zrangestore";
    case ChangeEvent::kSortedSetIntersectionStore:
      return "zinterstore";
    case ChangeEvent::kSortedSetUnionStore:
      return "zunionstore";
    case ChangeEvent::kSortedSetDifferenceStore:
      return "zdiffstore";
    case ChangeEvent::kGeoSearchStore:
      return "geosearchstore";
    case ChangeEvent::kGeoRadiusStore:
      return "georadiusstore";
    case ChangeEvent::kExpire:
      return "expire";
    case ChangeEvent::kPersist:
      return "persist";
    case ChangeEvent::kDelete:
      return "del";
    case ChangeEvent::kExpired:
      return "expired";
    case ChangeEvent::kEvicted:
      return "evicted";
    case ChangeEvent::kRenameFrom:
      return "rename_from";
    case ChangeEvent::kRenameTo:
      return "rename_to";
    case ChangeEvent::kReplaced:
    case ChangeEvent::kFlush:
    case ChangeEvent::kApplied:
      return "";
  }
  return "";
}

}  // namespace stele::keyspace
