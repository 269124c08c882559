#include "text/tokenizers/character_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "text/parameters.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

struct ClassRow {
  std::string_view name;
  bool (*belongs)(std::uint32_t);
};
constexpr std::array kClasses = {ClassRow{"letter", is_letter}, ClassRow{"digit", is_digit},
                                 ClassRow{"whitespace", is_whitespace},
                                 ClassRow{"punctuation", is_punctuation}, ClassRow{"symbol", is_symbol}};

// "\n" and the like as they are written in settings.
std::uint32_t escaped(std::string_view text) {
  constexpr std::array<std::pair<char, char>, 6> kEscapes = {
      {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'f', '\f'}, {'b', '\b'}, {'\\', '\\'}}};
  for (const auto& [letter, value] : kEscapes)
    if (text.size() == 2 && text[1] == letter) return static_cast<std::uint32_t>(value);
  return kBadByte;
}

}  // namespace

Result<std::function<bool(std::uint32_t)>> character_class(const std::vector<std::string>& classes,
                                                           bool only_names) {
  std::vector<bool (*)(std::uint32_t)> tests;
  std::set<std::uint32_t> single;
  for (const std::string& name : classes) {
    const auto row = std::ranges::find(kClasses, std::string_view(name), &ClassRow::name);
    if (row != kClasses.end()) {
      tests.push_back(row->belongs);
    } else if (only_names) {
      return illegal(
          fmt::format("Unknown token type: '{}', must be one of [letter, digit, whitespace, "
                      "punctuation, symbol, custom]",
                      name));
    } else if (name.size() == 2 && name[0] == '\\' && escaped(name) != kBadByte) {
      single.insert(escaped(name));
    } else if (!name.empty() && decode_at(name, 0).bytes == name.size()) {
      single.insert(decode_at(name, 0).value);
    } else {
      return illegal(fmt::format("Invalid escaped char in [{}]", name));
    }
  }
  return std::function<bool(std::uint32_t)>([tests, single](std::uint32_t c) {
    return single.contains(c) || std::ranges::any_of(tests, [c](const auto test) { return test(c); });
  });
}

}  // namespace stele::text
