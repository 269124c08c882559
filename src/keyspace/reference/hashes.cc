#include "keyspace/reference/hashes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"

namespace stele::keyspace::reference {

namespace {

std::optional<std::string_view> value_of(const Object* object, std::string_view field) {
  if (!object) return std::nullopt;
  const auto at = object->fields.find(field);
  if (at == object->fields.end()) return std::nullopt;
  return at->second;
}

}  // namespace

Result<std::optional<std::string_view>> ReferenceHashes::get(KeyRef key, std::string_view field) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  return value_of(object, field);
}

Result<std::vector<std::optional<std::string_view>>> ReferenceHashes::get_many(
    KeyRef key, std::span<const std::string_view> fields) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  std::vector<std::optional<std::string_view>> values;
  values.reserve(fields.size());
  for (const std::string_view field : fields) values.push_back(value_of(object, field));
  return values;
}

Result<std::vector<FieldRef>> ReferenceHashes::get_all(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  std::vector<FieldRef> fields;
  if (!object) return fields;
  fields.reserve(object->fields.size());
  for (const auto& [name, value] : object->fields) fields.push_back({name, value});
  return fields;
}

Result<std::size_t> ReferenceHashes::size(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  return object ? object->fields.size() : 0;
}

Result<std::size_t> ReferenceHashes::value_length(KeyRef key, std::string_view field) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  return value_of(object, field).value_or("").size();
}

void ReferenceHashes::write(KeyRef key, Object* object, std::span<const FieldRef> fields, ChangeEvent event) {
  if (object) {
    session_.store().set_fields(*object, fields, event);
  } else {
    session_.store().insert_fields(key, ValueType::kHash, fields, event);
  }
}

Result<std::size_t> ReferenceHashes::set(KeyRef key, std::span<const FieldRef> fields) {
  return set(key, fields, ExpiryChange::clear());
}

Result<std::size_t> ReferenceHashes::set(KeyRef key, std::span<const FieldRef> fields, ExpiryChange expiry) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kHash));
  if (fields.empty()) return 0;
  std::vector<std::string_view> names;
  for (const FieldRef& field : fields) names.push_back(field.name);
  for (const std::string_view name : names) {
    if (object && expiry.kind != ExpiryChange::Kind::kKeep)
      session_.store().set_field_expiry_quietly(*object, name, std::nullopt);
  }
  std::map<std::string_view, std::string_view> last;
  for (const FieldRef& field : fields) last[field.name] = field.value;
  std::size_t added = 0;
  for (const auto& [name, value] : last) added += value_of(object, name) ? 0 : 1;
  write(key, object, fields, ChangeEvent::kHashSet);
  if (expiry.kind != ExpiryChange::Kind::kAt) return added;
  Object& written = *session_.store().find(key);
  if (session_.is_past(expiry.at)) {
    session_.store().remove_fields(written, names, ChangeEvent::kHashDelete);
  } else {
    session_.store().set_field_expiries(written, names, expiry.at, ChangeEvent::kHashExpire);
  }
  return added;
}

Result<std::vector<FieldExpiry>> ReferenceHashes::expiries(KeyRef key,
                                                           std::span<const std::string_view> fields) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kHash));
  std::vector<FieldExpiry> found;
  for (const std::string_view field : fields) {
    found.emplace_back();
    if (!value_of(object, field)) continue;
    found.back().exists = true;
    const auto at = object->field_expiries.find(field);
    if (at != object->field_expiries.end()) found.back().at = at->second;
  }
  return found;
}

Result<std::vector<FieldOutcome>> ReferenceHashes::expire(KeyRef key,
                                                          std::span<const std::string_view> fields, WallMs at,
                                                          ExpireCondition condition) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(const std::vector<FieldExpiry> former, expiries(key, fields));
  std::vector<FieldOutcome> outcomes;
  std::vector<std::string_view> fitting;
  const bool is_past = session_.is_past(at);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    outcomes.push_back(FieldOutcome::kNone);
    if (!former[i].exists) continue;
    outcomes.back() = FieldOutcome::kRefused;
    if (!fits(condition, former[i].at, at)) continue;
    outcomes.back() = is_past ? FieldOutcome::kRemoved : FieldOutcome::kSet;
    fitting.push_back(fields[i]);
  }
  if (fitting.empty()) return outcomes;
  Object& object = *session_.store().find(key);
  if (is_past) {
    session_.store().remove_fields(object, fitting, ChangeEvent::kHashDelete);
  } else {
    session_.store().set_field_expiries(object, fitting, at, ChangeEvent::kHashExpire);
  }
  return outcomes;
}

Result<std::vector<FieldExpiry>> ReferenceHashes::persist(KeyRef key,
                                                          std::span<const std::string_view> fields) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(std::vector<FieldExpiry> former, expiries(key, fields));
  std::vector<std::string_view> changed;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (former[i].at) changed.push_back(fields[i]);
  }
  if (changed.empty()) return former;
  session_.store().set_field_expiries(*session_.store().find(key), changed, std::nullopt,
                                      ChangeEvent::kHashPersist);
  return former;
}

Result<bool> ReferenceHashes::set_if_absent(KeyRef key, std::string_view field, std::string_view value) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kHash));
  if (value_of(object, field)) return false;
  const FieldRef added{field, value};
  write(key, object, std::span(&added, 1), ChangeEvent::kHashSet);
  return true;
}

Result<std::size_t> ReferenceHashes::remove(KeyRef key, std::span<const std::string_view> fields) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kHash));
  if (!object) return 0;
  const std::set<std::string_view> named(fields.begin(), fields.end());
  const auto removed = std::count_if(named.begin(), named.end(),
                                     [&](std::string_view field) { return object->fields.contains(field); });
  if (removed > 0) session_.store().remove_fields(*object, fields, ChangeEvent::kHashDelete);
  return static_cast<std::size_t>(removed);
}

Result<std::int64_t> ReferenceHashes::increment_by(KeyRef key, std::string_view field, std::int64_t by) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kHash));
  std::int64_t sum = 0;
  if (const auto former = value_of(object, field)) {
    const auto value = parse_integer(*former);
    if (!value) return hash_value_not_an_integer();
    sum = *value;
  }
  if (__builtin_add_overflow(sum, by, &sum)) return would_overflow();
  const std::string text = std::to_string(sum);
  const FieldRef changed{field, text};
  write(key, object, std::span(&changed, 1), ChangeEvent::kHashIncrementBy);
  return sum;
}

Result<std::string_view> ReferenceHashes::increment_by_float(KeyRef key, std::string_view field,
                                                             long double by) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kHash));
  long double sum = by;
  if (const auto former = value_of(object, field)) {
    const auto value = parse_float(*former);
    if (!value) return hash_value_not_a_float();
    sum += *value;
  }
  if (!std::isfinite(sum)) return not_finite();
  const std::string_view text = session_.keep(format_float(sum));
  const FieldRef changed{field, text};
  write(key, object, std::span(&changed, 1), ChangeEvent::kHashIncrementByFloat);
  return text;
}

Result<std::vector<FieldRef>> ReferenceHashes::random(KeyRef key, std::int64_t count) {
  STELE_TRY(std::vector<FieldRef> fields, get_all(key));
  auto& random = session_.store().random();
  if (count >= 0) {
    std::shuffle(fields.begin(), fields.end(), random);
    if (static_cast<std::uint64_t>(count) < fields.size()) fields.resize(static_cast<std::size_t>(count));
    return fields;
  }
  if (fields.empty()) return fields;
  if (count < -(1 << 24)) return make_error(ErrorCode::kTooLarge, "value is out of range");
  std::uniform_int_distribution<std::size_t> any(0, fields.size() - 1);
  std::vector<FieldRef> picked(static_cast<std::size_t>(-count));
  for (FieldRef& field : picked) field = fields[any(random)];
  return picked;
}

Result<FieldPage> ReferenceHashes::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const std::vector<FieldRef> fields, get_all(key));
  std::multimap<std::uint64_t, FieldRef> ordered;
  for (const FieldRef& field : fields) ordered.emplace(scan_position(field.name), field);
  FieldPage page;
  auto at = ordered.lower_bound(cursor);
  // A page ends between positions, never within one: the cursor could not tell what was seen.
  while (at != ordered.end() && (page.fields.size() < std::max<std::size_t>(count, 1))) {
    const std::uint64_t position = at->first;
    for (; at != ordered.end() && at->first == position; ++at) page.fields.push_back(at->second);
  }
  page.cursor = at == ordered.end() ? 0 : at->first;
  return page;
}

}  // namespace stele::keyspace::reference
