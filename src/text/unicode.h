#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stele::text {

// A code point and the bytes it took. Bytes that are no UTF-8 come one by one as kBadByte, which is a letter
// of no script: tokenizers separate there.
struct CodePoint {
  std::uint32_t value = 0;
  std::uint32_t bytes = 1;
};
constexpr std::uint32_t kBadByte = 0xFFFFFFFF;

// The code point at `at`, which is within the text.
CodePoint decode_at(std::string_view text, std::size_t at);
void append_utf8(std::string& out, std::uint32_t code_point);
// Code points in `text`, each bad byte counted as one.
std::size_t count_code_points(std::string_view text);

// By Unicode's simple mappings, one code point to one (Java's Character.toLowerCase), in place.
void lowercase(std::string& text);
std::string lowercased(std::string_view text);

std::uint32_t to_lower(std::uint32_t code_point);
std::uint32_t to_upper(std::uint32_t code_point);
void uppercase(std::string& text);

bool is_letter(std::uint32_t code_point);      // general categories L*
bool is_whitespace(std::uint32_t code_point);  // Java's Character.isWhitespace: no-break spaces are none
bool is_digit(std::uint32_t code_point);       // general category Nd
bool is_lower(std::uint32_t code_point);
bool is_upper(std::uint32_t code_point);
bool is_nonspacing_mark(std::uint32_t code_point);
bool is_format(std::uint32_t code_point);
bool is_punctuation(std::uint32_t code_point);
bool is_symbol(std::uint32_t code_point);
bool is_number(std::uint32_t code_point);  // Nd, Nl, No
bool is_mark(std::uint32_t code_point);    // Mn, Me, Mc
bool is_hangul(std::uint32_t code_point);  // by script
bool is_hiragana(std::uint32_t code_point);
int digit_value(std::uint32_t code_point);  // of Nd; -1 else
// The composition of two code points (か + ゛ = が), or 0.
std::uint32_t compose(std::uint32_t first, std::uint32_t second);

// UTF-16 as stemmers work on it; false for bytes that are no UTF-8.
bool to_utf16(std::string_view text, std::u16string& wide);
std::string to_utf8(std::u16string_view wide);
// UTF-16 units that `text` would have.
std::size_t count_units(std::string_view text);
inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

// Skin tones: one belongs to a pictograph that can bear it, and stands for itself elsewhere.
bool is_emoji_modifier(std::uint32_t code_point);
bool is_emoji_modifier_base(std::uint32_t code_point);

// How a code point takes part in Unicode's word boundary rules (UAX #29), after Lucene's StandardTokenizer.
enum class WordClass : std::uint8_t {
  kOther,
  kLetter,
  kHebrew,
  kNumeric,
  kKatakana,
  kExtendNumLet,  // '_'
  kMidLetter,     // ':'
  kMidNum,        // ',' ';'
  kMidNumLet,     // '.'
  kSingleQuote,
  kDoubleQuote,
  kExtend,       // also Format and ZWJ: belongs to what stands before it
  kIdeographic,  // Han and Hiragana: each a token
  kComplex,      // Thai, Lao, Khmer, Myanmar: runs without spaces
  kEmoji,
  kRegional,
};
WordClass word_class(std::uint32_t code_point);

}  // namespace stele::text
