#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stele::text {

// What a character does in a word that is taken apart. Bits: a kind may be several.
using SubwordKind = std::uint8_t;
constexpr SubwordKind kSubwordLower = 1;
constexpr SubwordKind kSubwordUpper = 2;
constexpr SubwordKind kSubwordDigit = 4;
constexpr SubwordKind kSubwordDelimiter = 8;
constexpr SubwordKind kSubwordAlpha = kSubwordLower | kSubwordUpper;

// Where does a word change: at delimiters, from lower to upper case, from letters to digits? As Lucene's
// WordDelimiterIterator. Plain data and pure functions.
struct SubwordRules {
  bool split_on_case_change = true;
  bool split_on_numerics = true;
  bool stem_english_possessive = true;
  std::map<std::uint32_t, SubwordKind> types;  // in place of Unicode's

  struct Part {
    std::size_t start = 0;
    std::size_t end = 0;
    SubwordKind kind = 0;  // kSubwordAlpha for letters of either case
  };
  struct Parts {
    std::vector<Part> parts;
    bool whole = false;        // one part, and it is the word itself
    bool single_word = false;  // one part, between delimiters or before 's
  };
  Parts split(std::string_view word) const;

  // "$ => DIGIT", "\\u002C => DIGIT". kInvalidArgument with Elasticsearch's words else.
  Result<void> read_type_table(const std::vector<std::string>& rules);
};

}  // namespace stele::text
