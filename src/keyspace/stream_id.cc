#include "keyspace/stream_id.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace stele::keyspace {

std::optional<StreamId> StreamId::next() const {
  if (*this == last()) return std::nullopt;
  return sequence < last().sequence ? StreamId{ms, sequence + 1} : StreamId{ms + 1, 0};
}

std::optional<StreamId> StreamId::previous() const {
  if (*this == StreamId{}) return std::nullopt;
  return sequence > 0 ? StreamId{ms, sequence - 1} : StreamId{ms - 1, last().sequence};
}

std::string to_string(StreamId id) {
  return fmt::format("{}-{}", id.ms, id.sequence);
}

void append_stream_id(std::string& bytes, StreamId id) {
  append_big_endian(bytes, id.ms);
  append_big_endian(bytes, id.sequence);
}

StreamId stream_id_of(std::string_view bytes) {
  if (bytes.size() < kStreamIdBytes) return {};
  return {load_big_endian<std::uint64_t>(bytes.data()), load_big_endian<std::uint64_t>(bytes.data() + 8)};
}

}  // namespace stele::keyspace
