#pragma once

#include <string_view>

#include "text/token.h"
#include "text/unicode.h"

namespace stele::text {

// Appends pieces of a text as tokens, each a position after the last. Cut where it is too long: before the
// character that passes the length (kBefore, Lucene's grammars) or behind it (kBehind, its runs of
// characters).
class TokenSink {
 public:
  TokenSink(std::string_view text, Tokens& tokens, std::size_t length_max, bool lower)
      : text_(text), tokens_(tokens), length_max_(length_max), lower_(lower) {}

  void add(std::size_t start, std::size_t end, TokenType type) {
    // A text of as many bytes cannot have more UTF-16 units.
    if (end - start <= length_max_) [[likely]]
      add_one(start, end, type);
    else
      add_cut(start, end, type);
  }

 private:
  void add_one(std::size_t start, std::size_t end, TokenType type) {
    Token& token = tokens_.emplace_back();
    token.term.assign(text_.data() + start, end - start);
    if (lower_) lowercase(token.term);
    token.position = position_++;
    token.start = start;
    token.end = end;
    token.type = type;
  }
  void add_cut(std::size_t start, std::size_t end, TokenType type);

  std::string_view text_;
  Tokens& tokens_;
  std::size_t length_max_;
  bool lower_;
  std::uint32_t position_ = 0;
};

}  // namespace stele::text
