#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele::json {

constexpr std::uint32_t kReplacementCharacter = 0xFFFD;

// The size of the valid UTF-8 sequence at the front of `bytes`, or 0. RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF.
std::size_t utf8_size(std::string_view bytes);

// Appends a code point that is no surrogate.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace stele::json
