#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace stele::net {

// RFC 3986 section 2.1. Empty for a broken escape or an encoded NUL. `plus_is_space`: as in queries.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Fills target, path, segments and query of `request` from a request target (RFC 9112 section 3.2):
// origin-form, absolute-form, or "*". False for what is none of them.
bool parse_target(std::string_view target, HttpRequest& request);

}  // namespace stele::net
