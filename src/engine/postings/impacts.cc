#include "engine/postings/impacts.h"

#include <algorithm>

namespace stele::engine {

Impacts ImpactsBuilder::finish() const {
  // From the highest frequency down, those shorter than all above: no pair there covers another.
  std::array<Impact, 256> frontier;
  std::size_t size = 0;
  std::uint16_t shortest = 256;
  for (std::size_t frequency = 256; frequency-- > 0;) {
    if (least_[frequency] >= shortest) continue;
    shortest = least_[frequency];
    frontier[size++] = {static_cast<std::uint8_t>(frequency), static_cast<std::uint8_t>(shortest)};
  }
  Impacts impacts{};
  if (size == 0) return impacts;
  // Too many: evenly joined groups, each with its highest frequency and its shortest length.
  const std::size_t kept = std::min(size, impacts.size());
  for (std::size_t i = 0; i < kept; ++i)
    impacts[i] = {frontier[i * size / kept].frequency, frontier[(i + 1) * size / kept - 1].length};
  std::fill(impacts.begin() + static_cast<std::ptrdiff_t>(kept), impacts.end(), impacts[0]);
  return impacts;
}

}  // namespace stele::engine
