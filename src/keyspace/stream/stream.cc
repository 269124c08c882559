#include "keyspace/stream/stream.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace stele::keyspace::stream {

namespace {

// A node of a std::map or std::set beside what it holds.
constexpr std::size_t kNodeBytes = 40;
constexpr std::size_t kPendingBytes = 2 * (kNodeBytes + sizeof(StreamId)) + sizeof(Pending);
constexpr std::size_t kConsumerBytes = kNodeBytes + sizeof(std::string) + sizeof(Consumer);
constexpr std::size_t kGroupBytes = kNodeBytes + sizeof(std::string) + sizeof(Group);

std::size_t bytes_of(const Group& group, std::string_view name) {
  std::size_t bytes = kGroupBytes + name.size() + group.pending.size() * kPendingBytes;
  for (const auto& [consumer, each] : group.consumers) bytes += kConsumerBytes + 2 * consumer.size();
  return bytes;
}

}  // namespace

StreamInfo Stream::info() const {
  StreamInfo info;
  info.size = entries_->size();
  info.nodes = entries_->nodes();
  info.groups = groups_.size();
  info.first_id = first_id();
  info.last_entry_id = entries_->last().value_or(StreamId{});
  info.last_id = state_.last_id;
  info.max_deleted_id = state_.max_deleted_id;
  info.entries_added = state_.entries_added;
  return info;
}

void Stream::append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) {
  entries_->append(id, fields, limits);
  state_.last_id = id;
  ++state_.entries_added;
}

bool Stream::remove(StreamId id) {
  if (!entries_->remove(id)) return false;
  state_.max_deleted_id = std::max(state_.max_deleted_id, id);
  return true;
}

std::size_t Stream::trim(const StreamTrim& how) {
  if (how.kind == StreamTrim::Kind::kNothing) return 0;
  const bool by_length = how.kind == StreamTrim::Kind::kLength;
  std::size_t removed = 0;
  while (entries_->size() > 0) {
    const std::size_t size = entries_->size();
    if (by_length && size <= how.length) break;
    const std::size_t count = entries_->front_node_size();
    if (how.removed_limit > 0 && removed + count > how.removed_limit) break;
    const bool goes = by_length ? size - count >= how.length : entries_->front_node_last() < how.below;
    if (goes) {
      entries_->drop_front_node();
      removed += count;
      continue;
    }
    if (how.is_approximate) break;
    std::size_t from_node = 0;
    if (by_length) {
      from_node = size - how.length;
    } else {
      entries_->visit({}, StreamId::last(), false, [&](StreamId id, std::span<const FieldRef>) {
        if (id >= how.below) return false;
        ++from_node;
        return true;
      });
    }
    if (from_node > 0) entries_->drop_from_front_node(from_node);
    removed += from_node;
    break;
  }
  return removed;
}

Group* Stream::find_group(std::string_view name) {
  const auto at = groups_.find(name);
  return at == groups_.end() ? nullptr : &at->second;
}

Group& Stream::create_group(std::string_view name, const StreamGroupValue& start) {
  const auto [at, is_new] = groups_.try_emplace(std::string(name));
  STELE_CHECK(is_new);
  at->second.last_id = start.last_id;
  at->second.entries_read = start.entries_read;
  group_bytes_ += kGroupBytes + name.size();
  return at->second;
}

std::unique_ptr<Stream> Stream::take_group(std::string_view name, std::unique_ptr<Entries> no_entries) {
  auto taken = std::make_unique<Stream>(std::move(no_entries));
  auto node = groups_.extract(groups_.find(name));
  const std::size_t bytes = bytes_of(node.mapped(), name);
  group_bytes_ -= bytes;
  taken->group_bytes_ += bytes;
  taken->groups_.insert(std::move(node));
  return taken;
}

Consumer* Stream::find_consumer(Group& group, std::string_view name) {
  const auto at = group.consumers.find(name);
  return at == group.consumers.end() ? nullptr : &at->second;
}

Consumer& Stream::create_consumer(Group& group, std::string_view name, WallMs now) {
  Consumer& consumer = group.consumers[std::string(name)];
  consumer.name = name;
  consumer.seen_at = now;
  group_bytes_ += kConsumerBytes + 2 * name.size();
  return consumer;
}

void Stream::remove_consumer(Group& group, Consumer& consumer) {
  group_bytes_ -= kConsumerBytes + 2 * consumer.name.size() + consumer.pending.size() * kPendingBytes;
  for (const StreamId id : consumer.pending) group.pending.erase(id);
  group.consumers.erase(group.consumers.find(consumer.name));
}

Pending& Stream::assign(Group& group, StreamId id, Consumer& consumer) {
  const auto [at, is_new] = group.pending.try_emplace(id);
  Pending& pending = at->second;
  if (is_new) group_bytes_ += kPendingBytes;
  if (pending.consumer == &consumer) return pending;
  if (pending.consumer != nullptr) pending.consumer->pending.erase(id);
  pending.consumer = &consumer;
  consumer.pending.insert(id);
  return pending;
}

bool Stream::acknowledge(Group& group, StreamId id) {
  const auto at = group.pending.find(id);
  if (at == group.pending.end()) return false;
  at->second.consumer->pending.erase(id);
  group.pending.erase(at);
  group_bytes_ -= kPendingBytes;
  return true;
}

bool Stream::has_gaps_behind(StreamId id) const {
  const StreamId removed = state_.max_deleted_id;
  return entries_->size() > 0 && removed != StreamId{} && first_id() <= removed && id <= removed;
}

// How many entries had been added when this one was; nothing where that cannot be told.
std::optional<std::uint64_t> Stream::distance_of(StreamId id) const {
  const std::uint64_t added = state_.entries_added;
  const std::size_t size = entries_->size();
  if (added == 0) return 0;
  if (size == 0 && id <= state_.last_id) return added;
  if (id == state_.last_id) return added;
  if (id > state_.last_id) return std::nullopt;
  const StreamId first = first_id();
  if (state_.max_deleted_id != StreamId{} && state_.max_deleted_id >= first) return std::nullopt;
  if (id < first) return added - size;
  if (id == first) return added - size + 1;
  return std::nullopt;
}

void Stream::advance(Group& group, StreamId id) const {
  if (id <= group.last_id) return;
  if (group.entries_read && !has_gaps_behind(id)) {
    ++*group.entries_read;
  } else if (state_.entries_added > 0) {
    group.entries_read = distance_of(id);
  }
  group.last_id = id;
}

std::optional<std::uint64_t> Stream::lag_of(const Group& group) const {
  if (state_.entries_added == 0) return 0;
  if (group.entries_read && !has_gaps_behind(group.last_id))
    return state_.entries_added - *group.entries_read;
  const auto read = distance_of(group.last_id);
  if (!read) return std::nullopt;
  return state_.entries_added - *read;
}

std::size_t Stream::free_some(std::size_t count) {
  const std::size_t freed = entries_->free_some(count);
  if (freed > 0) return freed;
  while (!groups_.empty()) {
    Group& group = groups_.begin()->second;
    if (!group.pending.empty()) {
      std::size_t pending = 0;
      while (pending < count && !group.pending.empty()) {
        (void)acknowledge(group, group.pending.begin()->first);
        pending += 2;
      }
      return pending;
    }
    groups_.erase(groups_.begin());
    return 1;
  }
  return 0;
}

}  // namespace stele::keyspace::stream
