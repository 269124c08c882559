// A stream as rows, and back.
#include <algorithm>
#include <utility>

#include "keyspace/stream/stream.h"

namespace stele::keyspace::stream {

namespace {

StreamPendingValue value_of(const Pending& pending) {
  return {pending.delivered_at, pending.deliveries, pending.consumer->name};
}

}  // namespace

std::optional<std::string> Stream::row(std::string_view name) const {
  const auto asked = read_stream_row(name);
  if (!asked) return std::nullopt;
  switch (asked->kind) {
    case StreamRow::kState:
      return write_stream_value(state_);
    case StreamRow::kTrimmed: {
      std::string bytes;
      if (const auto first = entries_->first()) append_stream_id(bytes, *first);
      return bytes;
    }
    case StreamRow::kGroupCleared:
      return std::string();
    case StreamRow::kEntry: {
      std::optional<std::string> packed;
      entries_->visit(asked->id, asked->id, false, [&](StreamId, std::span<const FieldRef> fields) {
        packed = pack_fields(fields);
        return false;
      });
      return packed;
    }
    default:
      break;
  }
  const auto group = groups_.find(asked->group);
  if (group == groups_.end()) return std::nullopt;
  if (asked->kind == StreamRow::kGroup) {
    return write_stream_value(StreamGroupValue{group->second.last_id, group->second.entries_read});
  }
  if (asked->kind == StreamRow::kConsumer) {
    const auto consumer = group->second.consumers.find(asked->consumer);
    if (consumer == group->second.consumers.end()) return std::nullopt;
    return write_stream_value(consumer->second.seen_at);
  }
  const auto pending = group->second.pending.find(asked->id);
  if (pending == group->second.pending.end()) return std::nullopt;
  return write_stream_value(value_of(pending->second));
}

void Stream::copy_rows(std::vector<Field>& rows) const {
  rows.push_back({stream_state_row(), write_stream_value(state_)});
  entries_->visit({}, StreamId::last(), false, [&](StreamId id, std::span<const FieldRef> fields) {
    rows.push_back({stream_entry_row(id), pack_fields(fields)});
    return true;
  });
  for (const auto& [name, group] : groups_) {
    rows.push_back(
        {stream_group_row(name), write_stream_value(StreamGroupValue{group.last_id, group.entries_read})});
    for (const auto& [consumer, each] : group.consumers) {
      rows.push_back({stream_consumer_row(name, consumer), write_stream_value(each.seen_at)});
    }
    for (const auto& [id, pending] : group.pending) {
      rows.push_back({stream_pending_row(name, id), write_stream_value(value_of(pending))});
    }
  }
}

void Stream::load(std::span<const Field> rows) {
  for (const Field& row : rows) {
    const auto name = read_stream_row(row.name);
    if (name && name->kind == StreamRow::kState) state_ = read_stream_state(row.value);
  }
  load_entries(rows);
  load_groups(rows);
}

void Stream::load_entries(std::span<const Field> rows) {
  std::vector<std::pair<StreamId, std::string_view>> entries;
  for (const Field& row : rows) {
    const auto name = read_stream_row(row.name);
    if (name && name->kind == StreamRow::kEntry && name->id != StreamId{})
      entries.emplace_back(name->id, row.value);
  }
  std::ranges::sort(entries);
  const StreamId known = state_.last_id;
  for (const auto& [id, packed] : entries) {
    entries_->append(id, unpack_fields(packed), {});
    // What SQL added behind the state's last one.
    if (id > known) ++state_.entries_added;
    state_.last_id = std::max(state_.last_id, id);
  }
  state_.entries_added = std::max<std::uint64_t>(state_.entries_added, entries_->size());
}

void Stream::load_groups(std::span<const Field> rows) {
  const auto find_or_create = [this](std::string_view name) -> Group& {
    Group* const group = find_group(name);
    return group != nullptr ? *group : create_group(name, {});
  };
  for (const Field& row : rows) {
    const auto name = read_stream_row(row.name);
    if (!name) continue;
    if (name->kind == StreamRow::kGroup) {
      const StreamGroupValue value = read_stream_group(row.value);
      Group& group = find_or_create(name->group);
      group.last_id = value.last_id;
      group.entries_read = value.entries_read;
    } else if (name->kind == StreamRow::kConsumer) {
      Group& group = find_or_create(name->group);
      const WallMs seen_at = read_stream_seen(row.value);
      Consumer* const consumer = find_consumer(group, name->consumer);
      consumer != nullptr ? void(consumer->seen_at = seen_at)
                          : void(create_consumer(group, name->consumer, seen_at));
    } else if (name->kind == StreamRow::kPending) {
      Group& group = find_or_create(name->group);
      const StreamPendingValue value = read_stream_pending(row.value);
      Consumer* consumer = find_consumer(group, value.consumer);
      if (consumer == nullptr) consumer = &create_consumer(group, value.consumer, value.delivered_at);
      Pending& pending = assign(group, name->id, *consumer);
      pending.delivered_at = value.delivered_at;
      pending.deliveries = value.deliveries;
    }
  }
}

}  // namespace stele::keyspace::stream
