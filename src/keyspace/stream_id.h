#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace stele::keyspace {

// Which entry of a stream? A time in milliseconds and a number within it; ids of a stream only grow.
struct StreamId {
  std::uint64_t ms = 0;
  std::uint64_t sequence = 0;

  auto operator<=>(const StreamId&) const = default;

  static constexpr StreamId last() {
    return {std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()};
  }
  // The ids beside it; nothing behind the last and before the first.
  std::optional<StreamId> next() const;
  std::optional<StreamId> previous() const;
};

// "ms-sequence".
std::string to_string(StreamId id);

// Sixteen bytes, the highest first, so that they are in order as bytes too; and back.
constexpr std::size_t kStreamIdBytes = 16;
void append_stream_id(std::string& bytes, StreamId id);
StreamId stream_id_of(std::string_view bytes);

}  // namespace stele::keyspace
