#include "text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <array>
#include <vector>

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

template <class Map>
void map_code_points(std::string& text, const Map& map) {
  std::string mapped;
  mapped.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    if (point.value == kBadByte)
      mapped += text[at];
    else
      append_utf8(mapped, map(point.value));
    at += point.bytes;
  }
  text = std::move(mapped);
}

bool in_categories(std::uint32_t code_point, std::uint32_t mask) {
  return code_point != kBadByte && (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & mask) != 0;
}

bool has_script(std::uint32_t code_point, UScriptCode script) {
  UErrorCode status = U_ZERO_ERROR;
  return code_point != kBadByte && uscript_getScript(static_cast<UChar32>(code_point), &status) == script;
}

// 64 KB once, instead of three look-ups in ICU a character.
std::vector<WordClass> make_classes() {
  std::vector<WordClass> classes(0x10000);
  for (UChar32 c = 0; c < 0x10000; ++c) classes[static_cast<std::size_t>(c)] = classify(c);
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

std::uint32_t to_lower(std::uint32_t code_point) {
  return static_cast<std::uint32_t>(u_tolower(static_cast<UChar32>(code_point)));
}

std::uint32_t to_upper(std::uint32_t code_point) {
  return static_cast<std::uint32_t>(u_toupper(static_cast<UChar32>(code_point)));
}

void lowercase(std::string& text) {
  bool ascii = true;
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  }
  if (!ascii) map_code_points(text, to_lower);
}

void uppercase(std::string& text) {
  map_code_points(text, to_upper);
}

bool to_utf16(std::string_view text, std::u16string& wide) {
  wide.clear();
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    if (point.value == kBadByte) return false;
    if (point.value < 0x10000) {
      wide += static_cast<char16_t>(point.value);
    } else {
      wide += static_cast<char16_t>(U16_LEAD(point.value));
      wide += static_cast<char16_t>(U16_TRAIL(point.value));
    }
    at += point.bytes;
  }
  return true;
}

std::string to_utf8(std::u16string_view wide) {
  std::string text;
  for (std::size_t i = 0; i < wide.size(); ++i) {
    std::uint32_t value = wide[i];
    if (U16_IS_LEAD(value) && i + 1 < wide.size() && U16_IS_TRAIL(wide[i + 1]))
      value = static_cast<std::uint32_t>(U16_GET_SUPPLEMENTARY(value, wide[++i]));
    else if (U16_IS_SURROGATE(value))
      value = '?';  // half a character, as Java writes it
    append_utf8(text, value);
  }
  return text;
}

std::size_t count_units(std::string_view text) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    units += point.value > 0xFFFF && point.value != kBadByte ? 2 : 1;
    at += point.bytes;
  }
  return units;
}

std::string lowercased(std::string_view text) {
  std::string lower(text);
  lowercase(lower);
  return lower;
}

bool is_letter(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_L_MASK);
}

bool is_whitespace(std::uint32_t code_point) {
  return code_point != kBadByte && u_isWhitespace(static_cast<UChar32>(code_point)) != 0;
}

bool is_digit(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_ND_MASK);
}
bool is_lower(std::uint32_t code_point) {
  return code_point != kBadByte && u_isULowercase(static_cast<UChar32>(code_point)) != 0;
}
bool is_upper(std::uint32_t code_point) {
  return code_point != kBadByte && u_isUUppercase(static_cast<UChar32>(code_point)) != 0;
}
bool is_nonspacing_mark(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_MN_MASK);
}
bool is_format(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_CF_MASK);
}
bool is_punctuation(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_P_MASK);
}
bool is_symbol(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_S_MASK);
}
bool is_number(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_N_MASK);
}
bool is_mark(std::uint32_t code_point) {
  return in_categories(code_point, U_GC_M_MASK);
}
bool is_hangul(std::uint32_t code_point) {
  return has_script(code_point, USCRIPT_HANGUL);
}
bool is_hiragana(std::uint32_t code_point) {
  return has_script(code_point, USCRIPT_HIRAGANA);
}

int digit_value(std::uint32_t code_point) {
  return code_point == kBadByte ? -1 : u_charDigitValue(static_cast<UChar32>(code_point));
}

std::uint32_t compose(std::uint32_t first, std::uint32_t second) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&status);
  if (U_FAILURE(status)) return 0;
  const UChar32 both = unorm2_composePair(nfc, static_cast<UChar32>(first), static_cast<UChar32>(second));
  return both < 0 ? 0 : static_cast<std::uint32_t>(both);
}

bool is_emoji_modifier(std::uint32_t code_point) {
  return code_point >= 0x1F3FB && code_point <= 0x1F3FF;
}

bool is_emoji_modifier_base(std::uint32_t code_point) {
  return u_hasBinaryProperty(static_cast<UChar32>(code_point), UCHAR_EMOJI_MODIFIER_BASE) != 0;
}

WordClass word_class(std::uint32_t code_point) {
  static const std::vector<WordClass> kBasicPlane = make_classes();
  if (code_point < kBasicPlane.size()) return kBasicPlane[code_point];
  if (code_point == kBadByte) return WordClass::kOther;
  return classify(static_cast<UChar32>(code_point));
}

}  // namespace stele::text
