#include "keyspace/store/dirty_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stele::keyspace::store {

PendingChanges& DirtyTable::touch(Stripe& stripe, const Object& object, ChangeSequence generation,
                                  std::size_t bytes) {
  const auto [at, is_new] = stripe.records.try_emplace(object.id);
  if (is_new) size_.fetch_add(1, std::memory_order_relaxed);
  Record& record = at->second;
  if (!record.pending) {
    record.pending.emplace();
    record.pending->whole = !object.has_row || record.diverged;
    bytes += object.name_bytes;
    // Nothing of it is in the table, so that all of it will be written.
    if (record.pending->whole) bytes += object.string_bytes;
  }
  record.pending->generation = generation;
  record.pending->bytes += bytes;
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  return *record.pending;
}

void DirtyTable::forget_pending(Record& record) {
  if (!record.pending) return;
  pending_bytes_.fetch_sub(record.pending->bytes, std::memory_order_relaxed);
  record.pending.reset();
}

void DirtyTable::erase(Stripe& stripe, Records::iterator at) {
  stripe.records.erase(at);
  size_.fetch_sub(1, std::memory_order_relaxed);
}

void DirtyTable::changed(const Object& object, ChangeSequence generation) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  touch(stripe, object, generation, 0);
}

void DirtyTable::bytes_changed(const Object& object, ChangeSequence generation, std::size_t from) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  PendingChanges& pending = touch(stripe, object, generation, object.string_bytes - from);
  pending.bytes_from = std::min(pending.bytes_from.value_or(from), from);
}

void DirtyTable::field_changed(const Object& object, ChangeSequence generation, std::string_view field,
                               std::size_t value_bytes) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  touch(stripe, object, generation, field.size() + value_bytes).fields.emplace(field);
}

void DirtyTable::removed(const Object& object, ChangeSequence generation) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(object.id);
  if (at != stripe.records.end()) forget_pending(at->second);
  if (!object.has_row) {
    // No row to delete: PostgreSQL never hears of it.
    if (at != stripe.records.end()) erase(stripe, at);
    return;
  }
  touch(stripe, object, generation, 0).removed = true;
}

void DirtyTable::forget(ObjectId id) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(id);
  if (at == stripe.records.end()) return;
  forget_pending(at->second);
  if (!at->second.in_flight) erase(stripe, at);
}

bool DirtyTable::overridden(ObjectId id) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(id);
  if (at == stripe.records.end()) return false;
  Record& record = at->second;
  const bool lost = record.pending.has_value();
  forget_pending(record);
  if (record.in_flight) {
    record.diverged = true;
  } else {
    erase(stripe, at);
  }
  return lost;
}

std::vector<DirtyObject> DirtyTable::take(const Fill& fill) {
  std::vector<DirtyObject> taken;
  for (Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    for (auto at = stripe.records.begin(); at != stripe.records.end();) {
      const auto each = at++;
      Record& record = each->second;
      if (!record.pending) continue;
      const PendingChanges pending = *std::exchange(record.pending, std::nullopt);
      pending_bytes_.fetch_sub(pending.bytes, std::memory_order_relaxed);
      DirtyObject dirty;
      dirty.id = each->first;
      dirty.generation = pending.generation;
      dirty.removed = pending.removed;
      dirty.whole = !pending.removed && pending.whole;
      if (!pending.removed && !fill(dirty, pending)) {
        if (!record.in_flight) erase(stripe, each);
        continue;
      }
      record.in_flight = pending.generation;
      record.diverged = false;  // all of it goes out
      taken.push_back(std::move(dirty));
    }
  }
  std::sort(taken.begin(), taken.end(), [](const DirtyObject& a, const DirtyObject& b) {
    return std::pair(!a.removed, a.id) < std::pair(!b.removed, b.id);
  });
  return taken;
}

void DirtyTable::give_back(const DirtyObject& object) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(object.id);
  // A foreign change took its place: there is nothing left to write.
  if (at == stripe.records.end() || at->second.in_flight != object.generation) return;
  Record& record = at->second;
  record.in_flight.reset();
  if (std::exchange(record.diverged, false) && !record.pending) return erase(stripe, at);
  if (!record.pending) {
    record.pending.emplace();
    record.pending->generation = object.generation;
    record.pending->removed = object.removed;
  }
  PendingChanges& pending = *record.pending;
  pending.whole = pending.whole || object.whole;
  if (object.value_changed) {
    pending.bytes_from = std::min(pending.bytes_from.value_or(object.string_from), object.string_from);
  }
  for (const Field& field : object.fields_set) pending.fields.insert(field.name);
  for (const std::string& name : object.fields_removed) pending.fields.insert(name);
  std::size_t bytes = object.key.name.size() + object.string.size();
  for (const Field& field : object.fields_set) bytes += field.name.size() + field.value.size();
  pending.bytes += bytes;
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

EchoOutcome DirtyTable::echo(ObjectId id, ChangeSequence generation) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(id);
  if (at == stripe.records.end()) return EchoOutcome::kApply;
  Record& record = at->second;
  const bool is_ours = record.in_flight == generation;
  const bool was_diverged = is_ours && std::exchange(record.diverged, false);
  if (is_ours) record.in_flight.reset();
  if (record.pending || record.in_flight) return EchoOutcome::kSuperseded;
  erase(stripe, at);
  return is_ours && !was_diverged ? EchoOutcome::kSettled : EchoOutcome::kApply;
}

}  // namespace stele::keyspace::store
