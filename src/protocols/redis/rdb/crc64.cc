#include "protocols/redis/rdb/crc64.h"

#include <array>
#include <bit>
#include <cstring>

namespace stele::redis::rdb {

namespace {

constexpr std::uint64_t kPolynomial = 0x95AC9329AC4BC9B5;  // 0xad93d23594c935a9, the lowest bit first
constexpr std::size_t kLanes = 8;                          // bytes taken at once

using Tables = std::array<std::array<std::uint64_t, 256>, kLanes>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::size_t i = 0; i < 256; ++i) {
    std::uint64_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
    tables[0][i] = crc;
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t lane = 1; lane < kLanes; ++lane) {
      const std::uint64_t before = tables[lane - 1][i];
      tables[lane][i] = tables[0][before & 0xFF] ^ before >> 8;
    }
  }
  return tables;
}

}  // namespace

std::uint64_t crc64(std::uint64_t crc, std::string_view bytes) {
  static const Tables tables = make_tables();
  static_assert(std::endian::native == std::endian::little);
  while (bytes.size() >= kLanes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    word ^= crc;
    crc = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      crc ^= tables[kLanes - 1 - lane][word >> (8 * lane) & 0xFF];
    }
    bytes.remove_prefix(kLanes);
  }
  for (const char c : bytes) crc = tables[0][(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ crc >> 8;
  return crc;
}

}  // namespace stele::redis::rdb
