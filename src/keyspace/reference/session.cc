#include "keyspace/reference/session.h"

#include "keyspace/errors.h"

namespace stele::keyspace::reference {

Result<void> Session::check_declared(KeyRef key) const {
  if (scope_.kind() == Scope::Kind::kWhole) return {};
  bool found = false;
  scope_.for_each_key([&](KeyRef each) { found = found || each == key; });
  for (const Key& each : extended_) found = found || KeyRef(each) == key;
  if (!found) return not_declared(key.name);
  return {};
}

Result<void> Session::check_writable(KeyRef key) const {
  STELE_RETURN_IF_ERROR(check_declared(key));
  if (store_.class_of(key) == KeyClass::kMapped) return read_only(key.name);
  return {};
}

Result<Object*> Session::find(KeyRef key) {
  STELE_TRY(Object* const object, look(key));
  if (object && scope_.is_touching()) object->usage = store_.usage().used(object->usage);
  return object;
}

Result<Object*> Session::look(KeyRef key) {
  STELE_RETURN_IF_ERROR(check_declared(key));
  Object* const object = store_.find(key);
  if (object && object->expires_at && is_past(*object->expires_at)) {
    store_.erase(*object, ChangeEvent::kExpired);
    return nullptr;
  }
  // The object goes with its last field.
  if (object && store_.expire_fields(*object, now()) > 0) return store_.find(key);
  return object;
}

Result<Object*> Session::find(KeyRef key, ValueType type) {
  STELE_TRY(Object* const object, find(key));
  if (object && object->type != type) return wrong_type();
  return object;
}

Result<Object*> Session::find_to_grow(KeyRef key, ValueType type) {
  STELE_RETURN_IF_ERROR(check_writable(key));
  return find(key, type);
}

bool Session::apply_expiry(Object& object, ExpiryChange change) {
  switch (change.kind) {
    case ExpiryChange::Kind::kKeep:
      return true;
    case ExpiryChange::Kind::kClear:
      if (object.expires_at) store_.set_expiry(object, std::nullopt);
      return true;
    case ExpiryChange::Kind::kAt:
      if (is_past(change.at)) {
        store_.erase(object, ChangeEvent::kDelete);
        return false;
      }
      store_.set_expiry(object, change.at);
      return true;
  }
  return true;
}

}  // namespace stele::keyspace::reference
