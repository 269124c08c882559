#include "engine/postings/length.h"

#include <bit>

namespace stele::engine {
namespace {

constexpr std::uint32_t kExactLengths = 24;  // Lucene's NUM_FREE_VALUES

}  // namespace

std::uint8_t encode_length(std::uint32_t length) {
  if (length < kExactLengths) return static_cast<std::uint8_t>(length);
  const std::uint32_t rest = length - kExactLengths;
  const auto bits = static_cast<std::uint32_t>(std::bit_width(rest));
  if (bits < 4) return static_cast<std::uint8_t>(kExactLengths + rest);
  const std::uint32_t shift = bits - 4;
  return static_cast<std::uint8_t>(kExactLengths + (((rest >> shift) & 7U) | ((shift + 1) << 3U)));
}

std::uint32_t decode_length(std::uint8_t encoded) {
  if (encoded < kExactLengths) return encoded;
  const std::uint32_t rest = encoded - kExactLengths;
  if (rest < 8) return kExactLengths + rest;
  const std::uint64_t decoded = std::uint64_t{(rest & 7U) | 8U} << ((rest >> 3U) - 1);
  return static_cast<std::uint32_t>(kExactLengths + decoded);
}

}  // namespace stele::engine
