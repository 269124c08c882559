#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
  std::map<std::int64_t, std::int64_t> positions;  // of a list: from, and beyond; they do not touch
  std::size_t bytes = 0;                           // about what a flush will write
  std::uint32_t bundle = 0;                        // an element of Bundles
  std::uint32_t round = 0;                         // of the cut that takes it
};

// Which objects are committed together? Disjoint sets of pending objects, by the groups that wrote them; it
// begins anew with each cut. Threads: any; locked.
class Bundles {
 public:
  std::uint32_t make();
  void unite(std::uint32_t one, std::uint32_t other);
  std::uint32_t root_of(std::uint32_t bundle);
  void clear();
  // What there is becomes the other's, whose own is forgotten.
  void move_to(Bundles& other);

 private:
  std::uint32_t find_root(std::uint32_t bundle);

  std::mutex mutex_;
  std::vector<std::uint32_t> parents_;  // a root is its own
};

// What of the written-behind objects is not in PostgreSQL yet? One record an object that is dirty: what
// changed since the last cut, and the generation that a flush carried and whose echo is awaited.
//
// Threads: any; a lock a stripe of ids. Changes of one object come within groups over its key; each group has
// a Bundle of its own.
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

  // What one group changed, once it changed something.
  using Bundle = std::optional<std::uint32_t>;

  // The object changed, in its name or expiry alone, …
  void changed(Bundle& group, const Object& object, ChangeSequence generation);
  // … in its bytes from `from` on, …
  void bytes_changed(Bundle& group, const Object& object, ChangeSequence generation, std::size_t from);
  // … or in one named element, whose value has so many bytes now.
  void field_changed(Bundle& group, const Object& object, ChangeSequence generation, std::string_view field,
                     std::size_t value_bytes);
  // Some at once; with so many bytes of values.
  void fields_changed(Bundle& group, const Object& object, ChangeSequence generation,
                      std::span<const std::string> fields, std::size_t value_bytes);
  // The elements of a list at these positions; with is_replaced also all others.
  void positions_changed(Bundle& group, const Object& object, ChangeSequence generation,
                         std::span<const std::pair<std::int64_t, std::int64_t>> spans, std::size_t bytes,
                         bool is_replaced);
  void removed(Bundle& group, const Object& object, ChangeSequence generation);
  // It is written behind no longer: what no cut has taken is forgotten.
  void forget(ObjectId id);
  // A foreign change replaces or removes the object. Whether local changes were lost to it.
  bool overridden(ObjectId id);

  // A cut is taken object by object. It begins in a group over everything, which is short: what changes from
  // here on is the next cut's. Until it has ended whoever finds an object takes it before it may be changed,
  // and whoever makes the cut takes the rest.
  // `fill(object, changes)` completes what goes out for an object that was not removed; false if there is no
  // such object.
  using Fill = std::function<bool(DirtyObject& object, const PendingChanges& changes)>;
  void begin_cut();
  bool is_cutting() const { return is_cutting_.load(std::memory_order_relaxed); }
  // In a group over the object's key.
  void take(ObjectId id, const Fill& fill);
  // Another that is to be taken; those that were removed are taken on the way. None: all are.
  std::optional<ObjectId> next_to_take();
  // Once all are taken.
  std::vector<DirtyObject> end_cut();
  // All of a cut that was not committed.
  void give_back(const std::vector<DirtyObject>& objects);
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
  PendingChanges& touch(Stripe& stripe, Bundle& group, const Object& object, ChangeSequence generation,
                        std::size_t bytes);
  void forget_pending(Record& record);
  bool is_to_be_taken(const Record& record) const {
    return record.pending && record.pending->round != round_;
  }
  void take(Stripe& stripe, Records::iterator at, const Fill& fill);
  // The bundle that it has now, if what is given back has a part in it.
  Bundle give_back(const DirtyObject& object);
  void erase(Stripe& stripe, Records::iterator at);

  std::array<Stripe, kStripes> stripes_;
  Bundles bundles_;
  Bundles cut_bundles_;  // of the cut that is made
  std::atomic<std::uint32_t> round_ = 0;
  std::atomic<bool> is_cutting_ = false;
  std::mutex taken_mutex_;
  std::vector<DirtyObject> taken_;
  std::size_t next_stripe_ = 0;  // where next_to_take() goes on: the cut's maker's
  ObjectId next_id_;
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::size_t> pending_bytes_ = 0;
};

}  // namespace stele::keyspace::store
