#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "protocols/redis/rdb/types.h"
#include "protocols/redis/rdb/value.h"

namespace stele::redis::rdb {

// What the elements of a value, the texts of numbers and what was compressed may take in memory while it is
// decoded: a small payload cannot become all of it.
constexpr std::size_t decoded_bytes_max(std::size_t payload_bytes) {
  return (256U << 20) + 64 * payload_bytes;
}

// A value of any type and encoding of Redis up to 7.2, from its type's byte on; all of `bytes` belongs to it.
// Nothing of them is trusted: lengths, counts, order and uniqueness are looked at. Views into `bytes`.
// Errors: kCorruption, and kUnsupported for values of modules.
Result<Value> decode_value(std::string_view bytes);

// What DUMP answers: a value, the version of the format, a checksum.
struct Payload {
  std::string_view value;  // from its type's byte on
  std::uint16_t version = 0;
};
// Nothing where the version is unknown or the checksum another one.
std::optional<Payload> open_payload(std::string_view bytes);
// The other way round.
std::string make_payload(std::string value, std::uint16_t version);

// How many bytes the value at the front takes, behind its type's byte; nothing where they are not all there.
// kCorruption for what is none; a value of a module has a length too.
Result<std::optional<std::size_t>> measure_content(Type type, std::string_view bytes);

}  // namespace stele::redis::rdb
