#include "keyspace/store/strings.h"

#include <charconv>
#include <cmath>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

Result<std::optional<std::string_view>> StoreStrings::get(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kString));
  if (at.entry == nullptr) return std::nullopt;
  return string_of(*at.entry);
}

void StoreStrings::write(Position& at, std::string_view value, ExpiryChange expiry) {
  std::optional<WallMs> expires_at;
  if (at.entry != nullptr && expiry.kind == ExpiryChange::Kind::kKeep) expires_at = at.entry->expires_at();
  if (at.entry != nullptr && at.entry->type() != ValueType::kString) {
    // Another type: another object. For readers it is one change, so the removal is part of it.
    session_.editor().erase(at, ChangeEvent::kDelete);
    at = session_.store().find(at.key, at.hash);
  }
  const bool is_ahead = expiry.kind == ExpiryChange::Kind::kAt && !session_.is_past(expiry.at);
  // With the expiry to come at once: the entry is made with room for it, and the step that tells of it
  // changes nothing more.
  session_.editor().put_string(at, value, is_ahead ? std::optional(expiry.at) : expires_at,
                               ChangeEvent::kSet);
  if (expiry.kind == ExpiryChange::Kind::kAt) session_.apply_expiry(at, expiry);
}

Result<SetReply> StoreStrings::set(KeyRef key, std::string_view value, const SetOptions& options) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  if (value.size() > kStringBytesMax) return too_long();
  STELE_TRY(Position at, session_.find(key));
  SetReply reply;
  if (options.want_former && at.entry != nullptr) {
    if (at.entry->type() != ValueType::kString) return wrong_type();
    reply.former = session_.keep(string_of(*at.entry));
  }
  using Condition = SetOptions::Condition;
  if (options.condition == Condition::kIfAbsent && at.entry != nullptr) return reply;
  if (options.condition == Condition::kIfPresent && at.entry == nullptr) return reply;
  write(at, value, options.expiry);
  reply.written = true;
  return reply;
}

Result<std::optional<std::string_view>> StoreStrings::get_delete(KeyRef key) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kString));
  if (at.entry == nullptr) return std::nullopt;
  const std::string_view value = session_.keep(string_of(*at.entry));
  session_.editor().erase(at, ChangeEvent::kDelete);
  return value;
}

Result<std::optional<std::string_view>> StoreStrings::get_expire(KeyRef key, ExpiryChange expiry) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kString));
  if (at.entry == nullptr) return std::nullopt;
  const std::string_view value = session_.keep(string_of(*at.entry));
  session_.apply_expiry(at, expiry);
  return value;
}

Result<std::vector<std::optional<std::string_view>>> StoreStrings::get_many(std::span<const KeyRef> keys) {
  std::vector<std::optional<std::string_view>> values;
  values.reserve(keys.size());
  for (const KeyRef key : keys) {
    STELE_TRY(const Position at, session_.find(key));
    const bool is_string = at.entry != nullptr && at.entry->type() == ValueType::kString;
    values.push_back(is_string ? std::optional(string_of(*at.entry)) : std::nullopt);
  }
  return values;
}

Result<void> StoreStrings::check_many(std::span<const Pair> pairs) {
  for (const Pair& pair : pairs) {
    STELE_RETURN_IF_ERROR(session_.check_writable(pair.key));
    if (pair.value.size() > kStringBytesMax) return too_long();
  }
  return {};
}

Result<void> StoreStrings::set_many(std::span<const Pair> pairs) {
  STELE_RETURN_IF_ERROR(check_many(pairs));
  for (const Pair& pair : pairs) {
    STELE_TRY(Position at, session_.find(pair.key));
    write(at, pair.value, ExpiryChange::clear());
  }
  return {};
}

Result<bool> StoreStrings::set_many_if_absent(std::span<const Pair> pairs) {
  STELE_RETURN_IF_ERROR(check_many(pairs));
  for (const Pair& pair : pairs) {
    STELE_TRY(const Position at, session_.find(pair.key));
    if (at.entry != nullptr) return false;
  }
  STELE_RETURN_IF_ERROR(set_many(pairs));
  return true;
}

Result<std::size_t> StoreStrings::append(KeyRef key, std::string_view tail) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kString));
  const std::size_t size = (at.entry == nullptr ? 0 : string_of(*at.entry).size()) + tail.size();
  if (size > kStringBytesMax) return too_long();
  if (at.entry == nullptr) {
    session_.editor().put_string(at, tail, std::nullopt, ChangeEvent::kAppend);
  } else {
    session_.editor().append(at, tail);
  }
  return size;
}

Result<std::size_t> StoreStrings::length(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kString));
  return at.entry == nullptr ? 0 : string_of(*at.entry).size();
}

Result<std::size_t> StoreStrings::overwrite(KeyRef key, std::size_t from, std::string_view bytes,
                                            ChangeEvent event) {
  if (bytes.empty()) return length(key);
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kString));
  if (from > kStringBytesMax || bytes.size() > kStringBytesMax - from) return too_long();
  if (at.entry == nullptr) {
    std::string whole(from, '\0');
    whole += bytes;
    session_.editor().put_string(at, whole, std::nullopt, event);
  } else {
    session_.editor().overwrite(at, from, bytes, event);
  }
  return string_of(*at.entry).size();
}

void StoreStrings::write_number(Position& at, std::string_view text, ChangeEvent event) {
  const auto expires_at = at.entry == nullptr ? std::nullopt : at.entry->expires_at();
  session_.editor().put_string(at, text, expires_at, event);
}

Result<std::int64_t> StoreStrings::increment_by(KeyRef key, std::int64_t by) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kString));
  std::int64_t sum = 0;
  if (at.entry != nullptr) {
    const auto value = parse_integer(string_of(*at.entry));
    if (!value) return not_an_integer();
    sum = *value;
  }
  if (__builtin_add_overflow(sum, by, &sum)) return would_overflow();
  char text[24];
  const char* const end = std::to_chars(text, text + sizeof(text), sum).ptr;
  write_number(at, {text, static_cast<std::size_t>(end - text)}, ChangeEvent::kIncrementBy);
  return sum;
}

Result<std::string_view> StoreStrings::increment_by_float(KeyRef key, long double by) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kString));
  long double sum = by;
  if (at.entry != nullptr) {
    const auto value = parse_float(string_of(*at.entry));
    if (!value) return not_a_float();
    sum += *value;
  }
  if (!std::isfinite(sum)) return not_finite();
  const std::string_view text = session_.keep(format_float(sum));
  write_number(at, text, ChangeEvent::kIncrementByFloat);
  return text;
}

}  // namespace stele::keyspace::store
