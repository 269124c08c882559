#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "protocols/redis/head.h"

namespace stele::redis {

// The number of a bit in a string: "7", or with a width "#2", which is the second field of that many bits.
Result<std::size_t> bit_offset(Head& head, std::string_view text, unsigned width);

}  // namespace stele::redis
