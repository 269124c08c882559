#pragma once

#include <string_view>

namespace stele::redis {

// Whether the text fits a pattern of KEYS: * any bytes, ? one byte, [a-z] [^a-z] one of these, \x x itself.
// Cost: at most the product of the lengths. Source: Redis' stringmatchlen, as it behaves.
bool fits_glob(std::string_view pattern, std::string_view text);
bool fits_glob_ignoring_case(std::string_view pattern, std::string_view text);

}  // namespace stele::redis
