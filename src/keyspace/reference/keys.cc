#include "keyspace/reference/keys.h"

#include <algorithm>

#include "keyspace/errors.h"

namespace stele::keyspace::reference {

Result<bool> ReferenceKeys::exists(KeyRef key) {
  STELE_TRY(const Object* const object, session_.look(key));
  return object != nullptr;
}

Result<ValueType> ReferenceKeys::type(KeyRef key) {
  STELE_TRY(const Object* const object, session_.look(key));
  return object ? object->type : ValueType::kNone;
}

Result<bool> ReferenceKeys::remove(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key));
  if (!object) return false;
  session_.store().erase(*object, ChangeEvent::kDelete);
  return true;
}

Result<bool> ReferenceKeys::expire(KeyRef key, WallMs at, ExpireCondition condition) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key));
  if (!object || !fits(condition, object->expires_at, at)) return false;
  session_.apply_expiry(*object, ExpiryChange::until(at));
  return true;
}

Result<bool> ReferenceKeys::persist(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key));
  if (!object || !object->expires_at) return false;
  session_.store().set_expiry(*object, std::nullopt);
  return true;
}

Result<Keys::Expiry> ReferenceKeys::expiry(KeyRef key) {
  STELE_TRY(const Object* const object, session_.look(key));
  if (!object) return Expiry{};
  return Expiry{true, object->expires_at};
}

Result<std::optional<Keys::Usage>> ReferenceKeys::usage(KeyRef key) {
  STELE_TRY(const Object* const object, session_.look(key));
  if (!object) return std::optional<Usage>();
  const UsageClock& clock = session_.store().usage();
  if (clock.counts_uses()) return Usage{0, clock.count_of(object->usage)};
  return Usage{clock.idle_ms(object->usage), 0};
}

Result<bool> ReferenceKeys::set_usage(KeyRef key, UsageChange change) {
  STELE_TRY(Object* const object, session_.look(key));
  if (!object) return false;
  const UsageClock& clock = session_.store().usage();
  if (clock.counts_uses()) {
    if (change.count) object->usage = clock.with_count(*change.count);
  } else if (change.idle_ms) {
    object->usage = clock.idle_for(*change.idle_ms);
  }
  return true;
}

Result<bool> ReferenceKeys::touch(KeyRef key) {
  STELE_TRY(Object* const object, session_.look(key));
  if (object) object->usage = session_.store().usage().used(object->usage);
  return object != nullptr;
}

Result<std::optional<std::size_t>> ReferenceKeys::memory(KeyRef key) {
  STELE_TRY(const Object* const object, session_.look(key));
  if (!object) return std::optional<std::size_t>();
  return object->memory_bytes;
}

Result<bool> ReferenceKeys::move(KeyRef from, KeyRef to, bool only_if_absent) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Object* const object, session_.find(from));
  if (!object) return no_such_key();
  if (from == to) return !only_if_absent;
  STELE_TRY(Object* const former, session_.find(to));
  if (former && only_if_absent) return false;
  if (former) session_.store().erase(*former, ChangeEvent::kDelete);
  session_.store().rename(*object, to);
  return true;
}

Result<void> ReferenceKeys::rename(KeyRef from, KeyRef to) {
  STELE_RETURN_IF_ERROR(move(from, to, false));
  return {};
}

Result<bool> ReferenceKeys::rename_if_absent(KeyRef from, KeyRef to) {
  return move(from, to, true);
}

Result<ScanPage> ReferenceKeys::scan(DatabaseNumber db, std::uint64_t cursor, const ScanOptions& options) {
  if (session_.scope().kind() == Scope::Kind::kKeys) return check_whole().error();
  ScanPage page;
  std::size_t seen = 0;
  const Object* object = session_.store().at_or_after(db, cursor);
  // A page ends between positions, never within one: the cursor could not tell what was seen.
  while (object && seen < std::max<std::size_t>(options.count, 1)) {
    const std::uint64_t position = scan_position(object->key);
    for (; object && scan_position(object->key) == position; object = session_.store().after(*object)) {
      ++seen;
      const bool is_alive = !object->expires_at || !session_.is_past(*object->expires_at);
      const bool fits_type = options.type == ValueType::kNone || options.type == object->type;
      if (is_alive && fits_type) page.names.push_back(object->key.name);
    }
  }
  page.cursor = object ? scan_position(object->key) : 0;
  return page;
}

Result<void> ReferenceKeys::check_whole() const {
  if (session_.scope().kind() == Scope::Kind::kWhole) return {};
  return make_error(ErrorCode::kFailedPrecondition, "the operation needs a wider scope than was declared");
}

Result<std::optional<std::string>> ReferenceKeys::random(DatabaseNumber db) {
  STELE_RETURN_IF_ERROR(check_whole());
  ScanOptions all;
  all.count = std::max<std::size_t>(size(db), 1);
  STELE_TRY(ScanPage page, scan(db, 0, all));
  if (page.names.empty()) return std::nullopt;
  std::uniform_int_distribution<std::size_t> any(0, page.names.size() - 1);
  return std::move(page.names[any(session_.store().random())]);
}

std::size_t ReferenceKeys::size(DatabaseNumber db) {
  return session_.store().size(db);
}

Result<std::size_t> ReferenceKeys::flush(std::optional<DatabaseNumber> db) {
  STELE_RETURN_IF_ERROR(check_whole());
  Store& store = session_.store();
  const std::vector<DatabaseNumber> databases = db ? std::vector{*db} : store.databases();
  std::vector<Key> keys;
  for (const DatabaseNumber each : databases) {
    for (const Object* object = store.at_or_after(each, 0); object; object = store.after(*object)) {
      if (store.class_of(object->key) != KeyClass::kMapped) keys.push_back(object->key);
    }
  }
  for (const Key& key : keys) store.erase(*store.find(key), ChangeEvent::kFlush);
  return keys.size();
}

}  // namespace stele::keyspace::reference
