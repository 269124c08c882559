#include "keyspace/wait_table.h"

#include <utility>

#include "keyspace/keyspace.h"

namespace stele::keyspace {

WaitTable::Ticket WaitTable::add(KeyRef key, std::shared_ptr<Waiter> waiter) {
  const std::lock_guard lock(mutex_);
  if (waiter->waits_for_absence()) for_absence_.fetch_add(1, std::memory_order_relaxed);
  queues_[Key(key)].emplace(++last_ticket_, std::move(waiter));
  count_.store(queues_.size(), std::memory_order_relaxed);
  return last_ticket_;
}

void WaitTable::remove(const Key& key, Ticket ticket) {
  std::shared_ptr<Waiter> gone;  // after the lock: its end may be anybody's code
  const std::lock_guard lock(mutex_);
  const auto queue = queues_.find(key);
  const auto at = queue->second.find(ticket);
  gone = std::move(at->second);
  if (gone->waits_for_absence()) for_absence_.fetch_sub(1, std::memory_order_relaxed);
  queue->second.erase(at);
  if (queue->second.empty()) queues_.erase(queue);
  count_.store(queues_.size(), std::memory_order_relaxed);
}

bool WaitTable::has(KeyRef key) const {
  if (is_empty()) return false;
  const std::lock_guard lock(mutex_);
  return queues_.find(key) != queues_.end();
}

std::shared_ptr<Waiter> WaitTable::next(KeyRef key, Ticket* ticket) const {
  const std::lock_guard lock(mutex_);
  const auto queue = queues_.find(key);
  if (queue == queues_.end()) return nullptr;
  for (auto at = queue->second.upper_bound(*ticket); at != queue->second.end(); ++at) {
    if (!at->second->is_waiting()) continue;
    *ticket = at->first;
    return at->second;
  }
  return nullptr;
}

WaitPlaces::~WaitPlaces() {
  for (const Place& place : places_) place.table.remove(place.key, place.ticket);
}

void WaitPlaces::add(WaitTable& table, KeyRef key, const std::shared_ptr<Waiter>& waiter) {
  places_.push_back({table, Key(key), table.add(key, waiter)});
}

void serve_waiters(Group& group, const WaitTable& table, KeyRef key) {
  WaitTable::Ticket ticket = 0;
  while (const std::shared_ptr<Waiter> waiter = table.next(key, &ticket)) {
    const Waiter::Readiness readiness = waiter->readiness(group, key);
    if (readiness == Waiter::Readiness::kNo) continue;
    if (readiness == Waiter::Readiness::kYes) {
      if (!waiter->try_claim()) continue;
      waiter->serve(group, key);
    }
    waiter->wake();
    // With the last of it gone nobody else has a chance.
    if (table.has_for_absence()) continue;
    const auto exists = group.keys().exists(key);
    if (!exists || !*exists) return;
  }
}

}  // namespace stele::keyspace
