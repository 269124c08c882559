#include "keyspace/store/editor.h"

#include <utility>

#include "base/check.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

// What is freed later, when no shard is held.
constexpr std::size_t kGarbageBlobBytes = 64 * 1024;
constexpr std::size_t kGarbageFields = 256;
constexpr std::size_t kGarbageChunks = 64;
constexpr std::size_t kGarbageStreamParts = 64;

}  // namespace

ChangeSequence Editor::record(const Position& at, ChangeEvent event, ValueType type) {
  last_change_ = store_.next_change();
  at.shard->watches.touch(at.key);
  if (at.shard->waits.has(at.key)) awaited_.push_back({at.hash, Key(at.key)});
  if (store_.is_listened_to()) recorded_.push_back({last_change_, event, type, Key(at.key)});
  return last_change_;
}

void Editor::show() {
  if (!recorded_.empty()) {
    std::vector<Change> changes;
    changes.reserve(recorded_.size());
    for (const auto& [sequence, event, type, key] : recorded_)
      changes.push_back({sequence, event, type, key});
    for (ChangeListener* const listener : store_.listeners) {
      if (listener->is_listening()) listener->on_changes(changes);
    }
    recorded_.clear();
  }
  last_change_ = {};
  bundle_.reset();
}

DirtyTable::Object Editor::dirty_object(const Position& at) const {
  const Entry& entry = *at.entry;
  const std::size_t string_bytes = entry.type() == ValueType::kString ? string_of(entry).size() : 0;
  return {entry.id(), entry.has_row(), at.key.name.size(), string_bytes};
}

void Editor::ensure_id(Position& at) {
  if (at.entry->id() != ObjectId()) return;
  if (!at.entry->has_id()) {
    Entry::Shape shape = at.entry->shape();
    shape.has_id = true;
    replace(at, at.entry->copy(shape, at.entry->name(), at.entry->value_bytes()));
  }
  const ObjectId id = store_.next_id();
  at.entry->set_id(id);
  store_.objects.put(id, at.hash);
}

void Editor::insert(Position& at, Entry* entry) {
  Shard& shard = *at.shard;
  if (at.table == nullptr) {
    const std::size_t db = at.key.db.value();
    if (shard.tables.size() <= db) shard.tables.resize(db + 1);
    shard.tables[db] = std::make_unique<KeyTable>(at.key.db, kShardBits);
    at.table = shard.tables[db].get();
  }
  const std::size_t table_bytes = at.table->memory_bytes();
  const std::optional<WallMs> expires_at = entry->expires_at();
  if (entry->usage() == 0) entry->set_usage(store_.usage.fresh());
  if (shard.eviction.is_searching()) note_evictable(at);
  at.table->insert(at.hash, entry, expiry_mark(first_due(*entry)));
  count_bytes(at, at.table->memory_bytes() - table_bytes + entry->memory_bytes() + outside_bytes(*entry));
  store_.count_keys(shard, at.key.db, 1, true);
  if (expires_at) count_expiry(at, true);
  if (field_expiries(*entry) != nullptr) count_field_expiry(at, true);
  if (entry->id() != ObjectId()) store_.objects.put(entry->id(), at.hash);
  at.entry = at.table->find(at.hash, [&](const Entry& each) { return &each == entry; }, &at.place);
}

void Editor::note_evictable(const Position& at) {
  if (store_.class_of(at.key.name) == KeyClass::kCache) at.shard->eviction.begin_anew();
}

void Editor::replace(Position& at, Entry* entry) {
  Entry* const former = at.entry;
  const std::optional<WallMs> former_expiry = former->expires_at();
  at.table->replace(at.place, entry);
  at.entry = entry;
  count_bytes(at, entry->memory_bytes() - former->memory_bytes());
  set_mark(at, former_expiry);
  // The key may be borrowed from the entry that goes.
  if (at.key.name.data() == former->name().data()) at.key.name = entry->name();
  Entry::free(former);
}

void Editor::count_expiry(Position& at, bool has_expiry) {
  const std::size_t change = has_expiry ? 1 : std::size_t{0} - 1;
  at.shard->keys_with_expiry.add(change);
  if (has_expiry && at.shard->eviction.is_searching()) at.shard->eviction.begin_anew();
  at.table->with_expiry += change;
}

void Editor::count_field_expiry(Position& at, bool has_expiry) {
  const std::size_t change = has_expiry ? 1 : std::size_t{0} - 1;
  at.shard->hashes_with_expiry.add(change);
  at.table->with_field_expiry += change;
}

void Editor::set_mark(Position& at, std::optional<WallMs> former) {
  const std::optional<WallMs> expires_at = at.entry->expires_at();
  if (expires_at == former) return;
  KeyTable::set_mark(at.place, expiry_mark(first_due(*at.entry)));
  if (former.has_value() != expires_at.has_value()) count_expiry(at, expires_at.has_value());
}

void Editor::set_expiry_quietly(Position& at, std::optional<WallMs> expires_at) {
  const std::optional<WallMs> former = at.entry->expires_at();
  if (former == expires_at) return;
  if (expires_at && !at.entry->has_room_for_expiry()) {
    Entry::Shape shape = at.entry->shape();
    shape.has_expiry = true;
    replace(at, at.entry->copy(shape, at.entry->name(), at.entry->value_bytes()));
  }
  at.entry->set_expires_at(expires_at);
  set_mark(at, former);
}

void Editor::free_outside(const Entry& entry) {
  if (!entry.is_outside()) return;
  if (entry.type() == ValueType::kString) {
    auto* const blob = entry.outside<Blob>();
    blob->size() > kGarbageBlobBytes ? store_.garbage.add(entry) : Blob::free(blob);
  } else if (entry.type() == ValueType::kList) {
    auto* const list = entry.outside<List>();
    list->chunks() > kGarbageChunks ? store_.garbage.add(entry) : delete list;
  } else if (entry.type() == ValueType::kSortedSet) {
    auto* const scored = entry.outside<ScoredTable>();
    scored->size() > kGarbageFields ? store_.garbage.add(entry) : delete scored;
  } else if (entry.type() == ValueType::kStream) {
    auto* const stream = entry.outside<stream::Stream>();
    stream->parts() > kGarbageStreamParts ? store_.garbage.add(entry) : delete stream;
  } else {
    auto* const fields = entry.outside<FieldTable>();
    fields->size() > kGarbageFields ? store_.garbage.add(entry) : delete fields;
  }
}

void Editor::erase_quietly(Position& at) {
  Entry* const entry = at.entry;
  const std::size_t table_bytes = at.table->memory_bytes();
  at.table->erase(at.hash, at.place);
  count_bytes(at, at.table->memory_bytes() - table_bytes - entry->memory_bytes() - outside_bytes(*entry));
  store_.count_keys(*at.shard, at.key.db, 1, false);
  if (entry->expires_at()) count_expiry(at, false);
  if (field_expiries(*entry) != nullptr) count_field_expiry(at, false);
  if (entry->id() != ObjectId()) store_.objects.erase(entry->id());
  free_outside(*entry);
  if (at.key.name.data() == entry->name().data()) at.key.name = {};
  Entry::free(entry);
  at.entry = nullptr;
}

void Editor::set_expiry(Position& at, std::optional<WallMs> expires_at) {
  set_expiry_quietly(at, expires_at);
  const bool is_behind = is_written_behind_here(at);
  if (is_behind) ensure_id(at);
  const ChangeSequence change =
      record(at, expires_at ? ChangeEvent::kExpire : ChangeEvent::kPersist, at.entry->type());
  if (is_behind) store_.dirty.changed(bundle_, dirty_object(at), change);
}

void Editor::erase(Position& at, ChangeEvent event) {
  const ChangeSequence change = record(at, event, ValueType::kNone);
  if (event == ChangeEvent::kExpired) at.shard->expired.add(1);
  if (event == ChangeEvent::kEvicted) at.shard->evicted.add(1);
  if (at.entry->id() != ObjectId()) {
    if (is_written_behind_here(at)) {
      store_.dirty.removed(bundle_, dirty_object(at), change);
    } else {
      // Its class has changed since: what was not flushed is cache now.
      store_.dirty.forget(at.entry->id());
    }
  }
  erase_quietly(at);
}

void Editor::rename(Position& from, Position& to) {
  const bool was_behind = is_written_behind_here(from);
  const bool will_be_behind = is_written_behind_here(to);
  const ChangeSequence from_change = record(from, ChangeEvent::kRenameFrom, ValueType::kNone);
  Entry::Shape shape = from.entry->shape();
  // Out of a class that is written behind, and back later: another object, since the row of this one goes.
  const bool keeps_id = was_behind == will_be_behind;
  if (!keeps_id) {
    if (was_behind && shape.has_id) store_.dirty.removed(bundle_, dirty_object(from), from_change);
    if (!was_behind && shape.has_id) store_.dirty.forget(from.entry->id());
    shape.has_id = will_be_behind;
    shape.has_row = shape.has_row && !was_behind && will_be_behind;
  }
  Entry* const moved = from.entry->copy(shape, to.key.name, from.entry->value_bytes());
  if (!keeps_id && shape.has_id) moved->set_id(store_.next_id());
  // The value is the copy's now.
  count_bytes(from, -outside_bytes(*from.entry));
  if (field_expiries(*from.entry) != nullptr) count_field_expiry(from, false);
  from.entry->set_outside(false);
  erase_quietly(from);
  // The removal may have moved the table's entries, and the table be gone with its last.
  to = store_.find(to.key, to.hash);
  STELE_CHECK(to.entry == nullptr);
  insert(to, moved);
  const ChangeSequence change = record(to, ChangeEvent::kRenameTo, moved->type());
  if (will_be_behind) {
    ensure_id(to);
    store_.dirty.changed(bundle_, dirty_object(to), change);
  }
}

std::size_t Editor::flush(DatabaseNumber db) {
  std::size_t removed = 0;
  for (std::size_t i = 0; i < kShards; ++i) {
    Shard& shard = store_.shard(i);
    KeyTable* const table = shard.table(db);
    if (table == nullptr) continue;
    if (store_.is_plain() && shard.watches.is_empty() && shard.waits.is_empty()) {
      const std::size_t count = table->size();
      removed += count;
      if (count == 0) continue;
      store_.skip_changes(count);
      last_change_ = store_.last_change();
      store_.drop_table(shard, db);
      continue;
    }
    std::vector<std::pair<std::uint64_t, std::string>> names;
    table->walk(
        0,
        [&](const Entry& entry) {
          if (store_.class_of(entry.name()) == KeyClass::kMapped) return;
          names.emplace_back(hash_of(KeyRef{db, entry.name()}), entry.name());
        },
        [] { return false; });
    for (const auto& [hash, name] : names) {
      Position at = store_.find({db, name}, hash);
      erase(at, ChangeEvent::kFlush);
    }
    removed += names.size();
  }
  return removed;
}

void Editor::put(Position& at, const Value& value, std::optional<ObjectId> id) {
  const KeyClass key_class = store_.class_of(at.key.name);
  if (id) {
    // Renamed by SQL: it leaves its former name.
    Position elsewhere = store_.find(*id);
    if (elsewhere.entry != nullptr && elsewhere.key != at.key) {
      erase_applied(elsewhere);
      at = store_.find(at.key, at.hash);
    }
    store_.pass_id(*id);
  }
  if (at.entry != nullptr) {
    if (at.entry->id() != ObjectId() && store_.dirty.overridden(at.entry->id())) ++store_.overridden;
    erase_quietly(at);
    at = store_.find(at.key, at.hash);
  }
  if (id && store_.dirty.overridden(*id)) ++store_.overridden;
  if (!id && is_written_behind(key_class)) id = store_.next_id();
  const bool is_stream = value.type == ValueType::kStream;
  const Entry::Shape shape = {.type = value.type,
                              .is_outside = is_stream,
                              .has_expiry = key_class != KeyClass::kMapped && value.expires_at.has_value(),
                              .has_id = id.has_value(),
                              .has_row = id.has_value()};
  const bool is_list = value.type == ValueType::kList;
  const std::size_t bytes = is_list ? FlatList::kHeaderBytes : (is_stream ? sizeof(stream::Stream*) : 0);
  Entry* const entry = Entry::make(shape, at.key.name, bytes);
  if (is_stream) entry->set_outside_address(make_stream().release());
  if (is_list) FlatList::write(entry->value(), {});
  if (id) entry->set_id(*id);
  entry->set_expires_at(value.expires_at);
  insert(at, entry);
  if (value.type == ValueType::kString) {
    write_string(at, value.string, entry->expires_at());
  } else if (value.type == ValueType::kList) {
    load_list(at, value.elements);
  }
  if (is_stream) {
    load_stream(at, value.fields);
    record(at, ChangeEvent::kApplied, value.type);
    return;
  }
  for (const Field& field : value.fields) {
    put_element(at, {field.name, field.value});
    const std::string_view name = field.name;
    if (field.expires_at && value.type == ValueType::kHash)
      set_field_expiries_quietly(at, std::span(&name, 1), field.expires_at);
  }
  record(at, ChangeEvent::kApplied, value.type);
}

void Editor::erase_applied(Position& at) {
  if (at.entry->id() != ObjectId() && store_.dirty.overridden(at.entry->id())) ++store_.overridden;
  record(at, ChangeEvent::kApplied, ValueType::kNone);
  erase_quietly(at);
}

}  // namespace stele::keyspace::store
