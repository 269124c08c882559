#include "json/escape.h"

#include <array>
#include <cstdint>
#include <optional>

#include "json/utf8.h"

namespace stele::json {
namespace {

std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    value <<= 4;
    if (c >= '0' && c <= '9') {
      value |= static_cast<std::uint32_t>(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      value |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// The code point at "\uXXXX" (`text` begins after "\u") and how many bytes of `text` it takes.
struct Escaped {
  std::uint32_t code_point;
  std::size_t size;
};
std::optional<Escaped> unicode_escape(std::string_view text) {
  const std::optional<std::uint32_t> unit = hex4(text);
  if (!unit) return std::nullopt;
  if (is_high_surrogate(*unit) && text.substr(4, 2) == "\\u") {
    const std::optional<std::uint32_t> low = hex4(text.substr(6));
    if (low && is_low_surrogate(*low))
      return Escaped{.code_point = 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00), .size = 10};
  }
  const bool unpaired = is_high_surrogate(*unit) || is_low_surrogate(*unit);
  return Escaped{.code_point = unpaired ? kReplacementCharacter : *unit, .size = 4};
}

// What the letter after a backslash stands for; NUL: nothing, or more than a letter.
constexpr char simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

// For each byte: 0 = stands for itself, 'u' = \u00XX, '8' = look at the UTF-8 sequence, else its letter.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (int i = 0; i < 0x20; ++i) table[i] = 'u';
  for (int i = 0x80; i < 0x100; ++i) table[i] = '8';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

}  // namespace

UnescapeResult unescape(std::string_view text, std::string& out) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t stop = text.find_first_of("\"\\", i);
    if (stop == std::string_view::npos) break;
    out.append(text.substr(i, stop - i));
    i = stop;
    if (text[i] == '"') return {.ok = true, .consumed = i + 1};
    const char letter = i + 1 < text.size() ? text[i + 1] : '\0';
    if (const char plain = simple_escape(letter)) {
      out.push_back(plain);
      i += 2;
      continue;
    }
    const std::optional<Escaped> escaped =
        letter == 'u' ? unicode_escape(text.substr(i + 2)) : std::optional<Escaped>();
    if (!escaped) return {.ok = false, .consumed = i};
    append_utf8(out, escaped->code_point);
    i += 2 + escaped->size;
  }
  return {.ok = false, .consumed = i};
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t copied = 0;  // of text
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) {
      ++i;
      continue;
    }
    const std::size_t size = escape == '8' ? utf8_size(text.substr(i)) : 0;
    if (size != 0) {
      i += size;
      continue;
    }
    out.append(text.substr(copied, i - copied));
    if (escape == '8') {
      append_utf8(out, kReplacementCharacter);
    } else if (escape == 'u') {
      out.append("\\u00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back('\\');
      out.push_back(escape);
    }
    copied = ++i;
  }
  out.append(text.substr(copied));
  out.push_back('"');
}

}  // namespace stele::json
