#include "server/demo/copy_text.h"

#include <array>
#include <charconv>
#include <utility>

#include "server/demo/deb822.h"

namespace stele::server::demo {

namespace {

// How long the UTF-8 sequence at the front is, or 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;  // overlong
    if (first == 0xF4 && byte(1) > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// What stands for a byte in COPY: itself is 0, 'n' for a line feed, '0' for what is dropped.
constexpr std::array<char, 128> kEscapes = [] {
  std::array<char, 128> escapes{};
  escapes['\0'] = '0';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['\v'] = 'v';
  escapes['\\'] = '\\';
  return escapes;
}();

}  // namespace

void CopyText::begin_field(std::string_view raw) {
  if (row_has_field_) bytes_.push_back('\t');
  row_has_field_ = true;
  bytes_.append(raw);
}

void CopyText::append_escaped(std::string_view value) {
  while (!value.empty()) {
    const auto first = static_cast<unsigned char>(value.front());
    if (first >= 0x80) {
      const std::size_t length = sequence_length(value);
      bytes_.append(length == 0 ? kReplacement : value.substr(0, length));
      value.remove_prefix(length == 0 ? 1 : length);
      continue;
    }
    if (const char escape = kEscapes[first]; escape == 0) {
      // The common case: as much as needs no care at once.
      std::size_t length = 1;
      while (length < value.size()) {
        const auto next = static_cast<unsigned char>(value[length]);
        if (next >= 0x80 || kEscapes[next] != 0) break;
        ++length;
      }
      bytes_.append(value.substr(0, length));
      value.remove_prefix(length);
      continue;
    } else if (escape != '0') {
      bytes_.push_back('\\');
      bytes_.push_back(escape);
    }
    value.remove_prefix(1);
  }
}

void CopyText::text(std::string_view value) {
  begin_field("");
  append_escaped(value);
}

void CopyText::text_or_null(std::string_view value) {
  if (value.empty()) return null();
  text(value);
}

void CopyText::description_or_null(std::string_view value) {
  if (value.empty()) return null();
  begin_field("");
  bool is_first = true;
  while (!value.empty()) {
    const std::size_t end = value.find('\n');
    std::string_view line = value.substr(0, end);
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
    if (!is_first) append_escaped("\n");
    is_first = false;
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (trim(line) != ".") append_escaped(line);
  }
}

void CopyText::number(std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  begin_field({digits.data(), end});
}

void CopyText::text_array(std::span<const std::string_view> values) {
  begin_field("{");
  bool is_first = true;
  for (const std::string_view value : values) {
    if (!is_first) bytes_.push_back(',');
    is_first = false;
    std::string quoted = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted.push_back('\\');
      quoted.push_back(c);
    }
    quoted.push_back('"');
    append_escaped(quoted);
  }
  bytes_.push_back('}');
}

void CopyText::real_array(std::span<const float> values) {
  begin_field("{");
  std::array<char, 32> digits;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) bytes_.push_back(',');
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), values[i]).ptr;
    bytes_.append(digits.data(), end);
  }
  bytes_.push_back('}');
}

void CopyText::end_row() {
  bytes_.push_back('\n');
  row_has_field_ = false;
  ++rows_;
}

std::string CopyText::take() {
  return std::exchange(bytes_, {});
}

}  // namespace stele::server::demo
