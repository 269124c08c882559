#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

#include "keyspace/change.h"
#include "keyspace/key_class.h"
#include "keyspace/keyspace.h"
#include "keyspace/reference/dirty_table.h"
#include "keyspace/reference/object.h"
#include "keyspace/stream/edit.h"
#include "keyspace/usage_clock.h"

namespace stele::keyspace::reference {

// What lies where, and what follows from a change of it: its number, its event, its place among the dirty
// objects, its memory. Commands are built on these few steps and never touch an object past them.
//
// Threads: only within the exclusive group or whoever holds the keyspace's gate.
class Store {
 public:
  Store(const Clock& clock, ObjectId first_object_id, std::uint64_t random_seed);

  KeyClass class_of(KeyRef key) const { return classes_.of(key.name); }
  void set_classes(KeyClasses classes) { classes_ = std::move(classes); }

  // The object, though its time may be over. Null without one; valid until it is erased.
  Object* find(KeyRef key);
  Object* find(ObjectId id);

  // Steps of commands: each is one change. The key of an insertion is free.
  Object& insert_string(KeyRef key, std::string_view value, ChangeEvent event);
  // Of a type whose elements are fields: hashes, sets, sorted sets.
  Object& insert_fields(KeyRef key, ValueType type, std::span<const FieldRef> fields, ChangeEvent event);
  void assign(Object& object, std::string_view value, ChangeEvent event);
  void append(Object& object, std::string_view tail);
  // The whole string anew, of which the bytes before `from` are as they were.
  void overwrite(Object& object, std::size_t from, std::string_view whole, ChangeEvent event);
  void set_fields(Object& object, std::span<const FieldRef> fields, ChangeEvent event);
  void remove_fields(Object& object, std::span<const std::string_view> fields, ChangeEvent event);
  // Fields that are there; quietly as part of the step before.
  void set_field_expiries(Object& object, std::span<const std::string_view> fields, std::optional<WallMs> at,
                          ChangeEvent event);
  void set_field_expiry_quietly(Object& object, std::string_view field, std::optional<WallMs> at);
  // Removes the fields whose time is over. How many; the object goes with its last.
  std::size_t expire_fields(Object& object, WallMs now);
  // Elements of a list that are set and removed, by position; one without elements goes. With `key` as its
  // name where there was none.
  struct ListEdit {
    std::vector<ListElement> set;
    std::vector<std::int64_t> removed;
  };
  Object& insert_list(KeyRef key) { return insert(key, ValueType::kList, std::nullopt); }
  void edit_list(Object& object, const ListEdit& edit, ChangeEvent event);
  // A stream; what changed there was done already.
  Object& insert_stream(KeyRef key);
  void edit_stream(Object& object, const stream::Edit& edit, ChangeEvent event);
  // Part of the step before, without an event of its own.
  void set_expiry_quietly(Object& object, std::optional<WallMs> at);
  void set_expiry(Object& object, std::optional<WallMs> at);
  void erase(Object& object, ChangeEvent event);
  void rename(Object& object, KeyRef to);  // `to` is free

  // Steps of the applier: the store follows PostgreSQL and owes it nothing.
  void put(KeyRef key, Value value, std::optional<ObjectId> id);
  void erase_applied(Object& object);

  // Objects in hash order from a position on; null at the end.
  const Object* at_or_after(DatabaseNumber db, std::uint64_t position) const;
  const Object* after(const Object& object) const;
  std::optional<Key> earliest_expiring(WallMs until) const;
  std::optional<Key> with_expiring_field(WallMs until) const;
  std::vector<DatabaseNumber> databases() const;
  std::size_t size(DatabaseNumber db) const;

  // The changes since the last call.
  struct Recorded {
    ChangeSequence sequence;
    ChangeEvent event;
    ValueType type;
    Key key;
  };
  std::vector<Recorded> take_changes();
  ChangeSequence last_change() const { return last_change_; }

  DirtyTable& dirty() { return dirty_; }
  std::mt19937_64& random() { return random_; }
  UsageClock& usage() { return usage_; }
  // The key that goes first with a policy; null = none may.
  Object* worst(EvictionPolicy policy);
  std::size_t used_memory_bytes() const { return used_memory_bytes_; }
  KeyspaceStats stats() const;

 private:
  using Place = std::pair<std::uint64_t, std::string>;  // position, name: hash order
  using Database = std::map<Place, Object>;

  Object& insert(KeyRef key, ValueType type, std::optional<ObjectId> id);
  void erase_object(Object& object);
  ChangeSequence record(KeyRef key, ChangeEvent event, ValueType type);
  bool is_written_behind_key(KeyRef key) const { return is_written_behind(class_of(key)); }
  void set_string(Object& object, std::string value);
  void set_field(Object& object, std::string_view name, std::string_view value);
  void count_stream(Object& object);
  void set_element(Object& object, std::int64_t position, std::string_view bytes);
  // Both keep used_memory_bytes_ the sum over all objects.
  void grow(Object& object, std::size_t bytes);
  void shrink(Object& object, std::size_t bytes);
  void override_local(ObjectId id);

  KeyClasses classes_;
  std::map<DatabaseNumber, Database> databases_;
  std::map<ObjectId, Key> names_;
  std::set<std::tuple<WallMs, DatabaseNumber, std::string>> expiries_;
  std::set<std::tuple<WallMs, DatabaseNumber, std::string, std::string>> field_expiries_;
  DirtyTable dirty_;
  ObjectId next_id_;
  ChangeSequence last_change_;
  std::vector<Recorded> changes_;
  std::size_t used_memory_bytes_ = 0;
  std::uint64_t expired_ = 0;
  std::uint64_t evicted_ = 0;
  std::uint64_t overridden_ = 0;
  std::mt19937_64 random_;
  UsageClock usage_;
};

}  // namespace stele::keyspace::reference
