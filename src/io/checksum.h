#pragma once

#include <cstdint>
#include <string_view>

namespace stele::io {

// Are these the bytes that were written? XXH3, 64 bits: finds accidents, not attackers. About 20 GB/s.
std::uint64_t checksum(std::string_view bytes);

}  // namespace stele::io
