// The commands that change groups, their consumers and what is pending.
#include <utility>

#include "keyspace/errors.h"
#include "keyspace/stream/commands.h"

namespace stele::keyspace::stream {

namespace {

constexpr std::size_t kLooksPerClaim = 10;

StreamGroupValue value_of(const StreamGroupStart& start, StreamId last) {
  return {start.id.value_or(last), start.entries_read};
}

}  // namespace

Result<bool> Commands::create_group(KeyRef key, std::string_view name, const StreamGroupStart& start,
                                    bool creates_stream) {
  STELE_TRY(Stream * stream, find(key, Access::kWrite));
  if (stream == nullptr && !creates_stream) return no_such_key();
  if (stream != nullptr && stream->find_group(name) != nullptr) return false;
  Edit edit(is_noting());
  if (stream == nullptr) {
    stream = &create();
    edit.state();
  }
  stream->create_group(name, value_of(start, stream->state().last_id));
  edit.group(name);
  changed(edit, ChangeEvent::kStreamGroupCreate);
  return true;
}

Result<void> Commands::set_group(KeyRef key, std::string_view name, const StreamGroupStart& start) {
  STELE_TRY(const Found found, find_group(key, name, Access::kWrite));
  const StreamGroupValue value = value_of(start, found.stream->state().last_id);
  found.group->last_id = value.last_id;
  found.group->entries_read = value.entries_read;
  Edit edit(is_noting());
  edit.group(name);
  changed(edit, ChangeEvent::kStreamGroupSetId);
  return {};
}

Result<bool> Commands::destroy_group(KeyRef key, std::string_view name) {
  STELE_TRY(Stream* const stream, find(key, Access::kWrite));
  if (stream == nullptr || stream->find_group(name) == nullptr) return false;
  give_up(stream->take_group(name, make_entries()));
  Edit edit(is_noting());
  edit.group_cleared(name);
  edit.group(name);
  changed(edit, ChangeEvent::kStreamGroupDestroy);
  return true;
}

Result<bool> Commands::create_consumer(KeyRef key, std::string_view group, std::string_view name) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  if (Stream::find_consumer(*found.group, name) != nullptr) return false;
  (void)find_or_create(found, group, name);
  return true;
}

Consumer& Commands::find_or_create(Found found, std::string_view group, std::string_view name) {
  Consumer* consumer = Stream::find_consumer(*found.group, name);
  if (consumer != nullptr) {
    consumer->seen_at = now();
    return *consumer;
  }
  consumer = &found.stream->create_consumer(*found.group, name, now());
  Edit edit(is_noting());
  edit.consumer(group, name);
  changed(edit, ChangeEvent::kStreamConsumerCreate);
  return *consumer;
}

Result<std::size_t> Commands::remove_consumer(KeyRef key, std::string_view group, std::string_view name) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  Consumer* const consumer = Stream::find_consumer(*found.group, name);
  if (consumer == nullptr) return 0;
  Edit edit(is_noting());
  edit.consumer(group, name);
  for (const StreamId id : consumer->pending) edit.pending(group, id);
  const std::size_t pending = consumer->pending.size();
  found.stream->remove_consumer(*found.group, *consumer);
  changed(edit, ChangeEvent::kStreamConsumerDelete);
  return pending;
}

Result<StreamEntries> Commands::read_new(KeyRef key, std::string_view group, std::string_view name,
                                         std::size_t count_max, bool is_acknowledged) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  StreamEntries entries;
  const auto first = found.group->last_id.next();
  if (!first) return entries;
  found.stream->entries().visit(*first, StreamId::last(), false,
                                [&](StreamId id, std::span<const FieldRef> fields) {
                                  entries.entries.push_back({id, entries.fields.size(), fields.size(), true});
                                  entries.fields.insert(entries.fields.end(), fields.begin(), fields.end());
                                  return count_max == 0 || entries.entries.size() < count_max;
                                });
  if (entries.entries.empty()) return entries;
  Consumer& consumer = find_or_create(found, group, name);
  Edit edit(is_noting());
  edit.group(group);
  edit.consumer(group, name);
  for (const StreamEntries::Entry& entry : entries.entries) {
    found.stream->advance(*found.group, entry.id);
    if (is_acknowledged) continue;
    Pending& pending = found.stream->assign(*found.group, entry.id, consumer);
    pending.delivered_at = now();
    pending.deliveries = 1;
    edit.pending(group, entry.id);
  }
  changed(edit, ChangeEvent::kStreamDeliver);
  return entries;
}

Result<StreamEntries> Commands::read_pending(KeyRef key, std::string_view group, std::string_view name,
                                             StreamId beyond, std::size_t count_max) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  Consumer& consumer = find_or_create(found, group, name);
  StreamEntries entries;
  Edit edit(is_noting());
  bool is_any_delivered = false;
  for (auto at = consumer.pending.upper_bound(beyond); at != consumer.pending.end(); ++at) {
    if (count_max > 0 && entries.entries.size() == count_max) break;
    StreamEntries::Entry entry{*at, entries.fields.size(), 0, false};
    found.stream->entries().visit(*at, *at, false, [&](StreamId, std::span<const FieldRef> fields) {
      entries.fields.insert(entries.fields.end(), fields.begin(), fields.end());
      entry.field_count = fields.size();
      entry.is_present = true;
      return false;
    });
    entries.entries.push_back(entry);
    if (!entry.is_present) continue;
    Pending& pending = found.group->pending.find(*at)->second;
    pending.delivered_at = now();
    ++pending.deliveries;
    edit.pending(group, *at);
    is_any_delivered = true;
  }
  if (is_any_delivered) changed(edit, ChangeEvent::kStreamDeliver);
  return entries;
}

Result<std::size_t> Commands::acknowledge(KeyRef key, std::string_view group, std::span<const StreamId> ids) {
  STELE_TRY(Stream* const stream, find(key, Access::kWrite));
  Group* const found = stream == nullptr ? nullptr : stream->find_group(group);
  if (found == nullptr) return 0;
  std::size_t acknowledged = 0;
  Edit edit(is_noting());
  for (const StreamId id : ids) {
    if (!stream->acknowledge(*found, id)) continue;
    ++acknowledged;
    edit.pending(group, id);
  }
  if (acknowledged > 0) changed(edit, ChangeEvent::kStreamDeliver);
  return acknowledged;
}

bool Commands::claim_one(Found found, std::string_view group, const StreamClaim& claim, StreamId id,
                         Edit& edit, StreamEntries& entries) {
  const auto pending = found.group->pending.find(id);
  const bool is_pending = pending != found.group->pending.end();
  if (!is_pending && !claim.creates_pending) return false;
  if (is_pending && claim.idle_ms_min > 0 &&
      now().value - pending->second.delivered_at.value < claim.idle_ms_min) {
    return false;
  }
  Consumer& consumer = find_or_create(found, group, claim.consumer);
  Pending& claimed = found.stream->assign(*found.group, id, consumer);
  claimed.delivered_at = claim.delivered_at.value_or(now());
  if (!is_pending) claimed.deliveries = 1;
  if (claim.deliveries) {
    claimed.deliveries = *claim.deliveries;
  } else if (!claim.only_ids) {
    ++claimed.deliveries;
  }
  edit.pending(group, id);
  StreamEntries::Entry entry{id, entries.fields.size(), 0, true};
  if (!claim.only_ids) {
    found.stream->entries().visit(id, id, false, [&](StreamId, std::span<const FieldRef> fields) {
      entries.fields.insert(entries.fields.end(), fields.begin(), fields.end());
      entry.field_count = fields.size();
      return false;
    });
  }
  entries.entries.push_back(entry);
  return true;
}

Result<StreamEntries> Commands::claim(KeyRef key, std::string_view group, const StreamClaim& claim,
                                      std::span<const StreamId> ids) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  StreamEntries entries;
  Edit edit(is_noting());
  bool is_changed = false;
  if (claim.last_id && *claim.last_id > found.group->last_id) {
    found.group->last_id = *claim.last_id;
    edit.group(group);
    is_changed = true;
  }
  for (const StreamId id : ids) {
    if (found.stream->entries().contains(id)) {
      is_changed |= claim_one(found, group, claim, id, edit, entries);
    } else if (found.stream->acknowledge(*found.group, id)) {
      edit.pending(group, id);
      is_changed = true;
    }
  }
  if (is_changed) {
    edit.consumer(group, claim.consumer);
    changed(edit, ChangeEvent::kStreamDeliver);
  }
  return entries;
}

Result<StreamClaimed> Commands::claim_from(KeyRef key, std::string_view group, const StreamClaim& claim,
                                           StreamId first, std::size_t count_max) {
  STELE_TRY(const Found found, find_group(key, group, Access::kWrite));
  StreamClaimed claimed;
  Edit edit(is_noting());
  auto& all = found.group->pending;
  auto at = all.lower_bound(first);
  std::size_t looks = count_max * kLooksPerClaim;
  std::size_t left = count_max;
  for (; at != all.end() && looks > 0 && left > 0; --looks) {
    const StreamId id = at->first;
    ++at;  // before it may go
    if (!found.stream->entries().contains(id)) {
      (void)found.stream->acknowledge(*found.group, id);
      claimed.removed.push_back(id);
      edit.pending(group, id);
      --left;
    } else if (claim_one(found, group, claim, id, edit, claimed.entries)) {
      --left;
    }
  }
  if (at != all.end()) claimed.next = at->first;
  if (left < count_max) {
    if (!claimed.entries.entries.empty()) edit.consumer(group, claim.consumer);
    changed(edit, ChangeEvent::kStreamDeliver);
  }
  return claimed;
}

}  // namespace stele::keyspace::stream
