#include <algorithm>

#include "protocols/redis/rdb/packed.h"
#include "protocols/redis/rdb/stream.h"

namespace stele::redis::rdb {

namespace {

using keyspace::FieldRef;
using keyspace::StreamId;

// Fills one listpack after the other.
class NodeWriter {
 public:
  explicit NodeWriter(const EncodingLimits& limits)
      : entries_max_(limits.stream_node_entries), bytes_max_(limits.stream_node_bytes) {
    // As in Redis.
    constexpr std::size_t kBytesMax = 1U << 30;
    if (bytes_max_ == 0 || bytes_max_ > kBytesMax) bytes_max_ = kBytesMax;
  }

  void add(StreamId id, std::span<const FieldRef> fields) {
    if (entries_ > 0 && !has_room(fields)) finish();
    if (entries_ == 0) begin(id, fields);
    if (entries_ > 0) packed_.replace_first_integer(entries_, entries_ + 1);
    ++entries_;
    const bool is_same = std::ranges::equal(fields, names_, {}, &FieldRef::name, &FieldRef::name);
    const auto count = static_cast<std::int64_t>(fields.size());
    packed_.add_integer(is_same ? kEntrySameFields : 0);
    packed_.add_integer(static_cast<std::int64_t>(id.ms - id_.ms));
    packed_.add_integer(static_cast<std::int64_t>(id.sequence - id_.sequence));
    if (!is_same) packed_.add_integer(count);
    for (const FieldRef& field : fields) {
      if (!is_same) packed_.add(field.name);
      packed_.add(field.value);
    }
    packed_.add_integer(is_same ? count + 3 : 2 * count + 4);
  }

  void finish() {
    if (entries_ == 0) return;
    std::string id;
    keyspace::append_stream_id(id, id_);
    append_string(nodes_, id);
    append_string(nodes_, packed_.finish());
    ++count_;
    entries_ = 0;
  }

  std::size_t count() const { return count_; }
  const std::string& nodes() const { return nodes_; }

 private:
  bool has_room(std::span<const FieldRef> fields) const {
    std::size_t bytes = packed_.size();
    for (const FieldRef& field : fields) bytes += field.name.size() + field.value.size();
    if (bytes >= bytes_max_) return false;
    return entries_max_ == 0 || static_cast<std::size_t>(entries_) < entries_max_;
  }

  void begin(StreamId id, std::span<const FieldRef> fields) {
    id_ = id;
    names_ = fields;
    packed_.add_integer(1);
    packed_.add_integer(0);
    packed_.add_integer(static_cast<std::int64_t>(fields.size()));
    for (const FieldRef& field : fields) packed_.add(field.name);
    packed_.add_integer(0);
  }

  std::size_t entries_max_;
  std::size_t bytes_max_;
  StreamId id_;
  std::span<const FieldRef> names_;  // of the first entry
  std::int64_t entries_ = 0;
  ListpackWriter packed_;
  std::string nodes_;
  std::size_t count_ = 0;
};

void append_id(std::string& out, StreamId id) {
  append_length(out, id.ms);
  append_length(out, id.sequence);
}

void append_time(std::string& out, keyspace::WallMs at) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(at.value >> shift);
}

void append_group(std::string& out, const StreamGroup& group) {
  append_string(out, group.name);
  append_id(out, group.start.last_id);
  append_length(out, group.start.entries_read.value_or(kEntriesReadUnknown));
  append_length(out, group.pending.size());
  std::vector<std::vector<StreamId>> owned(group.consumers.size());
  for (const StreamPending& each : group.pending) {
    keyspace::append_stream_id(out, each.id);
    append_time(out, each.delivered_at);
    append_length(out, each.deliveries);
    owned[each.consumer].push_back(each.id);
  }
  append_length(out, group.consumers.size());
  for (std::size_t i = 0; i < group.consumers.size(); ++i) {
    append_string(out, group.consumers[i].name);
    append_time(out, group.consumers[i].seen_at);
    append_length(out, owned[i].size());
    for (const StreamId id : owned[i]) keyspace::append_stream_id(out, id);
  }
}

}  // namespace

std::string encode_stream(const Stream& stream, const EncodingLimits& limits) {
  NodeWriter nodes(limits);
  const auto& entries = stream.entries.entries;
  for (const auto& entry : entries) nodes.add(entry.id, stream.entries.fields_of(entry));
  nodes.finish();
  std::string out;
  out += static_cast<char>(Type::kStream2);
  append_length(out, nodes.count());
  out += nodes.nodes();
  append_length(out, entries.size());
  append_id(out, stream.state.last_id);
  append_id(out, entries.empty() ? StreamId{} : entries.front().id);
  append_id(out, stream.state.max_deleted_id);
  append_length(out, stream.state.entries_added);
  append_length(out, stream.groups.size());
  for (const StreamGroup& group : stream.groups) append_group(out, group);
  return out;
}

}  // namespace stele::redis::rdb
