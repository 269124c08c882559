#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stele::crypto {

// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
// Empty for anything that is not the canonical encoding of some bytes: no white space, padding complete.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace stele::crypto
