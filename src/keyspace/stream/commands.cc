#include "keyspace/stream/commands.h"

#include <algorithm>
#include <utility>

#include "keyspace/errors.h"

namespace stele::keyspace::stream {

namespace {

void take(StreamEntries& entries, StreamId id, std::span<const FieldRef> fields) {
  entries.entries.push_back({id, entries.fields.size(), fields.size(), true});
  entries.fields.insert(entries.fields.end(), fields.begin(), fields.end());
}

StreamEntries entries_of(const Stream& stream, const StreamRange& range) {
  StreamEntries found;
  if (range.first > range.last) return found;
  stream.entries().visit(range.first, range.last, range.is_reversed,
                         [&](StreamId id, std::span<const FieldRef> fields) {
                           take(found, id, fields);
                           return range.count_max == 0 || found.entries.size() < range.count_max;
                         });
  return found;
}

std::size_t bytes_of(std::span<const FieldRef> fields) {
  std::size_t bytes = 0;
  for (const FieldRef& field : fields) bytes += 8 + field.name.size() + field.value.size();
  return bytes;
}

// The id of an entry that is added; stream_is_full, stream_id_too_low.
Result<StreamId> next_id(StreamId last, const StreamAdd& how, WallMs now) {
  if (last == StreamId::last()) return stream_is_full();
  if (!how.id) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(now.value, 0));
    return ms > last.ms ? StreamId{ms, 0} : *last.next();
  }
  StreamId id = *how.id;
  if (how.finds_sequence && id.ms == last.ms) {
    if (last.sequence == StreamId::last().sequence) return stream_id_too_low();
    id.sequence = last.sequence + 1;
  }
  if (id <= last) return stream_id_too_low();
  return id;
}

StreamGroupInfo info_of(const Stream& stream, const std::string& name, const Group& group) {
  StreamGroupInfo info;
  info.name = name;
  info.last_id = group.last_id;
  info.entries_read = group.entries_read;
  info.lag = stream.lag_of(group);
  info.consumers = group.consumers.size();
  info.pending = group.pending.size();
  if (info.pending > 0) {
    info.first_pending = group.pending.begin()->first;
    info.last_pending = group.pending.rbegin()->first;
  }
  return info;
}

}  // namespace

Result<Commands::Found> Commands::find_group(KeyRef key, std::string_view group, Access access) {
  STELE_TRY(Stream* const stream, find(key, access));
  Group* const found = stream == nullptr ? nullptr : stream->find_group(group);
  if (found == nullptr) return no_such_group(key.name, group);
  return Found{stream, found};
}

void Commands::free_dropped(Stream& stream) {
  if (auto dropped = stream.take_dropped()) give_up(std::make_unique<Stream>(std::move(dropped)));
}

Result<std::optional<StreamId>> Commands::add(KeyRef key, const StreamAdd& how,
                                              std::span<const FieldRef> fields) {
  STELE_TRY(Stream * stream, find(key, Access::kWrite));
  if (stream == nullptr && !how.creates) return std::nullopt;
  const StreamId last = stream == nullptr ? StreamId{} : stream->state().last_id;
  STELE_TRY(const StreamId id, next_id(last, how, now()));
  if (stream == nullptr) stream = &create();
  stream->append(id, fields, how.limits);
  Edit edit(is_noting());
  edit.state();
  edit.entry(id, bytes_of(fields));
  changed(edit, ChangeEvent::kStreamAdd);
  if (stream->trim(how.trim) > 0) {
    Edit trimming(is_noting());
    trimming.trimmed();
    changed(trimming, ChangeEvent::kStreamTrim);
    free_dropped(*stream);
  }
  return std::optional(id);
}

Result<std::size_t> Commands::remove(KeyRef key, std::span<const StreamId> ids) {
  STELE_TRY(Stream* const stream, find(key, Access::kWrite));
  if (stream == nullptr) return 0;
  std::size_t removed = 0;
  Edit edit(is_noting());
  for (const StreamId id : ids) {
    if (!stream->remove(id)) continue;
    ++removed;
    edit.entry(id, 0);
  }
  if (removed == 0) return 0;
  edit.state();
  changed(edit, ChangeEvent::kStreamDelete);
  return removed;
}

Result<std::size_t> Commands::trim(KeyRef key, const StreamTrim& how) {
  STELE_TRY(Stream* const stream, find(key, Access::kWrite));
  if (stream == nullptr) return 0;
  const std::size_t removed = stream->trim(how);
  if (removed == 0) return 0;
  Edit edit(is_noting());
  edit.trimmed();
  changed(edit, ChangeEvent::kStreamTrim);
  free_dropped(*stream);
  return removed;
}

Result<void> Commands::set_id(KeyRef key, const StreamSetId& to) {
  STELE_TRY(Stream* const stream, find(key, Access::kWrite));
  if (stream == nullptr) return no_such_key();
  const std::size_t size = stream->entries().size();
  if (size > 0 && to.id < *stream->entries().last()) return stream_id_below_top();
  if (size > 0 && to.entries_added && *to.entries_added < size) return entries_added_too_low();
  StreamStateValue state = stream->state();
  state.last_id = to.id;
  state.entries_added = to.entries_added.value_or(state.entries_added);
  if (to.max_deleted_id && *to.max_deleted_id != StreamId{}) state.max_deleted_id = *to.max_deleted_id;
  stream->set_state(state);
  Edit edit(is_noting());
  edit.state();
  changed(edit, ChangeEvent::kStreamSetId);
  return {};
}

Result<void> Commands::copy(KeyRef from, KeyRef to) {
  STELE_TRY(const Stream* const source, find(from, Access::kRead));
  if (source == nullptr) return no_such_key();
  std::vector<Field> rows;
  source->copy_rows(rows);
  return put(to, rows);
}

Result<void> Commands::put(KeyRef key, std::span<const Field> rows) {
  STELE_TRY(const Stream* const former, find(key, Access::kWrite));
  if (former != nullptr) return make_error(ErrorCode::kAlreadyExists, "there is a stream already");
  create().load(rows);
  // A new object is written as a whole.
  changed(Edit(is_noting()), ChangeEvent::kStreamAdd);
  return {};
}

Result<std::size_t> Commands::size(KeyRef key) {
  STELE_TRY(const Stream* const stream, find(key, Access::kRead));
  return stream == nullptr ? 0 : stream->entries().size();
}

Result<StreamEntries> Commands::range(KeyRef key, const StreamRange& range) {
  STELE_TRY(const Stream* const stream, find(key, Access::kRead));
  return stream == nullptr ? StreamEntries{} : entries_of(*stream, range);
}

Result<std::optional<StreamInfo>> Commands::info(KeyRef key) {
  STELE_TRY(const Stream* const stream, find(key, Access::kRead));
  return stream == nullptr ? std::nullopt : std::optional(stream->info());
}

Result<std::optional<StreamGroupInfo>> Commands::group(KeyRef key, std::string_view name) {
  STELE_TRY(Stream* const stream, find(key, Access::kRead));
  const Group* const group = stream == nullptr ? nullptr : stream->find_group(name);
  if (group == nullptr) return std::nullopt;
  return std::optional(info_of(*stream, std::string(name), *group));
}

Result<std::vector<StreamGroupInfo>> Commands::groups(KeyRef key) {
  STELE_TRY(const Stream* const stream, find(key, Access::kRead));
  std::vector<StreamGroupInfo> groups;
  if (stream == nullptr) return groups;
  for (const auto& [name, group] : stream->groups()) groups.push_back(info_of(*stream, name, group));
  return groups;
}

Result<std::vector<StreamConsumerInfo>> Commands::consumers(KeyRef key, std::string_view group) {
  STELE_TRY(const Found found, find_group(key, group, Access::kRead));
  std::vector<StreamConsumerInfo> consumers;
  for (const auto& [name, consumer] : found.group->consumers) {
    consumers.push_back({name, consumer.seen_at, consumer.pending.size()});
  }
  return consumers;
}

Result<std::vector<StreamPending>> Commands::pending(KeyRef key, std::string_view group,
                                                     const StreamPendingQuery& query) {
  STELE_TRY(const Found found, find_group(key, group, Access::kRead));
  std::vector<StreamPending> pending;
  // Whether to go on.
  const auto look = [&](StreamId id, const Pending& each) {
    if (id > query.last) return false;
    // A delivery may lie in the future, by another clock.
    if (query.idle_ms_min > 0 && now().value - each.delivered_at.value < query.idle_ms_min) return true;
    pending.push_back({id, each.consumer->name, each.delivered_at, each.deliveries});
    return query.count_max == 0 || pending.size() < query.count_max;
  };
  if (query.consumer) {
    const Consumer* const consumer = Stream::find_consumer(*found.group, *query.consumer);
    if (consumer == nullptr) return pending;
    for (auto at = consumer->pending.lower_bound(query.first); at != consumer->pending.end(); ++at) {
      if (!look(*at, found.group->pending.find(*at)->second)) break;
    }
    return pending;
  }
  const auto& all = found.group->pending;
  for (auto at = all.lower_bound(query.first); at != all.end() && look(at->first, at->second); ++at) {
  }
  return pending;
}

}  // namespace stele::keyspace::stream
