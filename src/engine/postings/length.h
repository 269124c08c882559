#pragma once

#include <cstdint>

namespace stele::engine {

// Lucene's one-byte lengths (SmallFloat.intToByte4): exact up to 40, then 4 significant bits. The order of
// the bytes is the order of the lengths.
std::uint8_t encode_length(std::uint32_t length);
std::uint32_t decode_length(std::uint8_t encoded);

}  // namespace stele::engine
