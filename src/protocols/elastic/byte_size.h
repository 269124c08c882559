#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele::elastic {

struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};
inline constexpr std::array kByteUnits = {
    ByteUnit{"b", 1},           ByteUnit{"kb", 1ULL << 10}, ByteUnit{"mb", 1ULL << 20},
    ByteUnit{"gb", 1ULL << 30}, ByteUnit{"tb", 1ULL << 40}, ByteUnit{"pb", 1ULL << 50},
};

// A size for people, as Elasticsearch's ByteSizeValue writes it: "5.2kb", "1gb".
std::string byte_size(std::uint64_t bytes);

}  // namespace stele::elastic
