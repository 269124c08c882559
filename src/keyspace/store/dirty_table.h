#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/write_behind.h"

namespace stele::keyspace::store {

// What the next cut takes of one object.
struct PendingChanges {
  ChangeSequence generation;
  bool removed = false;
  bool whole = false;
  std::optional<std::size_t> bytes_from;
  std::set<std::string, std::less<>> fields;
  std::size_t bytes = 0;  // about what a flush will write
};

// What of the written-behind objects is not in PostgreSQL yet? One record an object that is dirty: what
// changed since the last cut, and the generation that a flush carried and whose echo is awaited.
//
// Threads: any; a lock a stripe of ids. Changes of one object come within groups over its key.
// Rules: those of the reference. A foreign change beats what no cut has taken; an echo settles only the
// generation that it carries. After a foreign change came between a cut and its echo, the table will hold the
// flush's value and the view the foreign one, so partial changes have no common ground: until the echo is
// back all of the object is written (`diverged`).
class DirtyTable {
 public:
  // What it must know of the object that changed.
  struct Object {
    ObjectId id;
    bool has_row = false;
    std::size_t name_bytes = 0;
    std::size_t string_bytes = 0;  // of a string; 0 of other types
  };

  // The object changed, in its name or expiry alone, …
  void changed(const Object& object, ChangeSequence generation);
  // … in its bytes from `from` on, …
  void bytes_changed(const Object& object, ChangeSequence generation, std::size_t from);
  // … or in one field, whose value has so many bytes now.
  void field_changed(const Object& object, ChangeSequence generation, std::string_view field,
                     std::size_t value_bytes);
  void removed(const Object& object, ChangeSequence generation);
  // It is written behind no longer: what no cut has taken is forgotten.
  void forget(ObjectId id);
  // A foreign change replaces or removes the object. Whether local changes were lost to it.
  bool overridden(ObjectId id);

  // Takes all changes: `fill(object, changes)` completes what goes out for an object that was not removed;
  // false if there is no such object. In a group over everything.
  using Fill = std::function<bool(DirtyObject& object, const PendingChanges& changes)>;
  std::vector<DirtyObject> take(const Fill& fill);
  void give_back(const DirtyObject& object);
  EchoOutcome echo(ObjectId id, ChangeSequence generation);

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  std::size_t pending_bytes() const { return pending_bytes_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kStripes = 16;

  struct Record {
    std::optional<PendingChanges> pending;
    std::optional<ChangeSequence> in_flight;
    bool diverged = false;
  };
  using Records = std::map<ObjectId, Record>;
  struct Stripe {
    std::mutex mutex;
    Records records;
  };

  Stripe& stripe_of(ObjectId id) { return stripes_[id.value() % kStripes]; }
  // The following with the stripe's lock.
  PendingChanges& touch(Stripe& stripe, const Object& object, ChangeSequence generation, std::size_t bytes);
  void forget_pending(Record& record);
  void erase(Stripe& stripe, Records::iterator at);

  std::array<Stripe, kStripes> stripes_;
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::size_t> pending_bytes_ = 0;
};

}  // namespace stele::keyspace::store
