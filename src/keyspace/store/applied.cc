#include "keyspace/store/applied.h"

namespace stele::keyspace::store {

Result<void> StoreApplied::put(KeyRef key, Value value, std::optional<ObjectId> id) {
  STELE_RETURN_IF_ERROR(session_.check_declared(key));
  switch (value.type) {
    case ValueType::kString:
      break;
    case ValueType::kHash:
    case ValueType::kSet:
    case ValueType::kSortedSet:
      if (value.fields.empty()) return make_error(ErrorCode::kInvalidArgument, "a value without elements");
      break;
    case ValueType::kList:
      if (value.elements.empty()) return make_error(ErrorCode::kInvalidArgument, "a list without elements");
      break;
    case ValueType::kStream:
      break;
    case ValueType::kNone:
      return make_error(ErrorCode::kInvalidArgument, "a value without a type");
  }
  if (id && !session_.is_whole()) {
    return make_error(ErrorCode::kFailedPrecondition, "an object may leave any other key: declare the whole");
  }
  Position at = session_.store().find(key, hash_of(key));
  session_.editor().put(at, value, id);
  return {};
}

Result<bool> StoreApplied::remove(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_declared(key));
  Position at = session_.store().find(key, hash_of(key));
  if (at.entry == nullptr) return false;
  session_.editor().erase_applied(at);
  return true;
}

Result<bool> StoreApplied::remove(ObjectId id) {
  if (!session_.is_whole()) {
    return make_error(ErrorCode::kFailedPrecondition, "an object may be at any key: declare the whole");
  }
  Position at = session_.store().find(id);
  if (at.entry == nullptr) return false;
  session_.editor().erase_applied(at);
  return true;
}

EchoOutcome StoreApplied::echo(ObjectId id, ChangeSequence generation) {
  return session_.store().dirty.echo(id, generation);
}

}  // namespace stele::keyspace::store
