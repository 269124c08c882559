#include "keyspace/reference/stream_entries.h"

#include <algorithm>

namespace stele::keyspace::reference {

namespace {

constexpr std::size_t kEntryBytes = 32;

template <class Fields>
std::size_t bytes_of(const Fields& fields) {
  std::size_t bytes = kEntryBytes;
  for (const auto& field : fields) bytes += field.name.size() + field.value.size();
  return bytes;
}

}  // namespace

std::optional<StreamId> MapEntries::first() const {
  if (nodes_.empty()) return std::nullopt;
  return nodes_.front().entries.begin()->first;
}

std::optional<StreamId> MapEntries::last() const {
  if (nodes_.empty()) return std::nullopt;
  return nodes_.back().entries.rbegin()->first;
}

bool MapEntries::contains(StreamId id) const {
  return std::ranges::any_of(nodes_, [&](const Node& node) { return node.entries.contains(id); });
}

void MapEntries::visit(StreamId first, StreamId last, bool is_reversed, const Visit& visit) const {
  std::vector<std::pair<StreamId, const std::vector<Field>*>> found;
  for (const Node& node : nodes_) {
    for (const auto& [id, fields] : node.entries) {
      if (id >= first && id <= last) found.emplace_back(id, &fields);
    }
  }
  if (is_reversed) std::ranges::reverse(found);
  for (const auto& [id, fields] : found) {
    std::vector<FieldRef> refs;
    for (const Field& field : *fields) refs.push_back({field.name, field.value});
    if (!visit(id, refs)) return;
  }
}

void MapEntries::append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) {
  const std::size_t bytes = bytes_of(fields);
  const auto is_full = [&](const Node& node) {
    return (limits.entries_max > 0 && node.added >= limits.entries_max) ||
           (limits.bytes_max > 0 && node.bytes + bytes - kEntryBytes >= limits.bytes_max);
  };
  if (nodes_.empty() || is_full(nodes_.back())) nodes_.emplace_back();
  Node& node = nodes_.back();
  std::vector<Field>& copied = node.entries[id];
  for (const FieldRef& field : fields) copied.push_back({std::string(field.name), std::string(field.value)});
  ++node.added;
  node.bytes += bytes - kEntryBytes;
  bytes_ += bytes;
  ++size_;
}

bool MapEntries::remove(StreamId id) {
  for (auto node = nodes_.begin(); node != nodes_.end(); ++node) {
    const auto at = node->entries.find(id);
    if (at == node->entries.end()) continue;
    bytes_ -= bytes_of(at->second);
    --size_;
    node->entries.erase(at);
    if (node->entries.empty()) nodes_.erase(node);
    return true;
  }
  return false;
}

void MapEntries::drop_front_node() {
  for (const auto& [id, fields] : nodes_.front().entries) bytes_ -= bytes_of(fields);
  size_ -= nodes_.front().entries.size();
  nodes_.erase(nodes_.begin());
}

void MapEntries::drop_from_front_node(std::size_t count) {
  for (; count > 0; --count) remove(nodes_.front().entries.begin()->first);
}

}  // namespace stele::keyspace::reference
