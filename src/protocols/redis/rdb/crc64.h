#pragma once

#include <cstdint>
#include <string_view>

namespace stele::redis::rdb {

// The checksum of RDB files and DUMP's answers: CRC-64 with the polynomial of Jones, reflected, begun with 0.
// Goes on from `crc`. About a gigabyte a second.
std::uint64_t crc64(std::uint64_t crc, std::string_view bytes);

}  // namespace stele::redis::rdb
