#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stele::text {

// One term of a text: what is indexed, where in the sequence it stands, and which bytes of the text it came
// from. Positions begin at 0; a removed stop word leaves a gap; synonyms share a position.
struct Token {
  std::string term;
  std::uint32_t position = 0;
  std::size_t start = 0;  // bytes of the analyzed text, [start, end)
  std::size_t end = 0;
};

using Tokens = std::vector<Token>;

}  // namespace stele::text
