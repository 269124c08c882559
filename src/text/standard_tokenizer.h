#pragma once

#include "text/analyzer.h"

namespace stele::text {

// Unicode's word boundaries (UAX #29) as Lucene's StandardTokenizer applies them: words and numbers are
// tokens, each Han and Hiragana character is one, a run of South-East Asian letters is one, an emoji sequence
// is one; what lies between is dropped. Tokens longer than 255 UTF-16 units are cut into pieces, as Lucene
// cuts them.
class StandardTokenizer final : public Tokenizer {
 public:
  static constexpr std::size_t kTokenLengthMax = 255;
  void tokenize(std::string_view text, Tokens& tokens) const override;
};

// Runs of code points of one kind: letters (`simple`, `stop`) or anything but white space (`whitespace`); cut
// like the standard tokenizer's.
class RunTokenizer final : public Tokenizer {
 public:
  enum class Kind { kLetters, kNonWhitespace };
  explicit RunTokenizer(Kind kind) : kind_(kind) {}
  void tokenize(std::string_view text, Tokens& tokens) const override;

 private:
  bool belongs(std::uint32_t code_point) const;
  Kind kind_;
};

// The whole text, empty or not, as one token.
class KeywordTokenizer final : public Tokenizer {
 public:
  void tokenize(std::string_view text, Tokens& tokens) const override;
};

// Appends text[start, end) at `position`, cut into pieces of kTokenLengthMax UTF-16 units; gives the next
// position.
std::uint32_t append_cut(std::string_view text, std::size_t start, std::size_t end, std::uint32_t position,
                         Tokens& tokens);

}  // namespace stele::text
