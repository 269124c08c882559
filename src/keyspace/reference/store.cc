#include "keyspace/reference/store.h"

#include <utility>

#include "base/check.h"
#include "keyspace/reference/stream_entries.h"

namespace stele::keyspace::reference {

namespace {

// About what a compact table would need: two allocations' worth of overhead a key, one a field.
constexpr std::size_t kKeyBytes = 64;
constexpr std::size_t kFieldBytes = 32;
constexpr std::size_t kElementBytes = 16;

}  // namespace

Store::Store(const Clock& clock, ObjectId first_object_id, std::uint64_t random_seed)
    : next_id_(first_object_id), random_(random_seed), usage_(clock) {}

Object* Store::find(KeyRef key) {
  const auto database = databases_.find(key.db);
  if (database == databases_.end()) return nullptr;
  const auto at = database->second.find(Place(scan_position(key), key.name));
  return at == database->second.end() ? nullptr : &at->second;
}

Object* Store::find(ObjectId id) {
  const auto at = names_.find(id);
  return at == names_.end() ? nullptr : find(at->second);
}

Object& Store::insert(KeyRef key, ValueType type, std::optional<ObjectId> id) {
  if (!id) id = std::exchange(next_id_, next_id_.next());
  if (*id >= next_id_) next_id_ = id->next();
  const auto [at, is_new] = databases_[key.db].try_emplace(Place(scan_position(key), key.name));
  STELE_CHECK(is_new);
  Object& object = at->second;
  object.id = *id;
  object.key = Key(key);
  object.type = type;
  object.usage = usage_.fresh();
  names_[*id] = object.key;
  grow(object, kKeyBytes + key.name.size());
  return object;
}

void Store::erase_object(Object& object) {
  const Key key = object.key;
  set_expiry_quietly(object, std::nullopt);
  while (!object.field_expiries.empty()) {
    const std::string field = object.field_expiries.begin()->first;
    set_field_expiry_quietly(object, field, std::nullopt);
  }
  used_memory_bytes_ -= object.memory_bytes;
  names_.erase(object.id);
  databases_[key.db].erase(Place(scan_position(key), key.name));
}

ChangeSequence Store::record(KeyRef key, ChangeEvent event, ValueType type) {
  last_change_ = last_change_.next();
  changes_.push_back({last_change_, event, type, Key(key)});
  return last_change_;
}

void Store::grow(Object& object, std::size_t bytes) {
  object.memory_bytes += bytes;
  used_memory_bytes_ += bytes;
}

void Store::shrink(Object& object, std::size_t bytes) {
  object.memory_bytes -= bytes;
  used_memory_bytes_ -= bytes;
}

void Store::set_field(Object& object, std::string_view name, std::string_view value) {
  const auto at = object.fields.find(name);
  if (at == object.fields.end()) {
    object.fields.emplace(name, value);
    return grow(object, kFieldBytes + name.size() + value.size());
  }
  shrink(object, at->second.size());
  at->second = value;
  grow(object, value.size());
}

void Store::set_string(Object& object, std::string value) {
  shrink(object, object.string.size());
  object.string = std::move(value);
  grow(object, object.string.size());
}

Object& Store::insert_string(KeyRef key, std::string_view value, ChangeEvent event) {
  Object& object = insert(key, ValueType::kString, std::nullopt);
  assign(object, value, event);
  return object;
}

Object& Store::insert_fields(KeyRef key, ValueType type, std::span<const FieldRef> fields,
                             ChangeEvent event) {
  Object& object = insert(key, type, std::nullopt);
  set_fields(object, fields, event);
  return object;
}

void Store::assign(Object& object, std::string_view value, ChangeEvent event) {
  set_string(object, std::string(value));
  const ChangeSequence change = record(object.key, event, object.type);
  if (is_written_behind_key(object.key)) dirty_.bytes_changed(object, change, 0);
}

void Store::append(Object& object, std::string_view tail) {
  const std::size_t from = object.string.size();
  object.string.append(tail);
  grow(object, tail.size());
  const ChangeSequence change = record(object.key, ChangeEvent::kAppend, object.type);
  if (is_written_behind_key(object.key)) dirty_.bytes_changed(object, change, from);
}

void Store::overwrite(Object& object, std::size_t from, std::string_view whole, ChangeEvent event) {
  grow(object, whole.size() - object.string.size());
  object.string = whole;
  const ChangeSequence change = record(object.key, event, object.type);
  if (is_written_behind_key(object.key)) dirty_.bytes_changed(object, change, from);
}

void Store::set_fields(Object& object, std::span<const FieldRef> fields, ChangeEvent event) {
  for (const FieldRef& field : fields) set_field(object, field.name, field.value);
  const ChangeSequence change = record(object.key, event, object.type);
  if (!is_written_behind_key(object.key)) return;
  for (const FieldRef& field : fields) dirty_.field_changed(object, change, field.name);
}

void Store::remove_fields(Object& object, std::span<const std::string_view> fields, ChangeEvent event) {
  const ChangeSequence change = record(object.key, event, object.type);
  for (const std::string_view field : fields) {
    const auto at = object.fields.find(field);
    if (at == object.fields.end()) continue;
    shrink(object, kFieldBytes + at->first.size() + at->second.size());
    set_field_expiry_quietly(object, field, std::nullopt);
    object.fields.erase(at);
    if (is_written_behind_key(object.key)) dirty_.field_changed(object, change, field);
  }
  if (object.fields.empty()) erase(object, ChangeEvent::kDelete);
}

void Store::set_field_expiry_quietly(Object& object, std::string_view field, std::optional<WallMs> at) {
  const auto present = object.field_expiries.find(field);
  if (present != object.field_expiries.end()) {
    field_expiries_.erase({present->second, object.key.db, object.key.name, present->first});
    object.field_expiries.erase(present);
  }
  if (!at) return;
  object.field_expiries.emplace(field, *at);
  field_expiries_.insert({*at, object.key.db, object.key.name, std::string(field)});
}

void Store::set_field_expiries(Object& object, std::span<const std::string_view> fields,
                               std::optional<WallMs> at, ChangeEvent event) {
  const ChangeSequence change = record(object.key, event, object.type);
  for (const std::string_view field : fields) {
    set_field_expiry_quietly(object, field, at);
    if (is_written_behind_key(object.key)) dirty_.field_changed(object, change, field);
  }
}

std::size_t Store::expire_fields(Object& object, WallMs now) {
  std::vector<std::string> due;
  for (const auto& [field, at] : object.field_expiries) {
    if (at <= now) due.push_back(field);
  }
  if (due.empty()) return 0;
  const std::vector<std::string_view> fields(due.begin(), due.end());
  remove_fields(object, fields, ChangeEvent::kHashExpired);
  return due.size();
}

void Store::set_element(Object& object, std::int64_t position, std::string_view bytes) {
  const auto [at, is_new] = object.elements.try_emplace(position);
  shrink(object, at->second.size());
  at->second = bytes;
  grow(object, at->second.size() + (is_new ? kElementBytes : 0));
}

void Store::edit_list(Object& object, const ListEdit& edit, ChangeEvent event) {
  const ChangeSequence change = record(object.key, event, object.type);
  for (const std::int64_t position : edit.removed) {
    const auto at = object.elements.find(position);
    shrink(object, kElementBytes + at->second.size());
    object.elements.erase(at);
  }
  for (const ListElement& element : edit.set) set_element(object, element.position, element.bytes);
  if (is_written_behind_key(object.key)) {
    for (const std::int64_t position : edit.removed) dirty_.element_changed(object, change, position);
    for (const ListElement& element : edit.set) dirty_.element_changed(object, change, element.position);
  }
  if (object.elements.empty()) erase(object, ChangeEvent::kDelete);
}

Object& Store::insert_stream(KeyRef key) {
  Object& object = insert(key, ValueType::kStream, std::nullopt);
  object.stream = std::make_shared<stream::Stream>(std::make_unique<MapEntries>());
  count_stream(object);
  return object;
}

void Store::count_stream(Object& object) {
  const std::size_t bytes = object.stream->memory_bytes();
  shrink(object, object.stream->counted_bytes());
  grow(object, bytes);
  object.stream->set_counted_bytes(bytes);
}

void Store::edit_stream(Object& object, const stream::Edit& edit, ChangeEvent event) {
  count_stream(object);
  const ChangeSequence change = record(object.key, event, object.type);
  if (is_written_behind_key(object.key)) dirty_.fields_changed(object, change, edit.rows(), edit.bytes());
}

void Store::set_expiry_quietly(Object& object, std::optional<WallMs> at) {
  if (object.expires_at) expiries_.erase({*object.expires_at, object.key.db, object.key.name});
  object.expires_at = at;
  if (at) expiries_.insert({*at, object.key.db, object.key.name});
}

void Store::set_expiry(Object& object, std::optional<WallMs> at) {
  set_expiry_quietly(object, at);
  const ChangeSequence change =
      record(object.key, at ? ChangeEvent::kExpire : ChangeEvent::kPersist, object.type);
  if (is_written_behind_key(object.key)) dirty_.changed(object, change);
}

void Store::erase(Object& object, ChangeEvent event) {
  const ChangeSequence change = record(object.key, event, ValueType::kNone);
  if (event == ChangeEvent::kExpired) ++expired_;
  if (event == ChangeEvent::kEvicted) ++evicted_;
  // A row that a class change left behind is deleted too: the key is gone for every reader.
  if (is_written_behind_key(object.key)) dirty_.removed(object, change);
  erase_object(object);
}

void Store::rename(Object& object, KeyRef to) {
  const bool was_written_behind = is_written_behind_key(object.key);
  const bool will_be_written_behind = is_written_behind_key(to);
  const ChangeSequence from_change = record(object.key, ChangeEvent::kRenameFrom, ValueType::kNone);
  Object moved = object;
  if (was_written_behind && !will_be_written_behind) {
    dirty_.removed(object, from_change);
    moved.has_row = false;
  }
  erase_object(object);
  // Out of a class that is written behind, and back later: another object, since the row of this one goes.
  const bool keeps_id = was_written_behind == will_be_written_behind;
  Object& renamed = insert(to, moved.type, keeps_id ? std::optional(moved.id) : std::nullopt);
  renamed.string = std::move(moved.string);
  renamed.fields = std::move(moved.fields);
  renamed.elements = std::move(moved.elements);
  for (const auto& [field, at] : moved.field_expiries) set_field_expiry_quietly(renamed, field, at);
  renamed.stream = std::move(moved.stream);
  renamed.has_row = moved.has_row;
  renamed.usage = moved.usage;
  grow(renamed, moved.memory_bytes - kKeyBytes - moved.key.name.size());
  set_expiry_quietly(renamed, moved.expires_at);
  const ChangeSequence change = record(to, ChangeEvent::kRenameTo, renamed.type);
  if (will_be_written_behind) dirty_.changed(renamed, change);
}

void Store::override_local(ObjectId id) {
  if (dirty_.overridden(id)) ++overridden_;
}

void Store::put(KeyRef key, Value value, std::optional<ObjectId> id) {
  // Renamed by SQL: it leaves its former name.
  if (Object* const elsewhere = id ? find(*id) : nullptr; elsewhere && KeyRef(elsewhere->key) != key) {
    erase_applied(*elsewhere);
  }
  if (Object* const former = find(key)) {
    override_local(former->id);
    if (!id && class_of(key) == KeyClass::kMapped) id = former->id;
    erase_object(*former);
  }
  if (id) override_local(*id);
  Object& object = insert(key, value.type, id);
  object.has_row = true;
  set_string(object, std::move(value.string));
  if (value.type == ValueType::kStream) {
    object.stream = std::make_shared<stream::Stream>(std::make_unique<MapEntries>());
    object.stream->load(value.fields);
    count_stream(object);
    value.fields.clear();
  }
  for (const Field& field : value.fields) {
    set_field(object, field.name, field.value);
    if (value.type == ValueType::kHash) set_field_expiry_quietly(object, field.name, field.expires_at);
  }
  for (const ListElement& element : value.elements) set_element(object, element.position, element.bytes);
  if (class_of(key) != KeyClass::kMapped) set_expiry_quietly(object, value.expires_at);
  record(key, ChangeEvent::kApplied, object.type);
}

void Store::erase_applied(Object& object) {
  override_local(object.id);
  record(object.key, ChangeEvent::kApplied, ValueType::kNone);
  erase_object(object);
}

const Object* Store::at_or_after(DatabaseNumber db, std::uint64_t position) const {
  const auto database = databases_.find(db);
  if (database == databases_.end()) return nullptr;
  const auto at = database->second.lower_bound(Place(position, ""));
  return at == database->second.end() ? nullptr : &at->second;
}

const Object* Store::after(const Object& object) const {
  const Database& database = databases_.at(object.key.db);
  const auto at = database.upper_bound(Place(scan_position(object.key), object.key.name));
  return at == database.end() ? nullptr : &at->second;
}

std::optional<Key> Store::earliest_expiring(WallMs until) const {
  if (expiries_.empty()) return std::nullopt;
  const auto& [at, db, name] = *expiries_.begin();
  if (at > until) return std::nullopt;
  return Key(db, name);
}

Object* Store::worst(EvictionPolicy policy) {
  Object* worst = nullptr;
  std::uint64_t badness = 0;
  for (auto& [number, database] : databases_) {
    for (auto& [place, object] : database) {
      if (class_of(object.key) != KeyClass::kCache) continue;
      if (is_volatile_only(policy) && !object.expires_at) continue;
      std::uint64_t its_own = usage_.badness(object.usage);
      if (is_random(policy)) its_own = random_();
      if (policy == EvictionPolicy::kVolatileTtl)
        its_own = ~static_cast<std::uint64_t>(object.expires_at->value);
      if (worst != nullptr && its_own <= badness) continue;
      badness = its_own;
      worst = &object;
    }
  }
  return worst;
}

std::vector<DatabaseNumber> Store::databases() const {
  std::vector<DatabaseNumber> numbers;
  for (const auto& [number, database] : databases_) numbers.push_back(number);
  return numbers;
}

std::optional<Key> Store::with_expiring_field(WallMs until) const {
  if (field_expiries_.empty() || std::get<0>(*field_expiries_.begin()) > until) return std::nullopt;
  return Key(std::get<1>(*field_expiries_.begin()), std::get<2>(*field_expiries_.begin()));
}

std::size_t Store::size(DatabaseNumber db) const {
  const auto database = databases_.find(db);
  return database == databases_.end() ? 0 : database->second.size();
}

std::vector<Store::Recorded> Store::take_changes() {
  return std::exchange(changes_, {});
}

KeyspaceStats Store::stats() const {
  KeyspaceStats stats;
  stats.keys = names_.size();
  stats.keys_with_expiry = expiries_.size();
  stats.used_memory_bytes = used_memory_bytes_;
  stats.dirty_objects = dirty_.size();
  stats.dirty_bytes = dirty_.pending_bytes();
  stats.expired = expired_;
  stats.evicted = evicted_;
  stats.overridden = overridden_;
  stats.last_change = last_change_;
  return stats;
}

}  // namespace stele::keyspace::reference
