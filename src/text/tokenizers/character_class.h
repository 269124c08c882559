#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace stele::text {

// A test for the characters that `classes` name: letter, digit, whitespace, punctuation, symbol, and texts
// whose characters are meant one by one. kInvalidArgument for another name of several letters when
// `only_names`.
Result<std::function<bool(std::uint32_t)>> character_class(const std::vector<std::string>& classes,
                                                           bool only_names);

}  // namespace stele::text
