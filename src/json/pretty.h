#pragma once

#include <string>
#include <string_view>

namespace stele::json {

// Valid JSON text as `?pretty` has it: two blanks a level, `"key" : value`, `{ }` and `[ ]` where nothing is
// inside (Jackson's default with a line for each element). Blanks of the input are dropped, all else is kept
// byte by byte. One pass.
std::string pretty(std::string_view json);

// The same text without blanks between tokens.
std::string compact(std::string_view json);

}  // namespace stele::json
