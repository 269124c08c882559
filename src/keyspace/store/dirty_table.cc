#include "keyspace/store/dirty_table.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace stele::keyspace::store {

namespace {

// Joins a span to those that it touches.
void add_span(std::map<std::int64_t, std::int64_t>& spans, std::int64_t from, std::int64_t until) {
  if (from >= until) return;
  auto at = spans.upper_bound(from);
  if (at != spans.begin() && std::prev(at)->second >= from) --at;
  while (at != spans.end() && at->first <= until) {
    from = std::min(from, at->first);
    until = std::max(until, at->second);
    at = spans.erase(at);
  }
  spans.emplace_hint(at, from, until);
}

}  // namespace

std::uint32_t Bundles::make() {
  const std::lock_guard lock(mutex_);
  parents_.push_back(static_cast<std::uint32_t>(parents_.size()));
  return parents_.back();
}

std::uint32_t Bundles::find_root(std::uint32_t bundle) {
  while (parents_[bundle] != bundle) bundle = parents_[bundle] = parents_[parents_[bundle]];
  return bundle;
}

std::uint32_t Bundles::root_of(std::uint32_t bundle) {
  const std::lock_guard lock(mutex_);
  return find_root(bundle);
}

void Bundles::unite(std::uint32_t one, std::uint32_t other) {
  const std::lock_guard lock(mutex_);
  parents_[find_root(other)] = find_root(one);
}

void Bundles::move_to(Bundles& other) {
  const std::scoped_lock lock(mutex_, other.mutex_);
  other.parents_ = std::exchange(parents_, {});
}

void Bundles::clear() {
  const std::lock_guard lock(mutex_);
  parents_.clear();
}

PendingChanges& DirtyTable::touch(Stripe& stripe, Bundle& group, const Object& object,
                                  ChangeSequence generation, std::size_t bytes) {
  const auto [at, is_new] = stripe.records.try_emplace(object.id);
  if (is_new) size_.fetch_add(1, std::memory_order_relaxed);
  Record& record = at->second;
  if (!record.pending) {
    record.pending.emplace();
    record.pending->whole = !object.has_row || record.diverged;
    record.pending->round = round_.load(std::memory_order_relaxed);
    record.pending->bundle = group ? *group : bundles_.make();
    bytes += object.name_bytes;
    // Nothing of it is in the table, so that all of it will be written.
    if (record.pending->whole) bytes += object.string_bytes;
  }
  if (!group) group = record.pending->bundle;
  if (*group != record.pending->bundle) bundles_.unite(*group, record.pending->bundle);
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

void DirtyTable::changed(Bundle& group, const Object& object, ChangeSequence generation) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  touch(stripe, group, object, generation, 0);
}

void DirtyTable::bytes_changed(Bundle& group, const Object& object, ChangeSequence generation,
                               std::size_t from) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  PendingChanges& pending = touch(stripe, group, object, generation, object.string_bytes - from);
  pending.bytes_from = std::min(pending.bytes_from.value_or(from), from);
}

void DirtyTable::field_changed(Bundle& group, const Object& object, ChangeSequence generation,
                               std::string_view field, std::size_t value_bytes) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  touch(stripe, group, object, generation, field.size() + value_bytes).fields.emplace(field);
}

void DirtyTable::fields_changed(Bundle& group, const Object& object, ChangeSequence generation,
                                std::span<const std::string> fields, std::size_t value_bytes) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  for (const std::string& field : fields) value_bytes += field.size();
  PendingChanges& pending = touch(stripe, group, object, generation, value_bytes);
  pending.fields.insert(fields.begin(), fields.end());
}

void DirtyTable::positions_changed(Bundle& group, const Object& object, ChangeSequence generation,
                                   std::span<const std::pair<std::int64_t, std::int64_t>> spans,
                                   std::size_t bytes, bool is_replaced) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  for (const auto& [from, until] : spans) bytes += sizeof(from) * static_cast<std::size_t>(until - from);
  PendingChanges& pending = touch(stripe, group, object, generation, bytes);
  pending.whole |= is_replaced;
  if (pending.whole) return;
  for (const auto& [from, until] : spans) add_span(pending.positions, from, until);
}

void DirtyTable::removed(Bundle& group, const Object& object, ChangeSequence generation) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(object.id);
  if (at != stripe.records.end()) forget_pending(at->second);
  if (!object.has_row) {
    // No row to delete: PostgreSQL never hears of it.
    if (at != stripe.records.end()) erase(stripe, at);
    return;
  }
  touch(stripe, group, object, generation, 0).removed = true;
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

void DirtyTable::begin_cut() {
  bundles_.move_to(cut_bundles_);
  next_stripe_ = 0;
  next_id_ = ObjectId();
  round_.fetch_add(1, std::memory_order_relaxed);
  is_cutting_.store(true, std::memory_order_relaxed);
}

void DirtyTable::take(Stripe& stripe, Records::iterator at, const Fill& fill) {
  Record& record = at->second;
  const PendingChanges pending = *std::exchange(record.pending, std::nullopt);
  pending_bytes_.fetch_sub(pending.bytes, std::memory_order_relaxed);
  DirtyObject dirty;
  dirty.id = at->first;
  dirty.generation = pending.generation;
  dirty.bundle = cut_bundles_.root_of(pending.bundle) + 1;
  dirty.removed = pending.removed;
  dirty.whole = !pending.removed && pending.whole;
  if (!pending.removed && !fill(dirty, pending)) {
    if (!record.in_flight) erase(stripe, at);
    return;
  }
  record.in_flight = pending.generation;
  record.diverged = false;  // all of it goes out
  const std::lock_guard lock(taken_mutex_);
  taken_.push_back(std::move(dirty));
}

void DirtyTable::take(ObjectId id, const Fill& fill) {
  Stripe& stripe = stripe_of(id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(id);
  if (at != stripe.records.end() && is_to_be_taken(at->second)) take(stripe, at, fill);
}

std::optional<ObjectId> DirtyTable::next_to_take() {
  for (; next_stripe_ < kStripes; ++next_stripe_, next_id_ = ObjectId()) {
    Stripe& stripe = stripes_[next_stripe_];
    const std::lock_guard lock(stripe.mutex);
    for (auto at = stripe.records.lower_bound(next_id_); at != stripe.records.end();) {
      const auto each = at++;
      if (!is_to_be_taken(each->second)) continue;
      next_id_ = each->first;
      // Nobody can find it any more.
      if (!each->second.pending->removed) return next_id_;
      take(stripe, each, {});
    }
  }
  return std::nullopt;
}

std::vector<DirtyObject> DirtyTable::end_cut() {
  is_cutting_.store(false, std::memory_order_relaxed);
  cut_bundles_.clear();
  std::vector<DirtyObject> taken;
  {
    const std::lock_guard lock(taken_mutex_);
    taken = std::exchange(taken_, {});
  }
  std::unordered_map<std::uint32_t, std::size_t> members;  // of each bundle
  for (const DirtyObject& object : taken) ++members[object.bundle];
  for (DirtyObject& object : taken) {
    if (members[object.bundle] == 1) object.bundle = 0;
  }
  std::sort(taken.begin(), taken.end(), [](const DirtyObject& a, const DirtyObject& b) {
    return std::pair(!a.removed, a.id) < std::pair(!b.removed, b.id);
  });
  return taken;
}

void DirtyTable::give_back(const std::vector<DirtyObject>& objects) {
  std::unordered_map<std::uint32_t, std::uint32_t> bundles;  // of the cut, and what they are now
  for (const DirtyObject& object : objects) {
    const Bundle present = give_back(object);
    if (!present || object.bundle == 0) continue;
    const auto [bundle, is_first] = bundles.try_emplace(object.bundle, *present);
    if (!is_first) bundles_.unite(bundle->second, *present);
  }
}

DirtyTable::Bundle DirtyTable::give_back(const DirtyObject& object) {
  Stripe& stripe = stripe_of(object.id);
  const std::lock_guard lock(stripe.mutex);
  const auto at = stripe.records.find(object.id);
  // A foreign change took its place: there is nothing left to write.
  if (at == stripe.records.end() || at->second.in_flight != object.generation) return std::nullopt;
  Record& record = at->second;
  record.in_flight.reset();
  if (std::exchange(record.diverged, false) && !record.pending) {
    erase(stripe, at);
    return std::nullopt;
  }
  const bool is_fresh = !record.pending.has_value();
  if (is_fresh) {
    record.pending.emplace();
    record.pending->bundle = bundles_.make();
    record.pending->generation = object.generation;
    record.pending->removed = object.removed;
    record.pending->round = round_.load(std::memory_order_relaxed);
  }
  PendingChanges& pending = *record.pending;
  pending.whole = pending.whole || object.whole;
  if (object.value_changed) {
    pending.bytes_from = std::min(pending.bytes_from.value_or(object.string_from), object.string_from);
  }
  for (const Field& field : object.fields_set) pending.fields.insert(field.name);
  for (const std::string& name : object.fields_removed) pending.fields.insert(name);
  for (const ListElement& element : object.elements_set)
    add_span(pending.positions, element.position, element.position + 1);
  for (const auto& [from, until] : object.positions_removed) add_span(pending.positions, from, until);
  std::size_t bytes = object.key.name.size() + object.string.size();
  for (const Field& field : object.fields_set) bytes += field.name.size() + field.value.size();
  for (const ListElement& element : object.elements_set)
    bytes += sizeof(element.position) + element.bytes.size();
  pending.bytes += bytes;
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  return is_fresh || !pending.removed ? Bundle(pending.bundle) : std::nullopt;
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
