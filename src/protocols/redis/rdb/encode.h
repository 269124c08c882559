#pragma once

#include <cstdint>
#include <string>

#include "protocols/redis/rdb/value.h"

namespace stele::redis::rdb {

// Up to which size Redis keeps, and so writes, collections in flat forms: its settings.
struct EncodingLimits {
  std::size_t hash_entries = 512;
  std::size_t hash_value_bytes = 64;
  std::size_t intset_entries = 512;
  std::size_t sorted_entries = 128;
  std::size_t sorted_value_bytes = 64;
  std::int64_t list_listpack_size = -2;
  std::size_t stream_node_entries = 100;  // 0 = no limit
  std::size_t stream_node_bytes = 4096;   // the same
};

// The value in version 10 of the format, from its type's byte on: the bytes that Redis 7.0 writes for a value
// that was made by one command and never changed.
std::string encode_value(const Value& value, const EncodingLimits& limits);

// The parts of a file.
void append_length(std::string& out, std::uint64_t length);
void append_string(std::string& out, std::string_view bytes);

}  // namespace stele::redis::rdb
