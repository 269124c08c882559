#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stele::redis::rdb {

// LZF, with which RDB makes strings shorter. The same bytes as Redis makes (lzf_c.c, VERY_FAST, 16 bits).

// Nothing where the result would have more than `size_max` bytes.
std::optional<std::string> lzf_compress(std::string_view bytes, std::size_t size_max);

// Appends exactly `size` bytes, or says false: the input does not give them. Never takes more memory.
bool lzf_expand(std::string_view compressed, std::size_t size, std::string& out);

// The most that so many bytes can become: three of them say 264.
constexpr std::size_t lzf_expanded_max(std::size_t compressed_bytes) {
  return compressed_bytes * 88 + 264;
}

}  // namespace stele::redis::rdb
