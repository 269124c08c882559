// The editor's steps on values: strings and hashes.
#include <cstring>
#include <utility>

#include "keyspace/store/editor.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

void write_bytes(Entry* entry, std::string_view value) {
  if (!value.empty()) std::memmove(entry->value(), value.data(), value.size());
}

}  // namespace

// Over a string, or where nothing is. `value` may be the present one, or a part of it.
void Editor::write_string(Position& at, std::string_view value, std::optional<WallMs> expires_at) {
  const bool is_large = value.size() > kInlineBytesMax;
  Entry* const former = at.entry;
  if (former != nullptr && !is_large && !former->is_outside() && former->fits(value.size()) &&
      (!expires_at || former->has_room_for_expiry())) {
    write_bytes(former, value);
    former->set_value_bytes(value.size());
    const std::optional<WallMs> former_expiry = former->expires_at();
    former->set_expires_at(expires_at);
    set_mark(at, former_expiry);
    return;
  }
  Entry::Shape shape;
  if (former != nullptr) {
    shape = former->shape();
  } else {
    shape.type = ValueType::kString;
    shape.has_id = is_written_behind_here(at);
  }
  shape.is_outside = is_large;
  shape.has_expiry = expires_at.has_value();
  Entry* const entry = Entry::make(shape, at.key.name, is_large ? sizeof(Blob*) : value.size());
  entry->set_expires_at(expires_at);
  if (is_large) {
    entry->set_outside_address(Blob::make(value));
  } else {
    write_bytes(entry, value);
  }
  if (former == nullptr) return insert(at, entry);
  entry->set_id(former->id());
  entry->set_usage(former->usage());
  count_bytes(at, outside_bytes(*entry) - outside_bytes(*former));
  free_outside(*former);
  replace(at, entry);
}

void Editor::put_string(Position& at, std::string_view value, std::optional<WallMs> expires_at,
                        ChangeEvent event) {
  write_string(at, value, expires_at);
  const bool is_behind = is_written_behind_here(at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kString);
  if (is_behind) store_.dirty.bytes_changed(bundle_, dirty_object(at), change, 0);
}

void Editor::append_quietly(Position& at, std::string_view tail) {
  const std::size_t from = string_of(*at.entry).size();
  const std::size_t size = from + tail.size();
  if (at.entry->is_outside()) {
    auto* const blob = at.entry->outside<Blob>();
    count_bytes(at, -blob->memory_bytes());
    at.entry->set_outside_address(Blob::append(blob, tail));
    count_bytes(at, outside_bytes(*at.entry));
  } else if (size <= kInlineBytesMax && at.entry->fits(size)) {
    if (!tail.empty()) std::memmove(at.entry->value() + from, tail.data(), tail.size());
    at.entry->set_value_bytes(size);
  } else {
    std::string whole(string_of(*at.entry));
    whole += tail;
    write_string(at, whole, at.entry->expires_at());
  }
}

void Editor::note_bytes(Position& at, ChangeEvent event, std::size_t from) {
  const bool is_behind = is_written_behind_here(at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kString);
  if (is_behind) store_.dirty.bytes_changed(bundle_, dirty_object(at), change, from);
}

void Editor::append(Position& at, std::string_view tail) {
  const std::size_t from = string_of(*at.entry).size();
  append_quietly(at, tail);
  note_bytes(at, ChangeEvent::kAppend, from);
}

void Editor::overwrite(Position& at, std::size_t from, std::string_view bytes, ChangeEvent event) {
  const std::size_t former = string_of(*at.entry).size();
  if (former < from + bytes.size()) {
    std::string tail(from + bytes.size() - former, '\0');
    const std::size_t overlap = former > from ? former - from : 0;
    tail.replace(tail.size() - (bytes.size() - overlap), std::string::npos, bytes.substr(overlap));
    append_quietly(at, tail);
    bytes = bytes.substr(0, overlap);
  }
  char* const place = at.entry->is_outside() ? at.entry->outside<Blob>()->data() : at.entry->value();
  if (!bytes.empty()) std::memmove(place + from, bytes.data(), bytes.size());
  note_bytes(at, event, std::min(from, former));
}

std::size_t Editor::set_fields(Position& at, std::span<const FieldRef> fields, ChangeEvent event) {
  const bool is_behind = is_written_behind_here(at);
  if (at.entry == nullptr) {
    const Entry::Shape shape = {.type = ValueType::kHash, .has_id = is_behind};
    insert(at, Entry::make(shape, at.key.name, 0));
  }
  std::size_t added = 0;
  for (const FieldRef& field : fields) added += set_field(at, field) ? 1 : 0;
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kHash);
  if (is_behind) {
    for (const FieldRef& field : fields) mark_field_dirty(at, change, field.name);
  }
  return added;
}

void Editor::mark_field_dirty(Position& at, ChangeSequence change, std::string_view field) {
  const auto value = field_of(*at.entry, field);
  store_.dirty.field_changed(bundle_, dirty_object(at), change, field, value ? value->size() : 0);
}

std::size_t Editor::remove_fields(Position& at, std::span<const std::string_view> fields, ChangeEvent event) {
  const bool is_behind = is_written_behind_here(at);
  const bool had_expiries = field_expiries(*at.entry) != nullptr;
  std::size_t removed = 0;
  std::optional<ChangeSequence> change;
  for (const std::string_view field : fields) {
    if (!field_of(*at.entry, field)) continue;
    if (!change) {
      if (is_behind) ensure_id(at);
      change = record(at, event, ValueType::kHash);
    }
    remove_field(at, field);
    ++removed;
    if (is_behind) mark_field_dirty(at, *change, field);
  }
  if (had_expiries) end_field_expiries(at, true);
  if (removed > 0 && field_count(*at.entry) == 0) erase(at, ChangeEvent::kDelete);
  return removed;
}

void Editor::end_field_expiries(Position& at, bool had_any) {
  const bool has_any = field_expiries(*at.entry) != nullptr;
  if (had_any != has_any) count_field_expiry(at, has_any);
  KeyTable::set_mark(at.place, expiry_mark(first_due(*at.entry)));
}

void Editor::set_field_expiries_quietly(Position& at, std::span<const std::string_view> fields,
                                        std::optional<WallMs> expires_at) {
  const bool had_any = field_expiries(*at.entry) != nullptr;
  if (!had_any && !expires_at) return;
  if (!at.entry->is_outside()) make_table(at);
  auto* const table = at.entry->outside<FieldTable>();
  const std::size_t bytes = table->memory_bytes();
  for (const std::string_view field : fields) table->set_expiry(field, expires_at);
  count_bytes(at, table->memory_bytes() - bytes);
  end_field_expiries(at, had_any);
}

void Editor::set_field_expiries(Position& at, std::span<const std::string_view> fields,
                                std::optional<WallMs> expires_at) {
  const bool is_behind = is_written_behind_here(at);
  set_field_expiries_quietly(at, fields, expires_at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change =
      record(at, expires_at ? ChangeEvent::kHashExpire : ChangeEvent::kHashPersist, ValueType::kHash);
  if (!is_behind) return;
  for (const std::string_view field : fields) mark_field_dirty(at, change, field);
}

std::size_t Editor::expire_fields(Position& at, WallMs now, std::size_t limit) {
  const FieldExpiries* const expiries = field_expiries(*at.entry);
  if (expiries == nullptr) return 0;
  const std::vector<std::string> due = expiries->due(now, limit);
  if (due.empty()) return 0;
  const std::vector<std::string_view> fields(due.begin(), due.end());
  return remove_fields(at, fields, ChangeEvent::kHashExpired);
}

bool Editor::set_field(Position& at, const FieldRef& field) {
  if (!at.entry->is_outside()) {
    if (FlatFields::takes(field)) {
      const std::optional<bool> is_new = set_flat_field(at, field);
      if (is_new) return *is_new;
    }
    make_table(at);
  }
  auto* const table = at.entry->outside<FieldTable>();
  const std::size_t bytes = table->memory_bytes();
  const bool is_new = table->set(field.name, field.value);
  count_bytes(at, table->memory_bytes() - bytes);
  return is_new;
}

std::optional<bool> Editor::set_flat_field(Position& at, const FieldRef& field) {
  std::size_t begin = at.entry->value_bytes();
  std::size_t end = begin;
  std::size_t count = 0;
  FlatFields(at.entry->inline_value()).for_each([&](const FieldRef& each, std::size_t from, std::size_t to) {
    ++count;
    if (each.name != field.name) return true;
    begin = from;
    end = to;
    return false;
  });
  const bool is_new = begin == end;
  if (is_new && count >= FlatFields::kFieldsMax) return std::nullopt;
  splice(at, begin, end, &field);
  return is_new;
}

void Editor::splice(Position& at, std::size_t begin, std::size_t end, const FieldRef* field_or_null) {
  // Written apart first: its name and value may lie in the value that moves.
  char bytes[2 * (FlatFields::kFieldBytesMax + 1)];
  std::size_t size = 0;
  if (field_or_null != nullptr)
    size = static_cast<std::size_t>(FlatFields::write(bytes, *field_or_null) - bytes);
  splice(at, begin, end, {bytes, size});
}

// `added` is no part of the value.
void Editor::splice(Position& at, std::size_t begin, std::size_t end, std::string_view added) {
  const std::size_t size = added.size();
  const std::size_t former = at.entry->value_bytes();
  const std::size_t wanted = former - (end - begin) + size;
  const std::size_t behind = former - end;
  if (at.entry->fits(wanted)) {
    char* const value = at.entry->value();
    std::memmove(value + begin + size, value + end, behind);
    if (size > 0) std::memcpy(value + begin, added.data(), size);
    at.entry->set_value_bytes(wanted);
    return;
  }
  Entry* const entry = at.entry->copy(at.entry->shape(), at.entry->name(), wanted);
  if (size > 0) std::memcpy(entry->value() + begin, added.data(), size);
  std::memcpy(entry->value() + begin + size, at.entry->value() + end, behind);
  replace(at, entry);
}

void Editor::make_table(Position& at) {
  auto* const table = new FieldTable;
  FlatFields(at.entry->inline_value()).for_each([&](const FieldRef& field, std::size_t, std::size_t) {
    table->set(field.name, field.value);
    return true;
  });
  put_outside(at, table);
}

bool Editor::remove_field(Position& at, std::string_view name) {
  if (at.entry->is_outside()) {
    auto* const table = at.entry->outside<FieldTable>();
    const std::size_t bytes = table->memory_bytes();
    const bool was_there = table->remove(name);
    count_bytes(at, table->memory_bytes() - bytes);
    return was_there;
  }
  bool was_there = false;
  std::size_t begin = 0;
  std::size_t end = 0;
  FlatFields(at.entry->inline_value()).for_each([&](const FieldRef& each, std::size_t from, std::size_t to) {
    if (each.name != name) return true;
    was_there = true;
    begin = from;
    end = to;
    return false;
  });
  if (was_there) splice(at, begin, end, nullptr);
  return was_there;
}

}  // namespace stele::keyspace::store
