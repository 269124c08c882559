#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace stele::json {

// Where does each token begin? simdjson's first stage: offsets of all of `{}[]:,`, of each string's opening
// quote and of the first byte of any other run, blanks skipped; UTF-8 and the inside of strings are checked.
// The offsets live in the calling thread's buffer until its next call. `text` is not empty.
Result<std::span<const std::uint32_t>> find_structure(std::string_view text);

// kInvalidArgument with "offset", "line" and "column" of this byte of the text.
Error syntax_error(std::string_view text, std::size_t offset, std::string_view what);

}  // namespace stele::json
