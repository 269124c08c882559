#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "keyspace/key.h"
#include "keyspace/waits.h"

namespace stele::keyspace {

// Who waits before which key, in what order? Waiters leave outside of groups, so it has a lock of its own; a
// change costs one load while nobody waits. Threads: any; waiters come within groups over the key.
class WaitTable {
 public:
  using Ticket = std::uint64_t;

  Ticket add(KeyRef key, std::shared_ptr<Waiter> waiter);
  void remove(const Key& key, Ticket ticket);
  bool is_empty() const { return count_.load(std::memory_order_relaxed) == 0; }
  bool has(KeyRef key) const;
  // Whether any of those who wait, before whatever key, waits_for_absence().
  bool has_for_absence() const { return for_absence_.load(std::memory_order_relaxed) > 0; }
  // The first who waits with a ticket beyond that one; null if none does. Tickets begin with 1.
  std::shared_ptr<Waiter> next(KeyRef key, Ticket* ticket) const;

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(KeyRef a, KeyRef b) const { return a < b; }
  };
  using Queue = std::map<Ticket, std::shared_ptr<Waiter>>;

  mutable std::mutex mutex_;
  std::map<Key, Queue, Less> queues_;
  Ticket last_ticket_ = 0;
  std::atomic<std::size_t> count_ = 0;        // of keys with a queue
  std::atomic<std::size_t> for_absence_ = 0;  // of places
};

// The places of one waiter in the queues of several tables.
class WaitPlaces final : public Waiting {
 public:
  ~WaitPlaces() override;
  WaitPlaces() = default;
  WaitPlaces(const WaitPlaces&) = delete;
  WaitPlaces& operator=(const WaitPlaces&) = delete;

  void add(WaitTable& table, KeyRef key, const std::shared_ptr<Waiter>& waiter);

 private:
  struct Place {
    WaitTable& table;
    Key key;
    WaitTable::Ticket ticket;
  };
  std::vector<Place> places_;
};

// Serves who waits before a key that the group has changed, one after the other, while there is something.
void serve_waiters(Group& group, const WaitTable& table, KeyRef key);

}  // namespace stele::keyspace
