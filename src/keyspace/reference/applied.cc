#include "keyspace/reference/applied.h"

namespace stele::keyspace::reference {

Result<void> ReferenceApplied::put(KeyRef key, Value value, std::optional<ObjectId> id) {
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
  session_.store().put(key, std::move(value), id);
  return {};
}

Result<bool> ReferenceApplied::remove(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_declared(key));
  Object* const object = session_.store().find(key);
  if (!object) return false;
  session_.store().erase_applied(*object);
  return true;
}

Result<bool> ReferenceApplied::remove(ObjectId id) {
  Object* const object = session_.store().find(id);
  if (!object) return false;
  STELE_RETURN_IF_ERROR(session_.check_declared(object->key));
  session_.store().erase_applied(*object);
  return true;
}

EchoOutcome ReferenceApplied::echo(ObjectId id, ChangeSequence generation) {
  return session_.store().dirty().echo(id, generation);
}

}  // namespace stele::keyspace::reference
