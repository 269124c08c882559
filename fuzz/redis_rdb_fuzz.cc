// fuzz: redis
// A value as RESTORE gets it: whatever the bytes are, they are a value or an error, of bounded memory; and
// what is a value is the same one after it was written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/encode.h"

namespace rdb = stele::redis::rdb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)rdb::open_payload(bytes);
  const auto measured = rdb::measure_value(bytes);
  const auto value = rdb::decode_value(bytes);
  if (!value) return 0;
  if (!measured || *measured != size) std::abort();
  const std::string written = rdb::encode_value(*value, {});
  const auto again = rdb::decode_value(written);
  if (!again || again->type != value->type || again->fields != value->fields) std::abort();
  if (again->elements.size() != value->elements.size()) std::abort();
  if (again->members.size() != value->members.size()) std::abort();
  return 0;
}
