#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "keyspace/reference/object.h"
#include "keyspace/write_behind.h"

namespace stele::keyspace::reference {

// What the next cut takes of one object.
struct PendingChanges {
  ChangeSequence generation;
  bool removed = false;
  bool whole = false;
  std::optional<std::size_t> bytes_from;
  std::set<std::string, std::less<>> fields;
  std::set<std::int64_t> positions;  // of a list
  std::size_t bytes = 0;             // about what a flush will write
  std::uint32_t bundle = 0;          // an element of DirtyTable's disjoint sets
};

// What of the written-behind objects is not in PostgreSQL yet? One record an object that is dirty: what
// changed since the last cut, and the generation that a flush carried and whose echo is awaited.
//
// Threads: only within the exclusive group or whoever holds the keyspace's gate.
// Rules: design of the write-behind classes. A foreign change beats what no cut has taken; an echo settles
// only the generation that it carries. After a foreign change came between a cut and its echo, the table will
// hold the flush's value and the view the foreign one, so partial changes have no common ground: until the
// echo is back all of the object is written (`diverged`).
class DirtyTable {
 public:
  // The object changed, in its name or expiry alone, …
  void changed(const Object& object, ChangeSequence generation);
  // … in its bytes from `from` on, …
  void bytes_changed(const Object& object, ChangeSequence generation, std::size_t from);
  // … or in one named element.
  void field_changed(const Object& object, ChangeSequence generation, std::string_view field);
  // Some rows of a stream, with so many bytes of values.
  void fields_changed(const Object& object, ChangeSequence generation, const std::vector<std::string>& fields,
                      std::size_t value_bytes);
  // The same for the element at a position of a list.
  void element_changed(const Object& object, ChangeSequence generation, std::int64_t position);
  void removed(const Object& object, ChangeSequence generation);
  // What changes from here on is another group's.
  void end_group() { group_.reset(); }
  // A foreign change replaces or removes the object. Whether local changes were lost to it.
  bool overridden(ObjectId id);

  // Takes all changes; `find` gives the object of an id.
  std::vector<DirtyObject> take(const std::function<Object*(ObjectId)>& find);
  // All of a cut that was not committed.
  void give_back(const std::vector<DirtyObject>& objects);
  EchoOutcome echo(ObjectId id, ChangeSequence generation);

  std::size_t size() const { return records_.size(); }
  std::size_t pending_bytes() const { return pending_bytes_; }

 private:
  struct Record {
    std::optional<PendingChanges> pending;
    std::optional<ChangeSequence> in_flight;
    bool diverged = false;
  };

  PendingChanges& touch(const Object& object, ChangeSequence generation, std::size_t bytes);
  void forget_pending(Record& record);
  PendingChanges* give_back(const DirtyObject& object);
  // Disjoint sets of pending objects, by the groups that wrote them.
  std::uint32_t new_bundle();
  std::uint32_t root_of(std::uint32_t bundle);
  std::uint32_t unite(std::uint32_t one, std::uint32_t other);

  std::map<ObjectId, Record> records_;
  std::size_t pending_bytes_ = 0;
  std::vector<std::uint32_t> bundles_;  // each one's parent; a root is its own. Begins anew with each cut.
  std::optional<std::uint32_t> group_;  // the bundle of the group under way, once it changed something
};

}  // namespace stele::keyspace::reference
