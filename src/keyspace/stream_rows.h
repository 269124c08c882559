#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/stream_id.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// How a stream is written behind: as rows with names, which are the fields of a Value and of a DirtyObject.
// The first byte of a name is the kind of the row.
enum class StreamRow : char {
  kState = 's',     // → last id, highest id that was removed, how many were added
  kEntry = 'e',     // id → packed fields
  kGroup = 'g',     // group → last id, entries read (all ones: not known)
  kConsumer = 'c',  // group, consumer → when it was seen
  kPending = 'p',   // group, id → when it was delivered, how often, to which consumer
  // What to do before rows are written; only in a DirtyObject, and always set there.
  // They come first.
  kTrimmed = '0',       // → the first id that is left (nothing: none is): all rows of lower ids go
  kGroupCleared = '1',  // group: all rows of its consumers and pending entries go
};

// A name taken apart; views into it.
struct StreamRowName {
  StreamRow kind = StreamRow::kState;
  StreamId id;                // kEntry, kPending
  std::string_view group;     // all but kState, kEntry, kTrimmed
  std::string_view consumer;  // kConsumer
};

std::string stream_state_row();
std::string stream_entry_row(StreamId id);
std::string stream_group_row(std::string_view group);
std::string stream_consumer_row(std::string_view group, std::string_view consumer);
std::string stream_pending_row(std::string_view group, StreamId id);
std::string stream_trimmed_row();
std::string stream_group_cleared_row(std::string_view group);
// Nothing for what is none of these.
std::optional<StreamRowName> read_stream_row(std::string_view name);

struct StreamStateValue {
  StreamId last_id;
  StreamId max_deleted_id;
  std::uint64_t entries_added = 0;
};
struct StreamGroupValue {
  StreamId last_id;
  std::optional<std::uint64_t> entries_read;
};
struct StreamPendingValue {
  WallMs delivered_at;
  std::uint64_t deliveries = 0;
  std::string_view consumer;
};
std::string write_stream_value(const StreamStateValue& value);
std::string write_stream_value(const StreamGroupValue& value);
std::string write_stream_value(const StreamPendingValue& value);
std::string write_stream_value(WallMs seen_at);
// What is too short reads as zeros.
StreamStateValue read_stream_state(std::string_view bytes);
StreamGroupValue read_stream_group(std::string_view bytes);
StreamPendingValue read_stream_pending(std::string_view bytes);
WallMs read_stream_seen(std::string_view bytes);

// Names and values one behind the other, each after its length in four bytes, the highest first.
std::string pack_fields(std::span<const FieldRef> fields);
// Views; as far as the bytes make sense.
std::vector<FieldRef> unpack_fields(std::string_view packed);

}  // namespace stele::keyspace
