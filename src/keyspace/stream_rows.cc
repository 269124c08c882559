#include "keyspace/stream_rows.h"

#include <limits>

#include "base/bytes.h"

namespace stele::keyspace {

namespace {

constexpr auto kUnknown = std::numeric_limits<std::uint64_t>::max();

std::string begin_row(StreamRow kind) {
  return {static_cast<char>(kind)};
}

void append_sized(std::string& bytes, std::string_view part) {
  append_big_endian(bytes, static_cast<std::uint32_t>(part.size()));
  bytes += part;
}

// Takes from the front of what is left; what is too short reads as nothing.
class Bytes {
 public:
  explicit Bytes(std::string_view left) : left_(left) {}

  std::uint64_t number() {
    const std::string_view part = take(sizeof(std::uint64_t));
    return part.empty() ? 0 : load_big_endian<std::uint64_t>(part.data());
  }
  StreamId id() {
    const std::uint64_t ms = number();
    return {ms, number()};
  }
  std::string_view take(std::size_t size) {
    if (left_.size() < size) {
      left_ = {};
      return {};
    }
    const std::string_view part = left_.substr(0, size);
    left_.remove_prefix(size);
    return part;
  }
  std::optional<std::string_view> sized() {
    if (left_.size() < sizeof(std::uint32_t)) return std::nullopt;
    const auto size = load_big_endian<std::uint32_t>(left_.data());
    if (left_.size() - sizeof(std::uint32_t) < size) return std::nullopt;
    left_.remove_prefix(sizeof(std::uint32_t));
    return take(size);
  }
  std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

}  // namespace

std::string stream_state_row() {
  return begin_row(StreamRow::kState);
}

std::string stream_entry_row(StreamId id) {
  std::string name = begin_row(StreamRow::kEntry);
  append_stream_id(name, id);
  return name;
}

std::string stream_group_row(std::string_view group) {
  return begin_row(StreamRow::kGroup).append(group);
}

std::string stream_consumer_row(std::string_view group, std::string_view consumer) {
  std::string name = begin_row(StreamRow::kConsumer);
  append_sized(name, group);
  return name.append(consumer);
}

std::string stream_pending_row(std::string_view group, StreamId id) {
  std::string name = begin_row(StreamRow::kPending);
  append_sized(name, group);
  append_stream_id(name, id);
  return name;
}

std::string stream_trimmed_row() {
  return begin_row(StreamRow::kTrimmed);
}

std::string stream_group_cleared_row(std::string_view group) {
  return begin_row(StreamRow::kGroupCleared).append(group);
}

std::optional<StreamRowName> read_stream_row(std::string_view name) {
  if (name.empty()) return std::nullopt;
  StreamRowName row;
  row.kind = static_cast<StreamRow>(name.front());
  Bytes bytes(name.substr(1));
  switch (row.kind) {
    case StreamRow::kState:
    case StreamRow::kTrimmed:
      if (name.size() > 1) return std::nullopt;
      return row;
    case StreamRow::kEntry:
      if (name.size() != 1 + kStreamIdBytes) return std::nullopt;
      row.id = bytes.id();
      return row;
    case StreamRow::kGroup:
    case StreamRow::kGroupCleared:
      row.group = bytes.rest();
      return row;
    case StreamRow::kConsumer:
    case StreamRow::kPending: {
      const auto group = bytes.sized();
      if (!group) return std::nullopt;
      row.group = *group;
      if (row.kind == StreamRow::kConsumer) {
        row.consumer = bytes.rest();
        return row;
      }
      if (bytes.rest().size() != kStreamIdBytes) return std::nullopt;
      row.id = bytes.id();
      return row;
    }
  }
  return std::nullopt;
}

std::string write_stream_value(const StreamStateValue& value) {
  std::string bytes;
  append_stream_id(bytes, value.last_id);
  append_stream_id(bytes, value.max_deleted_id);
  append_big_endian(bytes, value.entries_added);
  return bytes;
}

std::string write_stream_value(const StreamGroupValue& value) {
  std::string bytes;
  append_stream_id(bytes, value.last_id);
  append_big_endian(bytes, value.entries_read.value_or(kUnknown));
  return bytes;
}

std::string write_stream_value(const StreamPendingValue& value) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint64_t>(value.delivered_at.value));
  append_big_endian(bytes, value.deliveries);
  return bytes.append(value.consumer);
}

std::string write_stream_value(WallMs seen_at) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint64_t>(seen_at.value));
  return bytes;
}

StreamStateValue read_stream_state(std::string_view bytes) {
  Bytes parts(bytes);
  StreamStateValue value;
  value.last_id = parts.id();
  value.max_deleted_id = parts.id();
  value.entries_added = parts.number();
  return value;
}

StreamGroupValue read_stream_group(std::string_view bytes) {
  Bytes parts(bytes);
  StreamGroupValue value;
  value.last_id = parts.id();
  const std::uint64_t read = parts.number();
  if (read != kUnknown) value.entries_read = read;
  return value;
}

StreamPendingValue read_stream_pending(std::string_view bytes) {
  Bytes parts(bytes);
  StreamPendingValue value;
  value.delivered_at = {static_cast<std::int64_t>(parts.number())};
  value.deliveries = parts.number();
  value.consumer = parts.rest();
  return value;
}

WallMs read_stream_seen(std::string_view bytes) {
  return {static_cast<std::int64_t>(Bytes(bytes).number())};
}

std::string pack_fields(std::span<const FieldRef> fields) {
  std::size_t size = 0;
  for (const FieldRef& field : fields) size += 8 + field.name.size() + field.value.size();
  std::string packed;
  packed.reserve(size);
  for (const FieldRef& field : fields) {
    append_sized(packed, field.name);
    append_sized(packed, field.value);
  }
  return packed;
}

std::vector<FieldRef> unpack_fields(std::string_view packed) {
  std::vector<FieldRef> fields;
  Bytes bytes(packed);
  while (true) {
    const auto name = bytes.sized();
    if (!name) return fields;
    const auto value = bytes.sized();
    if (!value) return fields;
    fields.push_back({*name, *value});
  }
}

}  // namespace stele::keyspace
