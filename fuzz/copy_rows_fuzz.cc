// fuzz: postgres
// First byte: bit 0 = binary, the rest is the number of columns. The rest is one chunk of COPY … TO STDOUT.
#include <cstddef>
#include <cstdint>

#include "postgres/replication/copy_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele::postgres;
  if (size == 0) return 0;
  CopyRows rows((data[0] & 1) != 0, data[0] >> 1);
  const std::string_view chunk(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto taken = rows.take({&chunk, 1});
  if (!taken.has_value()) return 0;
  std::size_t total = 0;
  for (const Tuple& tuple : *taken) {
    for (const ColumnValue column : tuple) total += column.bytes.size();
  }
  // What comes out is no more than what came in.
  if (total > size) __builtin_trap();
  return 0;
}
