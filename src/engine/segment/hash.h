#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace stele::engine {

// 64 well-mixed bits of some bytes, the same on every little-endian machine and in every version: files keep
// them. Multiply and fold, eight bytes at a time. Not against chosen keys: a table of these must end its
// walks whatever it holds.
inline std::uint64_t hash_bytes(std::string_view bytes) {
  const auto fold = [](std::uint64_t left, std::uint64_t right) {
    const auto product = static_cast<unsigned __int128>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  };
  constexpr std::uint64_t kFirst = 0xA0761D6478BD642F;
  constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DB;
  std::uint64_t hash = kFirst ^ bytes.size();
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    hash = fold(hash ^ word, kSecond);
  }
  std::uint64_t last = 0;
  std::memcpy(&last, bytes.data() + at, bytes.size() - at);
  return fold(hash ^ last, kFirst) ^ (hash >> 29U);
}

}  // namespace stele::engine
