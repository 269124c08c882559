#include "protocols/elastic/byte_size.h"

#include <fmt/format.h>

namespace stele::elastic {

std::string byte_size(std::uint64_t bytes) {
  const ByteUnit* unit = &kByteUnits[0];
  for (const ByteUnit& larger : kByteUnits)
    if (bytes >= larger.bytes) unit = &larger;
  const std::uint64_t whole = bytes / unit->bytes;
  const std::uint64_t tenth = bytes % unit->bytes * 10 / unit->bytes;
  return tenth == 0 ? fmt::format("{}{}", whole, unit->name)
                    : fmt::format("{}.{}{}", whole, tenth, unit->name);
}

}  // namespace stele::elastic
