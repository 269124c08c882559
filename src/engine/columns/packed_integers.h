#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/postings/varint.h"

namespace stele::engine {

// The i-th of many integers in as few bits as the widest needs, counted from the least: one unaligned load, a
// shift and a mask. Section: the least (8 bytes), the width in bits (8 bytes: 0 to 56, or 64), the values
// from the lowest bit on, 8 bytes of padding. Borrows its bytes. Threads: immutable, share freely.
class PackedIntegers {
 public:
  PackedIntegers() = default;
  PackedIntegers(std::string_view section, std::size_t count);

  static void append(std::string& out, std::span<const std::uint64_t> values);

  std::size_t size() const { return count_; }
  std::uint64_t operator[](std::size_t i) const {
    const std::uint64_t bit = i * bits_;
    return least_ + ((load_le<std::uint64_t>(values_ + bit / 8) >> (bit % 8)) & mask_);
  }
  std::size_t section_bytes() const { return section_bytes_for(count_, bits_); }

 private:
  static std::size_t section_bytes_for(std::size_t count, std::uint64_t bits) {
    return 16 + (count * bits + 7) / 8 + 8;
  }

  std::size_t count_ = 0;
  std::uint64_t least_ = 0;
  std::uint64_t bits_ = 0;
  std::uint64_t mask_ = 0;
  const char* values_ = nullptr;
};

// Signed integers and doubles as unsigned ones of the same order.
inline std::uint64_t to_ordered(std::int64_t value) {
  return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63U);
}
inline std::int64_t integer_from_ordered(std::uint64_t bits) {
  return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63U));
}
std::uint64_t to_ordered(double value);
double real_from_ordered(std::uint64_t bits);

}  // namespace stele::engine
