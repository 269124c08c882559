#include "text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <array>

namespace stele::text {
namespace {

WordClass word_class_from_icu(UChar32 c) {
  switch (static_cast<UWordBreakValues>(u_getIntPropertyValue(c, UCHAR_WORD_BREAK))) {
    case U_WB_ALETTER:
      return WordClass::kLetter;
    case U_WB_HEBREW_LETTER:
      return WordClass::kHebrew;
    case U_WB_NUMERIC:
      return WordClass::kNumeric;
    case U_WB_KATAKANA:
      return WordClass::kKatakana;
    case U_WB_EXTENDNUMLET:
      return WordClass::kExtendNumLet;
    case U_WB_MIDLETTER:
      return WordClass::kMidLetter;
    case U_WB_MIDNUM:
      return WordClass::kMidNum;
    case U_WB_MIDNUMLET:
      return WordClass::kMidNumLet;
    case U_WB_SINGLE_QUOTE:
      return WordClass::kSingleQuote;
    case U_WB_DOUBLE_QUOTE:
      return WordClass::kDoubleQuote;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ:
      return WordClass::kExtend;
    case U_WB_REGIONAL_INDICATOR:
      return WordClass::kRegional;
    default:
      return WordClass::kOther;
  }
}

// Scripts that UAX #29 leaves to dictionaries; Lucene makes each Han and Hiragana character a token, and a
// run of South-East Asian letters one.
WordClass classify(UChar32 c) {
  if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) return WordClass::kComplex;
  if (is_emoji_modifier(static_cast<std::uint32_t>(c))) return WordClass::kEmoji;
  const WordClass by_rules = word_class_from_icu(c);
  if (by_rules != WordClass::kOther) return by_rules;
  if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) return WordClass::kIdeographic;
  if (u_isalpha(c) && u_getIntPropertyValue(c, UCHAR_SCRIPT) == USCRIPT_HIRAGANA)
    return WordClass::kIdeographic;
  if (c >= 0x80 && u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC)) return WordClass::kEmoji;
  return WordClass::kOther;
}

std::array<WordClass, 128> make_ascii_classes() {
  std::array<WordClass, 128> classes{};
  for (UChar32 c = 0; c < 128; ++c) classes[static_cast<std::size_t>(c)] = classify(c);
  return classes;
}

}  // namespace

CodePoint decode_at(std::string_view text, std::size_t at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (bytes[at] < 0x80) return {bytes[at], 1};
  // ICU counts with 32 bits: a window keeps any text length right.
  const std::size_t window = std::min<std::size_t>(text.size() - at, 4);
  std::int32_t next = 0;
  UChar32 c = 0;
  U8_NEXT(bytes + at, next, static_cast<std::int32_t>(window), c);
  if (c < 0) return {kBadByte, 1};
  return {static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(next)};
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, static_cast<UChar32>(code_point));
  out.append(bytes.data(), static_cast<std::size_t>(size));
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += decode_at(text, at).bytes) ++count;
  return count;
}

void lowercase(std::string& text) {
  bool ascii = true;
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  }
  if (ascii) return;
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    if (point.value == kBadByte)
      lower += text[at];
    else
      append_utf8(lower, static_cast<std::uint32_t>(u_tolower(static_cast<UChar32>(point.value))));
    at += point.bytes;
  }
  text = std::move(lower);
}

std::string lowercased(std::string_view text) {
  std::string lower(text);
  lowercase(lower);
  return lower;
}

bool is_letter(std::uint32_t code_point) {
  return code_point != kBadByte && u_isalpha(static_cast<UChar32>(code_point)) != 0;
}

bool is_whitespace(std::uint32_t code_point) {
  return code_point != kBadByte && u_isWhitespace(static_cast<UChar32>(code_point)) != 0;
}

bool is_emoji_modifier(std::uint32_t code_point) {
  return code_point >= 0x1F3FB && code_point <= 0x1F3FF;
}

bool is_emoji_modifier_base(std::uint32_t code_point) {
  return u_hasBinaryProperty(static_cast<UChar32>(code_point), UCHAR_EMOJI_MODIFIER_BASE) != 0;
}

WordClass word_class(std::uint32_t code_point) {
  static const std::array<WordClass, 128> kAscii = make_ascii_classes();
  if (code_point < 128) return kAscii[code_point];
  if (code_point == kBadByte) return WordClass::kOther;
  return classify(static_cast<UChar32>(code_point));
}

}  // namespace stele::text
