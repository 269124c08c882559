#include "text/token.h"

#include <array>

namespace stele::text {

std::string_view to_string(TokenType type) {
  static constexpr std::array<std::string_view, 23> kNames = {
      "word",       "<ALPHANUM>",    "<NUM>",      "<SOUTHEAST_ASIAN>", "<IDEOGRAPHIC>",
      "<HIRAGANA>", "<KATAKANA>",    "<HANGUL>",   "<EMOJI>",           "<URL>",
      "<EMAIL>",    "<APOSTROPHE>",  "<ACRONYM>",  "<COMPANY>",         "<HOST>",
      "<CJ>",       "<ACRONYM_DEP>", "SYNONYM",    "shingle",           "<SINGLE>",
      "<DOUBLE>",   "gram",          "fingerprint"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace stele::text
