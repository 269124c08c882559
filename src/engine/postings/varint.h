#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace stele::engine {

// Seven bits a byte, the least first, the eighth says that more follow.
inline void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

// Of the front of `bytes`, which it takes away; zero, and nothing left, where the bytes end too early.
inline std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  unsigned shift = 0;
  for (std::size_t i = 0; i < bytes.size() && shift < 64; ++i, shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  bytes = {};
  return 0;
}

// Up to `count` bytes of the front.
inline std::string_view take_bytes(std::string_view& bytes, std::size_t count) {
  const std::string_view taken = bytes.substr(0, count);
  bytes.remove_prefix(taken.size());
  return taken;
}

// Little-endian integers, at any address. `bytes` holds as many as T has.
template <class T>
T load_le(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}
template <class T>
void append_le(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace stele::engine
