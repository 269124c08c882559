#include "engine/columns/packed_integers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace stele::engine {

void PackedIntegers::append(std::string& out, std::span<const std::uint64_t> values) {
  std::uint64_t least = values.empty() ? 0 : values[0];
  std::uint64_t greatest = least;
  for (const std::uint64_t value : values) {
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  }
  auto bits = static_cast<std::uint64_t>(std::bit_width(greatest - least));
  // Beyond 56 bits a value could lie in nine bytes.
  if (bits > 56) bits = 64;
  append_le(out, least);
  append_le(out, bits);
  const std::size_t start = out.size();
  out.append(section_bytes_for(values.size(), bits) - 16, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t bit = i * bits;
    char* place = out.data() + start + bit / 8;
    const std::uint64_t word = load_le<std::uint64_t>(place) | ((values[i] - least) << (bit % 8));
    std::memcpy(place, &word, sizeof(word));
  }
}

PackedIntegers::PackedIntegers(std::string_view section, std::size_t count) {
  if (section.size() < 16) return;
  const auto bits = load_le<std::uint64_t>(section.data() + 8);
  if (bits > 64 || (bits > 56 && bits != 64)) return;
  if (section.size() < section_bytes_for(count, bits)) return;
  count_ = count;
  least_ = load_le<std::uint64_t>(section.data());
  bits_ = bits;
  mask_ = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  values_ = section.data() + 16;
}

std::uint64_t to_ordered(double value) {
  // What is no number comes above all that are, whatever its sign.
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  const auto bits = std::bit_cast<std::uint64_t>(value);
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double real_from_ordered(std::uint64_t bits) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;
  return std::bit_cast<double>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
}

}  // namespace stele::engine
