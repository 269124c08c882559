#include "keyspace/store/hashes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"
#include "keyspace/store/random.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

std::optional<std::string_view> value_at(const Position& at, std::string_view field) {
  if (at.entry == nullptr) return std::nullopt;
  return field_of(*at.entry, field);
}

std::vector<FieldRef> all_of(const Entry& entry) {
  std::vector<FieldRef> fields;
  fields.reserve(field_count(entry));
  for_each_field(entry, [&](const FieldRef& field) { fields.push_back(field); });
  return fields;
}

// That many different ones of a table much larger.
std::vector<FieldRef> some_of(const FieldTable& table, std::size_t count) {
  std::set<std::size_t> places;
  while (places.size() < count) places.insert(random_below(table.size()));
  std::vector<FieldRef> fields;
  for (const std::size_t place : places) fields.push_back(table.nth(place)->field());
  std::shuffle(fields.begin(), fields.end(), random_source());
  return fields;
}

constexpr std::size_t kSomeMax = 100;
constexpr std::int64_t kRepeatedMax = 1 << 24;

}  // namespace

Result<std::optional<std::string_view>> StoreHashes::get(KeyRef key, std::string_view field) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  return value_at(at, field);
}

Result<std::vector<std::optional<std::string_view>>> StoreHashes::get_many(
    KeyRef key, std::span<const std::string_view> fields) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  std::vector<std::optional<std::string_view>> values;
  values.reserve(fields.size());
  for (const std::string_view field : fields) values.push_back(value_at(at, field));
  return values;
}

Result<std::vector<FieldRef>> StoreHashes::get_all(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  if (at.entry == nullptr) return std::vector<FieldRef>();
  return all_of(*at.entry);
}

Result<std::size_t> StoreHashes::size(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  return at.entry == nullptr ? 0 : field_count(*at.entry);
}

Result<std::size_t> StoreHashes::value_length(KeyRef key, std::string_view field) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  return value_at(at, field).value_or("").size();
}

Result<std::size_t> StoreHashes::set(KeyRef key, std::span<const FieldRef> fields) {
  return set(key, fields, ExpiryChange::clear());
}

Result<std::size_t> StoreHashes::set(KeyRef key, std::span<const FieldRef> fields, ExpiryChange expiry) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kHash));
  if (fields.empty()) return 0;
  using Kind = ExpiryChange::Kind;
  const bool had_expiries = at.entry != nullptr && field_expiries(*at.entry) != nullptr;
  if (expiry.kind == Kind::kKeep || (expiry.kind == Kind::kClear && !had_expiries)) {
    return session_.editor().set_fields(at, fields, ChangeEvent::kHashSet);
  }
  std::vector<std::string_view> names;
  for (const FieldRef& field : fields) names.push_back(field.name);
  if (had_expiries) session_.editor().set_field_expiries_quietly(at, names, std::nullopt);
  const std::size_t added = session_.editor().set_fields(at, fields, ChangeEvent::kHashSet);
  if (expiry.kind == Kind::kClear) return added;
  if (session_.is_past(expiry.at)) {
    session_.editor().remove_fields(at, names);
  } else {
    session_.editor().set_field_expiries(at, names, expiry.at);
  }
  return added;
}

Result<std::vector<FieldExpiry>> StoreHashes::expiries(KeyRef key, std::span<const std::string_view> fields) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  std::vector<FieldExpiry> found(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (value_at(at, fields[i])) found[i] = {true, field_expiry(*at.entry, fields[i])};
  }
  return found;
}

Result<std::vector<FieldOutcome>> StoreHashes::expire(KeyRef key, std::span<const std::string_view> fields,
                                                      WallMs moment, ExpireCondition condition) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kHash));
  std::vector<FieldOutcome> outcomes(fields.size(), FieldOutcome::kNone);
  std::vector<std::string_view> fitting;
  const bool is_past = session_.is_past(moment);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!value_at(at, fields[i])) continue;
    const bool is_set = fits(condition, field_expiry(*at.entry, fields[i]), moment);
    if (is_set) fitting.push_back(fields[i]);
    outcomes[i] = !is_set ? FieldOutcome::kRefused : is_past ? FieldOutcome::kRemoved : FieldOutcome::kSet;
  }
  if (fitting.empty()) return outcomes;
  if (is_past) {
    session_.editor().remove_fields(at, fitting);
  } else {
    session_.editor().set_field_expiries(at, fitting, moment);
  }
  return outcomes;
}

Result<std::vector<FieldExpiry>> StoreHashes::persist(KeyRef key, std::span<const std::string_view> fields) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(std::vector<FieldExpiry> former, expiries(key, fields));
  std::vector<std::string_view> changed;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (former[i].at) changed.push_back(fields[i]);
  }
  if (changed.empty()) return former;
  STELE_TRY(Position at, session_.find(key, ValueType::kHash));
  session_.editor().set_field_expiries(at, changed, std::nullopt);
  return former;
}

Result<bool> StoreHashes::set_if_absent(KeyRef key, std::string_view field, std::string_view value) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kHash));
  if (value_at(at, field)) return false;
  const FieldRef added{field, value};
  session_.editor().set_fields(at, std::span(&added, 1), ChangeEvent::kHashSet);
  return true;
}

Result<std::size_t> StoreHashes::remove(KeyRef key, std::span<const std::string_view> fields) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kHash));
  if (at.entry == nullptr) return 0;
  return session_.editor().remove_fields(at, fields);
}

Result<std::int64_t> StoreHashes::increment_by(KeyRef key, std::string_view field, std::int64_t by) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kHash));
  std::int64_t sum = 0;
  if (const auto former = value_at(at, field)) {
    const auto value = parse_integer(*former);
    if (!value) return hash_value_not_an_integer();
    sum = *value;
  }
  if (__builtin_add_overflow(sum, by, &sum)) return would_overflow();
  char text[24];
  const char* const end = std::to_chars(text, text + sizeof(text), sum).ptr;
  const FieldRef changed{field, {text, static_cast<std::size_t>(end - text)}};
  session_.editor().set_fields(at, std::span(&changed, 1), ChangeEvent::kHashIncrementBy);
  return sum;
}

Result<std::string_view> StoreHashes::increment_by_float(KeyRef key, std::string_view field, long double by) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kHash));
  long double sum = by;
  if (const auto former = value_at(at, field)) {
    const auto value = parse_float(*former);
    if (!value) return hash_value_not_a_float();
    sum += *value;
  }
  if (!std::isfinite(sum)) return not_finite();
  const std::string_view text = session_.keep(format_float(sum));
  const FieldRef changed{field, text};
  session_.editor().set_fields(at, std::span(&changed, 1), ChangeEvent::kHashIncrementByFloat);
  return text;
}

Result<std::vector<FieldRef>> StoreHashes::random(KeyRef key, std::int64_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  if (at.entry == nullptr) return std::vector<FieldRef>();
  const bool may_repeat = count < 0;
  if (count < -kRepeatedMax) return make_error(ErrorCode::kTooLarge, "value is out of range");
  const auto wanted = static_cast<std::size_t>(may_repeat ? -count : count);
  const std::size_t size = field_count(*at.entry);
  if (!may_repeat && at.entry->is_outside() && wanted <= kSomeMax && wanted < size / 4) {
    return some_of(*at.entry->outside<FieldTable>(), wanted);
  }
  std::vector<FieldRef> fields = all_of(*at.entry);
  if (!may_repeat) {
    std::shuffle(fields.begin(), fields.end(), random_source());
    if (wanted < fields.size()) fields.resize(wanted);
    return fields;
  }
  std::vector<FieldRef> picked(wanted);
  for (FieldRef& field : picked) field = fields[random_below(fields.size())];
  return picked;
}

Result<FieldPage> StoreHashes::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kHash));
  FieldPage page;
  if (at.entry == nullptr) return page;
  if (!at.entry->is_outside()) {
    // All at once, but for what was told before, if the hash was another one then.
    for_each_field(*at.entry, [&](const FieldRef& field) {
      if (cursor == 0 || hash_of(field.name) >> 16 >= cursor) page.fields.push_back(field);
    });
    return page;
  }
  const std::size_t wanted = std::max<std::size_t>(count, 1);
  const std::uint64_t next = at.entry->outside<FieldTable>()->walk(
      cursor << 16, [&](const FieldItem& item) { page.fields.push_back(item.field()); },
      [&] { return page.fields.size() >= wanted; });
  page.cursor = next >> 16;
  return page;
}

}  // namespace stele::keyspace::store
