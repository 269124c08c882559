// fuzz: redis
// A value as RESTORE gets it: whatever the bytes are, they are a value or an error, of bounded memory; and
// what is a value is the same one after it was written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/file_reader.h"

namespace rdb = stele::redis::rdb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)rdb::open_payload(bytes);
  rdb::FileReader file;
  file.feed("REDIS0010");
  file.feed(bytes);
  for (auto item = file.next(); item && *item; item = file.next()) {
  }
  if (size == 0) return 0;
  const auto measured = rdb::measure_content(static_cast<rdb::Type>(data[0]), bytes.substr(1));
  const auto value = rdb::decode_value(bytes);
  if (!value) return 0;
  if (!measured || !*measured || **measured + 1 != size) std::abort();
  const std::string written = rdb::encode_value(*value, {});
  const auto again = rdb::decode_value(written);
  if (!again || again->type != value->type || again->fields != value->fields) std::abort();
  if (again->elements.size() != value->elements.size()) std::abort();
  if (again->members.size() != value->members.size()) std::abort();
  if (again->stream.entries.fields != value->stream.entries.fields) std::abort();
  if (again->stream.groups.size() != value->stream.groups.size()) std::abort();
  return 0;
}
