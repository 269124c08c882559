#include "engine/postings/bit_packing.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace stele::engine {
namespace {

constexpr unsigned kLanes = 4;
constexpr unsigned kRows = kPackedBlock / kLanes;

using Unpack = void (*)(const char* bytes, std::uint32_t* values);

// Unrolled for each width: every shift and every step to the next word is a constant.
template <unsigned kBits, unsigned kRow>
void unpack_row(const std::uint32_t* words, std::uint32_t* values) {
  constexpr unsigned kWord = kRow * kBits / 32;
  constexpr unsigned kShift = kRow * kBits % 32;
  constexpr std::uint32_t kMask = kBits == 32 ? ~0U : (1U << (kBits % 32)) - 1;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    std::uint32_t value = words[kWord * kLanes + lane] >> kShift;
    if constexpr (kShift + kBits > 32) value |= words[(kWord + 1) * kLanes + lane] << (32 - kShift);
    values[kRow * kLanes + lane] = value & kMask;
  }
}

template <unsigned kBits>
void unpack_width(const char* bytes, std::uint32_t* values) {
  if constexpr (kBits == 0) {
    std::memset(values, 0, kPackedBlock * sizeof(*values));
  } else {
    std::array<std::uint32_t, kBits * kLanes> words;
    std::memcpy(words.data(), bytes, sizeof(words));
    [&]<unsigned... kRow>(std::integer_sequence<unsigned, kRow...>) {
      (unpack_row<kBits, kRow>(words.data(), values), ...);
    }(std::make_integer_sequence<unsigned, kRows>());
  }
}

template <unsigned... kBits>
constexpr std::array<Unpack, sizeof...(kBits)> make_table(std::integer_sequence<unsigned, kBits...>) {
  return {unpack_width<kBits>...};
}
constexpr auto kUnpack = make_table(std::make_integer_sequence<unsigned, 33>());

}  // namespace

unsigned bits_needed(const std::uint32_t* values) {
  std::uint32_t any = 0;
  for (std::size_t i = 0; i < kPackedBlock; ++i) any |= values[i];
  return static_cast<unsigned>(std::bit_width(any));
}

void append_packed(std::string& out, const std::uint32_t* values, unsigned bits) {
  std::array<std::uint32_t, 32 * kLanes> words{};
  for (unsigned i = 0; i < kPackedBlock; ++i) {
    const unsigned bit = i / kLanes * bits;
    const unsigned lane = i % kLanes;
    const unsigned word = bit / 32;
    const unsigned shift = bit % 32;
    if (bits == 0) break;
    words[word * kLanes + lane] |= values[i] << shift;
    if (shift + bits > 32) words[(word + 1) * kLanes + lane] |= values[i] >> (32 - shift);
  }
  out.append(reinterpret_cast<const char*>(words.data()), packed_bytes(bits));
}

void unpack(const char* bytes, unsigned bits, std::uint32_t* values) {
  STELE_CHECK(bits <= 32);
  kUnpack[bits](bytes, values);
}

}  // namespace stele::engine
