#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "keyspace/key.h"
#include "keyspace/stream/stream.h"
#include "keyspace/value.h"
#include "keyspace/write_behind.h"

namespace stele::keyspace::reference {

// A value at a key.
struct Object {
  ObjectId id;
  Key key;
  ValueType type = ValueType::kNone;
  std::string string;
  std::map<std::string, std::string, std::less<>> fields;
  std::map<std::string, WallMs, std::less<>> field_expiries;  // of a hash, of those that have one
  std::map<std::int64_t, std::string> elements;               // of a list, by position
  std::shared_ptr<stream::Stream> stream;                     // of a stream
  std::optional<WallMs> expires_at;
  bool has_row = false;  // a cut has carried it, or PostgreSQL gave it
  std::size_t memory_bytes = 0;
  std::uint32_t usage = 0;  // a UsageClock's
};

}  // namespace stele::keyspace::reference
