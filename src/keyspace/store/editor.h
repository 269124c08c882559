#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "keyspace/change.h"
#include "keyspace/lists.h"
#include "keyspace/store/list.h"
#include "keyspace/store/store.h"
#include "keyspace/stream/edit.h"
#include "keyspace/stream/stream.h"

namespace stele::keyspace::store {

// What follows from a change within one group: its number, its event, its place among the dirty objects, its
// memory, its watches. Commands are built on these few steps and never change an entry past them.
//
// Threads: the group's, which holds the shards of all positions. Each step leaves its position valid.
class Editor {
 public:
  explicit Editor(Store& store) : store_(store) {}

  // A string, over a string or where nothing is; with this expiry, as part of the step.
  void put_string(Position& at, std::string_view value, std::optional<WallMs> expires_at, ChangeEvent event);
  void append(Position& at, std::string_view tail);
  // Of a string that is there; zeros before `from` where it was shorter.
  void overwrite(Position& at, std::size_t from, std::string_view bytes, ChangeEvent event);
  // Fields of a hash, of a new one where nothing is. How many are new.
  std::size_t set_fields(Position& at, std::span<const FieldRef> fields, ChangeEvent event);
  // How many there were; a hash without fields goes.
  std::size_t remove_fields(Position& at, std::span<const std::string_view> fields,
                            ChangeEvent event = ChangeEvent::kHashDelete);
  // Of fields that are there. The first is part of the step before, and tells nobody.
  void set_field_expiries_quietly(Position& at, std::span<const std::string_view> fields,
                                  std::optional<WallMs> expires_at);
  void set_field_expiries(Position& at, std::span<const std::string_view> fields,
                          std::optional<WallMs> expires_at);
  // Removes fields whose time is over, at most so many. How many.
  std::size_t expire_fields(Position& at, WallMs now, std::size_t limit);
  // Elements at an end of a list, of a new one where nothing is.
  void push(Position& at, ListEnd end, std::span<const std::string_view> values);
  // So many, which are there, behind those that are skipped; a list without elements goes.
  void pop(Position& at, ListEnd end, std::size_t count, std::size_t skipped = 0);
  void set_element(Position& at, std::size_t index, std::string_view value);
  void insert_element(Position& at, std::size_t index, std::string_view value);
  // Those with these indices, which grow.
  void remove_elements(Position& at, std::span<const std::size_t> indices);
  // All but `count` from `first` on.
  void trim(Position& at, std::size_t first, std::size_t count);
  // Members of a set, of a new one where nothing is. How many are new; without any, nothing happened.
  std::size_t add_members(Position& at, std::span<const std::string_view> members, ChangeEvent event);
  // How many there were; a set without members goes.
  std::size_t remove_members(Position& at, std::span<const std::string_view> members, ChangeEvent event);
  // The same for a sorted set. No two have the same name; each is new or has another score.
  void set_scores(Position& at, std::span<const ScoredRef> members, ChangeEvent event);
  std::size_t remove_scored(Position& at, std::span<const std::string_view> members, ChangeEvent event);
  // Where nothing is; a change of it follows.
  stream::Stream& create_stream(Position& at);
  // What was done to a stream already.
  void edit_stream(Position& at, const stream::Edit& edit, ChangeEvent event);
  void set_expiry(Position& at, std::optional<WallMs> expires_at);
  void erase(Position& at, ChangeEvent event);
  // `to` is free.
  void rename(Position& from, Position& to);
  // All keys of a database but the mapped ones, of which there are none if the store is_plain(): at once
  // then, to be freed later. How many.
  std::size_t flush(DatabaseNumber db);

  // Steps of the applier: the store follows PostgreSQL and owes it nothing.
  void put(Position& at, const Value& value, std::optional<ObjectId> id);
  void erase_applied(Position& at);

  ChangeSequence last_change() const { return last_change_; }
  // What changes from here on has nothing to do with what changed before: for flushes.
  void end_bundle() { bundle_.reset(); }
  // Keys that were changed and before which somebody waits, since the last call; with their hashes.
  std::vector<std::pair<std::uint64_t, Key>> take_awaited() { return std::exchange(awaited_, {}); }
  bool has_awaited() const { return !awaited_.empty(); }
  // What was recorded goes to the listeners.
  void show();

 private:
  struct Recorded {
    ChangeSequence sequence;
    ChangeEvent event;
    ValueType type;
    Key key;
  };

  ChangeSequence record(const Position& at, ChangeEvent event, ValueType type);
  bool is_written_behind_here(const Position& at) const {
    return is_written_behind(store_.class_of(at.key.name));
  }
  DirtyTable::Object dirty_object(const Position& at) const;
  // An id for an object that is written behind from now on.
  void ensure_id(Position& at);

  // Memory of the position's table, come (or gone: modulo 2^64).
  static void count_bytes(Position& at, std::size_t bytes) {
    at.shard->count_bytes(bytes);
    at.table->counted_bytes += bytes;
  }
  // A key came that may go: the search for such keys has found that there are none, so far.
  void note_evictable(const Position& at);
  static void count_expiry(Position& at, bool has_expiry);
  static void count_field_expiry(Position& at, bool has_expiry);

  // Puts an entry where there is none.
  void insert(Position& at, Entry* entry);
  // Puts it in the place of the present one, which is freed; what lies outside is the new one's.
  void replace(Position& at, Entry* entry);
  void erase_quietly(Position& at);
  void set_expiry_quietly(Position& at, std::optional<WallMs> expires_at);
  void set_mark(Position& at, std::optional<WallMs> former);
  void free_outside(const Entry& entry);

  void append_quietly(Position& at, std::string_view tail);
  void note_bytes(Position& at, ChangeEvent event, std::size_t from);
  void write_string(Position& at, std::string_view value, std::optional<WallMs> expires_at);
  bool set_field(Position& at, const FieldRef& field);
  // Whether it is new; nothing where the hash has too many fields to stay flat.
  std::optional<bool> set_flat_field(Position& at, const FieldRef& field);
  bool remove_field(Position& at, std::string_view name);
  // After the expiries of fields have changed; whether the hash had any before.
  void end_field_expiries(Position& at, bool had_any);
  // An element of an entry of any type that has them.
  void put_element(Position& at, const FieldRef& field);
  bool add_member(Position& at, std::string_view member);
  // Whether it is new; nothing where the set cannot stay one of integers, and is none any more.
  std::optional<bool> add_integer(Position& at, std::string_view member);
  void remove_member(Position& at, std::string_view member);
  void write_flat(Position& at, std::string_view bytes);
  void set_score(Position& at, const ScoredRef& member);
  // False where the sorted set has too many members to stay flat.
  bool set_flat_score(Position& at, const ScoredRef& member);
  void make_scored_table(Position& at);
  bool remove_scored(Position& at, std::string_view member);
  // Of a write: the entry is there, of that type.
  void begin_write(Position& at, ValueType type);
  // The range of a flat value becomes that field (or nothing).
  void splice(Position& at, std::size_t begin, std::size_t end, const FieldRef* field_or_null);
  void splice(Position& at, std::size_t begin, std::size_t end, std::string_view bytes);
  // What was flat lies there now.
  template <class Table>
  void put_outside(Position& at, Table* table) {
    Entry::Shape shape = at.entry->shape();
    shape.is_outside = true;
    Entry* const entry = at.entry->copy(shape, at.entry->name(), sizeof(Table*));
    entry->set_outside_address(table);
    count_bytes(at, table->memory_bytes());
    replace(at, entry);
  }
  void make_table(Position& at);
  void mark_field_dirty(Position& at, ChangeSequence change, std::string_view field);

  // What a list's change does to its elements; notes the rows that are others by that in spans_.
  void insert_quietly(Position& at, std::size_t index, std::string_view value);
  void remove_quietly(Position& at, std::size_t index, std::size_t count);
  template <class Use>
  void edit_list(Position& at, Use use);
  void make_list(Position& at);
  void load_list(Position& at, std::span<const ListElement> elements);
  static std::unique_ptr<stream::Stream> make_stream();
  void load_stream(Position& at, std::span<const Field> rows);
  // Brings its account up to date.
  static void count_stream(Position& at);
  // The event of what was done, and what follows; `bytes` of values came.
  void end_list_change(Position& at, ChangeEvent event, std::size_t bytes);
  // As List's; says no for the future.
  static bool take_renumbered(Entry& entry);

  Store& store_;
  PositionSpans spans_;
  ChangeSequence last_change_;
  DirtyTable::Bundle bundle_;
  std::vector<Recorded> recorded_;
  std::vector<std::pair<std::uint64_t, Key>> awaited_;
};

}  // namespace stele::keyspace::store
