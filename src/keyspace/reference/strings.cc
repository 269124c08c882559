#include "keyspace/reference/strings.h"

#include <cmath>
#include <map>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"

namespace stele::keyspace::reference {

Result<std::optional<std::string_view>> ReferenceStrings::get(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kString));
  if (!object) return std::nullopt;
  return object->string;
}

void ReferenceStrings::write(KeyRef key, Object* former, std::string_view value, ExpiryChange expiry) {
  Store& store = session_.store();
  std::optional<WallMs> kept;
  if (former && expiry.kind == ExpiryChange::Kind::kKeep) kept = former->expires_at;
  if (former && former->type != ValueType::kString) {
    // Another type: another object. For readers it is one change, so the removal is part of it.
    store.erase(*former, ChangeEvent::kDelete);
    former = nullptr;
  }
  Object* object = former;
  if (object) {
    // Before the change, so that both are one.
    store.set_expiry_quietly(*object, kept);
    store.assign(*object, value, ChangeEvent::kSet);
  } else {
    object = &store.insert_string(key, value, ChangeEvent::kSet);
    store.set_expiry_quietly(*object, kept);
  }
  if (expiry.kind == ExpiryChange::Kind::kAt) session_.apply_expiry(*object, expiry);
}

Result<SetReply> ReferenceStrings::set(KeyRef key, std::string_view value, const SetOptions& options) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  if (value.size() > kStringBytesMax) return too_long();
  STELE_TRY(Object* const former, session_.find(key));
  SetReply reply;
  if (options.want_former && former) {
    if (former->type != ValueType::kString) return wrong_type();
    reply.former = session_.keep(former->string);
  }
  using Condition = SetOptions::Condition;
  if (options.condition == Condition::kIfAbsent && former) return reply;
  if (options.condition == Condition::kIfPresent && !former) return reply;
  write(key, former, value, options.expiry);
  reply.written = true;
  return reply;
}

Result<std::optional<std::string_view>> ReferenceStrings::get_delete(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kString));
  if (!object) return std::nullopt;
  const std::string_view value = session_.keep(object->string);
  session_.store().erase(*object, ChangeEvent::kDelete);
  return value;
}

Result<std::optional<std::string_view>> ReferenceStrings::get_expire(KeyRef key, ExpiryChange expiry) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kString));
  if (!object) return std::nullopt;
  const std::string_view value = session_.keep(object->string);
  session_.apply_expiry(*object, expiry);
  return value;
}

Result<std::vector<std::optional<std::string_view>>> ReferenceStrings::get_many(
    std::span<const KeyRef> keys) {
  std::vector<std::optional<std::string_view>> values;
  values.reserve(keys.size());
  for (const KeyRef key : keys) {
    STELE_TRY(const Object* const object, session_.find(key));
    const bool is_string = object && object->type == ValueType::kString;
    values.push_back(is_string ? std::optional<std::string_view>(object->string) : std::nullopt);
  }
  return values;
}

Result<void> ReferenceStrings::check_many(std::span<const Pair> pairs) {
  for (const Pair& pair : pairs) {
    STELE_RETURN_IF_ERROR(session_.check_writable(pair.key));
    if (pair.value.size() > kStringBytesMax) return too_long();
  }
  return {};
}

Result<void> ReferenceStrings::set_many(std::span<const Pair> pairs) {
  STELE_RETURN_IF_ERROR(check_many(pairs));
  for (const Pair& pair : pairs) {
    STELE_TRY(Object* const former, session_.find(pair.key));
    write(pair.key, former, pair.value, ExpiryChange::clear());
  }
  return {};
}

Result<bool> ReferenceStrings::set_many_if_absent(std::span<const Pair> pairs) {
  STELE_RETURN_IF_ERROR(check_many(pairs));
  for (const Pair& pair : pairs) {
    STELE_TRY(const Object* const former, session_.find(pair.key));
    if (former) return false;
  }
  STELE_RETURN_IF_ERROR(set_many(pairs));
  return true;
}

Result<std::size_t> ReferenceStrings::append(KeyRef key, std::string_view tail) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kString));
  if ((object ? object->string.size() : 0) + tail.size() > kStringBytesMax) return too_long();
  if (!object) {
    session_.store().insert_string(key, tail, ChangeEvent::kAppend);
    return tail.size();
  }
  session_.store().append(*object, tail);
  return object->string.size();
}

Result<std::size_t> ReferenceStrings::length(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kString));
  return object ? object->string.size() : 0;
}

Result<std::size_t> ReferenceStrings::overwrite(KeyRef key, std::size_t from, std::string_view bytes,
                                                ChangeEvent event) {
  if (bytes.empty()) return length(key);
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kString));
  if (from > kStringBytesMax || bytes.size() > kStringBytesMax - from) return too_long();
  std::string whole = object ? object->string : std::string();
  if (whole.size() < from + bytes.size()) whole.resize(from + bytes.size(), '\0');
  whole.replace(from, bytes.size(), bytes);
  if (object) {
    session_.store().overwrite(*object, std::min(from, object->string.size()), whole, event);
  } else {
    session_.store().insert_string(key, whole, event);
  }
  return whole.size();
}

Result<std::int64_t> ReferenceStrings::increment_by(KeyRef key, std::int64_t by) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kString));
  std::int64_t sum = 0;
  if (object) {
    const auto value = parse_integer(object->string);
    if (!value) return not_an_integer();
    sum = *value;
  }
  if (__builtin_add_overflow(sum, by, &sum)) return would_overflow();
  const std::string text = std::to_string(sum);
  if (object) {
    session_.store().assign(*object, text, ChangeEvent::kIncrementBy);
  } else {
    session_.store().insert_string(key, text, ChangeEvent::kIncrementBy);
  }
  return sum;
}

Result<std::string_view> ReferenceStrings::increment_by_float(KeyRef key, long double by) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kString));
  long double sum = by;
  if (object) {
    const auto value = parse_float(object->string);
    if (!value) return not_a_float();
    sum += *value;
  }
  if (!std::isfinite(sum)) return not_finite();
  const std::string_view text = session_.keep(format_float(sum));
  if (object) {
    session_.store().assign(*object, text, ChangeEvent::kIncrementByFloat);
  } else {
    session_.store().insert_string(key, text, ChangeEvent::kIncrementByFloat);
  }
  return text;
}

}  // namespace stele::keyspace::reference
