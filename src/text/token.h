#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele::text {

// What kind of text a token came from, as Lucene's tokenizers and filters say it.
enum class TokenType : std::uint8_t {
  kWord,
  kAlphanumeric,
  kNumber,
  kSoutheastAsian,
  kIdeographic,
  kHiragana,
  kKatakana,
  kHangul,
  kEmoji,
  kUrl,
  kEmail,
  kApostrophe,
  kAcronym,
  kCompany,
  kHost,
  kChineseJapanese,
  kAcronymWrong,
  kSynonym,
  kShingle,
  kSingle,
  kDouble,
  kGram,
  kFingerprint,
};
std::string_view to_string(TokenType type);  // "word", "<ALPHANUM>", "<NUM>", "SYNONYM", "shingle", …

// One term of a text: what is indexed, where in the sequence it stands, and which bytes of the text it came
// from. Positions begin at 0; a removed stop word leaves a gap; synonyms share a position. A token of
// position_length n reaches to where tokens of position + n begin: n words side by side with a synonym.
struct Token {
  std::string term;
  std::uint32_t position = 0;
  std::size_t start = 0;  // bytes of the analyzed text, [start, end)
  std::size_t end = 0;
  std::uint32_t position_length = 1;
  TokenType type = TokenType::kWord;
  bool keyword = false;  // stemmers leave it as it is
};

// The tokens of a text in order: positions never fall.
struct Tokens : std::vector<Token> {
  using std::vector<Token>::vector;
  std::uint32_t holes_at_end = 0;  // positions behind the last token whose tokens were removed
  std::size_t text_size = 0;       // of the analyzed text

  // The position behind all, holes counted.
  std::uint32_t end_position() const { return (empty() ? 0 : back().position + 1) + holes_at_end; }
  // Removes those that `drop` says; their positions stay empty.
  template <class Drop>
  void remove_if(const Drop& drop) {
    const std::uint32_t end = end_position();
    std::erase_if(*this, drop);
    holes_at_end = end - (empty() ? 0 : back().position + 1);
  }
};

}  // namespace stele::text
