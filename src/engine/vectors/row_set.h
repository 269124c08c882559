#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stele::engine {

// Which rows may be found? A bit a row and how many are set. Borrowed.
struct RowSet {
  std::span<const std::uint64_t> words;
  std::size_t count = 0;

  bool contains(std::uint32_t row) const { return (words[row / 64] >> (row % 64) & 1U) != 0; }
};

// A row found, nearest first.
struct Neighbour {
  float distance = 0;
  std::uint32_t row = 0;

  bool operator<(const Neighbour& other) const {
    return distance != other.distance ? distance < other.distance : row < other.row;
  }
  bool operator>(const Neighbour& other) const { return other < *this; }
};

}  // namespace stele::engine
