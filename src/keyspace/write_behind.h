#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/strong_id.h"
#include "keyspace/change.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// The identity of a value through renames: redis.key.id, so that RENAME touches one row. A SET over a value
// of the same type keeps it; a removal and a new value make another.
struct ObjectTag;
using ObjectId = StrongId<ObjectTag>;

// What a flusher writes for one object: what changed since the cut before, never more.
struct DirtyObject {
  ObjectId id;
  ChangeSequence generation;  // its last change below the cut; comes back with the echo
  // Those of one cut with the same number were changed by one group, or by several that have an object in
  // common: they are committed together or not at all, else a group would be split. 0: it is alone. An object
  // that was removed since is in none of its former groups.
  std::uint32_t bundle = 0;
  bool removed = false;  // delete the row; nothing below is set
  // There may be no row yet, or another's elements in it: upsert the row and replace all of its elements.
  bool whole = false;
  Key key;  // its present name
  ValueType type = ValueType::kNone;
  std::optional<WallMs> expires_at;

  bool value_changed = false;  // kString: `string` replaces the bytes from `string_from` on
  std::size_t string_from = 0;
  std::string string;
  // Of types with named elements (Value::fields): those that are new or have another value, and those that
  // are gone.
  std::vector<Field> fields_set;
  std::vector<std::string> fields_removed;
  // kList: rows that are new or other ones, and spans of positions (the second is beyond) without rows.
  std::vector<ListElement> elements_set;
  std::vector<std::pair<std::int64_t, std::int64_t>> positions_removed;

  bool operator==(const DirtyObject&) const = default;
};

// The written-behind classes at one moment between two groups: all objects changed since the last cut, so
// that what a flush commits is a prefix of the command order and a group is never split. Removed objects
// come first, then by id.
struct Cut {
  ChangeSequence sequence;  // every change up to this one is in this cut or an earlier one
  std::vector<DirtyObject> objects;
};

// What our own flush, come back by the stream, means for an object.
enum class EchoOutcome : std::uint8_t {
  kSettled,     // nothing changed since: the object is clean
  kSuperseded,  // changed here since: the next cut carries it, the echo says nothing
  kApply,       // a foreign change came between: apply the row, so that view and table agree
};

}  // namespace stele::keyspace
