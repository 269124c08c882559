#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/stream_rows.h"
#include "keyspace/streams.h"
#include "keyspace/value.h"

namespace stele::redis::rdb {

struct StreamConsumer {
  std::string_view name;
  keyspace::WallMs seen_at;
};

struct StreamPending {
  keyspace::StreamId id;
  keyspace::WallMs delivered_at;
  std::uint64_t deliveries = 0;
  std::size_t consumer = 0;  // its place among the group's
};

struct StreamGroup {
  std::string_view name;
  keyspace::StreamGroupValue start;
  std::vector<StreamConsumer> consumers;  // each once
  std::vector<StreamPending> pending;     // ids growing
};

struct Stream {
  keyspace::StreamStateValue state;
  keyspace::StreamEntries entries;  // ids growing, none beyond the state's; all are present
  std::vector<StreamGroup> groups;  // each once
};

// A value between the keyspace and RDB's bytes, in the form in which the keyspace's commands take it. Views
// into what it was made from, and into `texts`; movable, since those do not move with it.
struct Value {
  keyspace::ValueType type = keyspace::ValueType::kNone;
  std::vector<std::string_view> elements;    // kString: its bytes; kList, in order; kSet, each once
  std::vector<keyspace::FieldRef> fields;    // kHash, each once
  std::vector<keyspace::ScoredRef> members;  // kSortedSet, each once; to be encoded, they are in order
  Stream stream;                             // kStream
  std::deque<std::string> texts;             // what stands nowhere else: numbers, what was compressed
};

}  // namespace stele::redis::rdb
