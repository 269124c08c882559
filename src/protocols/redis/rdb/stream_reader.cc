#include <algorithm>
#include <optional>

#include "protocols/redis/rdb/packed.h"
#include "protocols/redis/rdb/stream.h"

namespace stele::redis::rdb {

namespace {

using keyspace::kStreamIdBytes;
using keyspace::StreamId;
using keyspace::WallMs;

constexpr std::size_t kNobody = SIZE_MAX;
constexpr std::size_t kNodeBytesMin = 2;
constexpr std::size_t kGroupBytesMin = 5;
constexpr std::size_t kPendingBytesMin = kStreamIdBytes + 9;
constexpr std::size_t kConsumerBytesMin = 10;
// What is kept of each, in elements as Reader counts them.
constexpr std::size_t kEntryElements = 2;
constexpr std::size_t kPendingElements = 2;
constexpr std::size_t kConsumerElements = 2;
constexpr std::size_t kGroupElements = 4;

bool are_unique(Views names) {
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

StreamId read_id(Reader& in) {
  const std::uint64_t ms = in.length();
  return {ms, in.length()};
}

StreamId read_raw_id(Reader& in) {
  const std::string_view bytes = in.take(kStreamIdBytes);
  return bytes.empty() ? StreamId{} : keyspace::stream_id_of(bytes);
}

// Never before 1970.
WallMs read_time(Reader& in) {
  const auto ms = in.little_endian<std::int64_t>();
  if (ms < 0) in.fail();
  return {ms};
}

// What the entries of a listpack are told from.
struct NodeHead {
  StreamId id;
  Views names;
};

class StreamReader {
 public:
  StreamReader(Reader& in, Type type, Stream& stream) : in_(in), type_(type), stream_(stream) {}

  bool read();

 private:
  struct Counts {
    std::int64_t present = 0;
    std::int64_t deleted = 0;
    bool operator==(const Counts&) const = default;
  };
  bool read_node();
  bool read_names(ListpackCursor& node, Views& names);
  bool read_entry(ListpackCursor& node, const NodeHead& head, Counts& found);
  bool read_fields(ListpackCursor& node, const NodeHead& head, std::int64_t flags, std::size_t count);
  bool read_state();
  bool read_group();
  bool read_pending(StreamGroup& group);
  bool read_consumer(StreamGroup& group);
  std::optional<std::uint64_t> entries_read_until(StreamId id) const;

  Reader& in_;
  const Type type_;
  Stream& stream_;
  StreamId latest_;  // of all entries, the removed ones too
};

bool StreamReader::read() {
  const std::size_t nodes = in_.count(kNodeBytesMin);
  for (std::size_t i = 0; i < nodes; ++i) {
    if (!read_node()) return false;
  }
  if (!read_state()) return false;
  const std::size_t groups = in_.count(kGroupBytesMin);
  Views names;
  for (std::size_t i = 0; i < groups; ++i) {
    if (!read_group()) return false;
    names.push_back(stream_.groups.back().name);
  }
  return in_.ok() && are_unique(std::move(names));
}

bool StreamReader::read_node() {
  const std::string_view id = in_.string();
  const std::string_view bytes = in_.string();
  if (!in_.ok() || id.size() != kStreamIdBytes) return false;
  NodeHead head = {.id = keyspace::stream_id_of(id), .names = {}};
  if (head.id <= latest_) return false;
  ListpackCursor node(bytes);
  Counts said;
  said.present = node.integer();
  said.deleted = node.integer();
  if (!read_names(node, head.names) || node.integer() != 0) return false;
  Counts found;
  while (!node.is_at_end()) {
    if (!read_entry(node, head, found)) return false;
  }
  return node.is_whole() && said == found && found != Counts{};
}

bool StreamReader::read_names(ListpackCursor& node, Views& names) {
  const std::int64_t count = node.integer();
  for (std::int64_t i = 0; i < count; ++i) {
    names.push_back(node.text(in_));
    in_.count_elements(1);
    if (!node.ok() || !in_.ok()) return false;
  }
  return node.ok() && count > 0;
}

bool StreamReader::read_entry(ListpackCursor& node, const NodeHead& head, Counts& found) {
  const std::int64_t flags = node.integer();
  const auto ms = static_cast<std::uint64_t>(node.integer());
  const auto sequence = static_cast<std::uint64_t>(node.integer());
  const bool is_same = (flags & kEntrySameFields) != 0;
  const bool is_deleted = (flags & kEntryDeleted) != 0;
  const std::int64_t count = is_same ? static_cast<std::int64_t>(head.names.size()) : node.integer();
  const StreamId id = {head.id.ms + ms, head.id.sequence + sequence};
  if (!node.ok() || (flags & ~(kEntrySameFields | kEntryDeleted)) != 0) return false;
  if (count <= 0 || id < head.id || id <= latest_) return false;
  latest_ = id;
  const std::size_t first_field = stream_.entries.fields.size();
  if (!read_fields(node, head, flags, static_cast<std::size_t>(count))) return false;
  if (node.integer() != (is_same ? count + 3 : 2 * count + 4)) return false;
  ++(is_deleted ? found.deleted : found.present);
  if (!is_deleted) {
    in_.count_elements(kEntryElements);
    stream_.entries.entries.push_back({id, first_field, static_cast<std::size_t>(count), true});
  }
  return node.ok() && in_.ok();
}

bool StreamReader::read_fields(ListpackCursor& node, const NodeHead& head, std::int64_t flags,
                               std::size_t count) {
  constexpr std::size_t kElementBytes = 32;
  const bool is_same = (flags & kEntrySameFields) != 0;
  const bool is_deleted = (flags & kEntryDeleted) != 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = is_same ? head.names[i] : node.text(in_);
    const std::string_view value = node.text(in_);
    // A name that stands once is written out for each entry sooner or later.
    in_.count_elements(1 + (is_same ? name.size() / kElementBytes : 0));
    if (!node.ok() || !in_.ok()) return false;
    if (!is_deleted) stream_.entries.fields.push_back({name, value});
  }
  return true;
}

bool StreamReader::read_state() {
  const auto& entries = stream_.entries.entries;
  const std::uint64_t length = in_.length();
  stream_.state.last_id = read_id(in_);
  stream_.state.entries_added = length;
  if (type_ != Type::kStream) {
    // The first entry's id, which the entries tell: some versions of Redis forgot to move it.
    (void)read_id(in_);
    stream_.state.max_deleted_id = read_id(in_);
    stream_.state.entries_added = in_.length();
  }
  if (!in_.ok() || length != entries.size()) return false;
  return entries.empty() || entries.back().id <= stream_.state.last_id;
}

// As Redis 7 tells it of what a version before it wrote, which did not count.
std::optional<std::uint64_t> StreamReader::entries_read_until(StreamId id) const {
  const auto& entries = stream_.entries.entries;
  if (entries.empty()) return 0;
  if (id == stream_.state.last_id) return entries.size();
  const StreamId first = entries.front().id;
  if (id > stream_.state.last_id || id > first) return std::nullopt;
  return id == first ? 1 : 0;
}

bool StreamReader::read_group() {
  StreamGroup& group = stream_.groups.emplace_back();
  in_.count_elements(kGroupElements);
  group.name = in_.string();
  group.start.last_id = read_id(in_);
  if (type_ == Type::kStream) {
    group.start.entries_read = entries_read_until(group.start.last_id);
  } else if (const std::uint64_t read = in_.length(); read != kEntriesReadUnknown) {
    group.start.entries_read = read;
  }
  if (!read_pending(group)) return false;
  const std::size_t consumers = in_.count(kConsumerBytesMin);
  Views names;
  for (std::size_t i = 0; i < consumers; ++i) {
    if (!read_consumer(group)) return false;
    names.push_back(group.consumers.back().name);
  }
  const bool is_all_owned =
      std::ranges::none_of(group.pending, [](const auto& each) { return each.consumer == kNobody; });
  return in_.ok() && is_all_owned && are_unique(std::move(names));
}

bool StreamReader::read_pending(StreamGroup& group) {
  const std::size_t count = in_.count(kPendingBytesMin);
  in_.count_elements(count * kPendingElements);
  for (std::size_t i = 0; i < count && in_.ok(); ++i) {
    StreamPending each;
    each.id = read_raw_id(in_);
    each.delivered_at = read_time(in_);
    each.deliveries = in_.length();
    each.consumer = kNobody;
    if (!group.pending.empty() && each.id <= group.pending.back().id) return false;
    group.pending.push_back(each);
  }
  return in_.ok();
}

bool StreamReader::read_consumer(StreamGroup& group) {
  const std::size_t number = group.consumers.size();
  StreamConsumer& consumer = group.consumers.emplace_back();
  in_.count_elements(kConsumerElements);
  consumer.name = in_.string();
  consumer.seen_at = read_time(in_);
  // When it got something, since 7.2; -1 for never.
  if (type_ == Type::kStream3) in_.take(sizeof(std::int64_t));
  const std::size_t owned = in_.count(kStreamIdBytes);
  std::optional<StreamId> former;
  for (std::size_t i = 0; i < owned && in_.ok(); ++i) {
    const StreamId id = read_raw_id(in_);
    const auto at = std::ranges::lower_bound(group.pending, id, {}, &StreamPending::id);
    if (at == group.pending.end() || at->id != id || at->consumer != kNobody) return false;
    if (former && id <= *former) return false;
    at->consumer = number;
    former = id;
  }
  return in_.ok();
}

}  // namespace

bool read_stream(Reader& in, Type type, Stream& stream) {
  return StreamReader(in, type, stream).read();
}

}  // namespace stele::redis::rdb
