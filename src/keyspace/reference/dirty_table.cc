#include "keyspace/reference/dirty_table.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace stele::keyspace::reference {

std::uint32_t DirtyTable::new_bundle() {
  bundles_.push_back(static_cast<std::uint32_t>(bundles_.size()));
  return bundles_.back();
}

std::uint32_t DirtyTable::root_of(std::uint32_t bundle) {
  while (bundles_[bundle] != bundle) bundle = bundles_[bundle] = bundles_[bundles_[bundle]];
  return bundle;
}

std::uint32_t DirtyTable::unite(std::uint32_t one, std::uint32_t other) {
  return bundles_[root_of(other)] = root_of(one);
}

PendingChanges& DirtyTable::touch(const Object& object, ChangeSequence generation, std::size_t bytes) {
  Record& record = records_[object.id];
  if (!record.pending) {
    record.pending.emplace();
    record.pending->whole = !object.has_row || record.diverged;
    record.pending->bundle = group_ ? *group_ : new_bundle();
    bytes += object.key.name.size();
    // Nothing of it is in the table, so that all of it will be written.
    if (record.pending->whole) bytes += object.string.size();
  }
  group_ = unite(group_.value_or(record.pending->bundle), record.pending->bundle);
  record.pending->generation = generation;
  record.pending->bytes += bytes;
  pending_bytes_ += bytes;
  return *record.pending;
}

void DirtyTable::forget_pending(Record& record) {
  if (!record.pending) return;
  pending_bytes_ -= record.pending->bytes;
  record.pending.reset();
}

void DirtyTable::changed(const Object& object, ChangeSequence generation) {
  touch(object, generation, 0);
}

void DirtyTable::bytes_changed(const Object& object, ChangeSequence generation, std::size_t from) {
  PendingChanges& pending = touch(object, generation, object.string.size() - from);
  pending.bytes_from = std::min(pending.bytes_from.value_or(from), from);
}

void DirtyTable::field_changed(const Object& object, ChangeSequence generation, std::string_view field) {
  const auto value = object.fields.find(field);
  const std::size_t value_bytes = value == object.fields.end() ? 0 : value->second.size();
  touch(object, generation, field.size() + value_bytes).fields.emplace(field);
}

void DirtyTable::fields_changed(const Object& object, ChangeSequence generation,
                                const std::vector<std::string>& fields, std::size_t value_bytes) {
  for (const std::string& field : fields) value_bytes += field.size();
  touch(object, generation, value_bytes).fields.insert(fields.begin(), fields.end());
}

void DirtyTable::element_changed(const Object& object, ChangeSequence generation, std::int64_t position) {
  const auto element = object.elements.find(position);
  const std::size_t bytes = element == object.elements.end() ? 0 : element->second.size();
  touch(object, generation, sizeof(position) + bytes).positions.insert(position);
}

void DirtyTable::removed(const Object& object, ChangeSequence generation) {
  const auto at = records_.find(object.id);
  if (!object.has_row) {
    // No row to delete: PostgreSQL never hears of it.
    if (at == records_.end()) return;
    forget_pending(at->second);
    records_.erase(at);
    return;
  }
  if (at != records_.end()) forget_pending(at->second);
  touch(object, generation, 0).removed = true;
}

bool DirtyTable::overridden(ObjectId id) {
  const auto at = records_.find(id);
  if (at == records_.end()) return false;
  Record& record = at->second;
  const bool lost = record.pending.has_value();
  forget_pending(record);
  if (record.in_flight) {
    record.diverged = true;
  } else {
    records_.erase(at);
  }
  return lost;
}

namespace {

void fill_stream(const stream::Stream& stream, const PendingChanges& pending, DirtyObject& dirty) {
  if (pending.whole) return stream.copy_rows(dirty.fields_set);
  for (const std::string& name : pending.fields) {
    if (auto value = stream.row(name)) {
      dirty.fields_set.push_back({name, *std::move(value)});
    } else {
      dirty.fields_removed.push_back(name);
    }
  }
}

}  // namespace

std::vector<DirtyObject> DirtyTable::take(const std::function<Object*(ObjectId)>& find) {
  std::vector<DirtyObject> removed;
  std::vector<DirtyObject> taken;
  std::unordered_map<std::uint32_t, std::size_t> members;  // of each bundle
  for (auto& [id, record] : records_) {
    if (!record.pending) continue;
    const PendingChanges pending = *std::exchange(record.pending, std::nullopt);
    record.in_flight = pending.generation;
    record.diverged = false;  // all of it goes out
    DirtyObject dirty;
    dirty.id = id;
    dirty.generation = pending.generation;
    dirty.bundle = root_of(pending.bundle) + 1;
    ++members[dirty.bundle];
    dirty.removed = pending.removed;
    if (!pending.removed) {
      Object& object = *find(id);
      object.has_row = true;
      dirty.whole = pending.whole;
      dirty.key = object.key;
      dirty.type = object.type;
      dirty.expires_at = object.expires_at;
      if (object.type == ValueType::kString && (pending.whole || pending.bytes_from)) {
        dirty.value_changed = true;
        dirty.string_from = pending.whole ? 0 : *pending.bytes_from;
        dirty.string = object.string.substr(dirty.string_from);
      }
      if (object.type == ValueType::kStream) {
        fill_stream(*object.stream, pending, dirty);
        (dirty.removed ? removed : taken).push_back(std::move(dirty));
        continue;
      }
      for (const auto& [name, value] : object.fields) {
        if (!pending.whole && !pending.fields.contains(name)) continue;
        const auto expiry = object.field_expiries.find(name);
        dirty.fields_set.push_back({name, value});
        if (expiry != object.field_expiries.end()) dirty.fields_set.back().expires_at = expiry->second;
      }
      for (const std::string& name : pending.fields) {
        if (!pending.whole && !object.fields.contains(name)) dirty.fields_removed.push_back(name);
      }
      for (const auto& [position, bytes] : object.elements) {
        if (pending.whole || pending.positions.contains(position))
          dirty.elements_set.push_back({position, bytes});
      }
      for (const std::int64_t position : pending.positions) {
        if (!pending.whole && !object.elements.contains(position))
          dirty.positions_removed.emplace_back(position, position + 1);
      }
    }
    (dirty.removed ? removed : taken).push_back(std::move(dirty));
  }
  pending_bytes_ = 0;
  bundles_.clear();
  removed.insert(removed.end(), std::move_iterator(taken.begin()), std::move_iterator(taken.end()));
  for (DirtyObject& object : removed)
    if (members[object.bundle] == 1) object.bundle = 0;
  return removed;
}

void DirtyTable::give_back(const std::vector<DirtyObject>& objects) {
  std::map<std::uint32_t, std::uint32_t> bundles;  // of the cut, and what they are now
  for (const DirtyObject& object : objects) {
    PendingChanges* const pending = give_back(object);
    if (pending == nullptr || object.bundle == 0) continue;
    const auto [bundle, is_first] = bundles.try_emplace(object.bundle, pending->bundle);
    if (!is_first) bundle->second = unite(bundle->second, pending->bundle);
  }
}

// Null when nothing is left of it that its bundle would have a part in.
PendingChanges* DirtyTable::give_back(const DirtyObject& object) {
  const auto at = records_.find(object.id);
  // A foreign change took its place: there is nothing left to write.
  if (at == records_.end() || at->second.in_flight != object.generation) return nullptr;
  Record& record = at->second;
  record.in_flight.reset();
  if (std::exchange(record.diverged, false) && !record.pending) {
    records_.erase(at);
    return nullptr;
  }
  const bool is_fresh = !record.pending.has_value();
  if (is_fresh) {
    record.pending.emplace();
    record.pending->bundle = new_bundle();
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
  for (const ListElement& element : object.elements_set) pending.positions.insert(element.position);
  for (const auto& [from, until] : object.positions_removed) {
    for (std::int64_t position = from; position < until; ++position) pending.positions.insert(position);
  }
  std::size_t bytes = object.key.name.size() + object.string.size();
  for (const Field& field : object.fields_set) bytes += field.name.size() + field.value.size();
  for (const ListElement& element : object.elements_set)
    bytes += sizeof(element.position) + element.bytes.size();
  pending.bytes += bytes;
  pending_bytes_ += bytes;
  return is_fresh || !pending.removed ? &pending : nullptr;
}

EchoOutcome DirtyTable::echo(ObjectId id, ChangeSequence generation) {
  const auto at = records_.find(id);
  if (at == records_.end()) return EchoOutcome::kApply;
  Record& record = at->second;
  const bool is_ours = record.in_flight == generation;
  const bool was_diverged = is_ours && std::exchange(record.diverged, false);
  if (is_ours) record.in_flight.reset();
  if (record.pending || record.in_flight) return EchoOutcome::kSuperseded;
  records_.erase(at);
  return is_ours && !was_diverged ? EchoOutcome::kSettled : EchoOutcome::kApply;
}

}  // namespace stele::keyspace::reference
