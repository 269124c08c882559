#include "text/filters/subwords.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "text/parameters.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

SubwordKind kind_of(std::uint32_t c) {
  if (is_upper(c)) return kSubwordUpper;
  if (is_lower(c) && is_letter(c)) return kSubwordLower;
  if (is_letter(c) || is_mark(c)) return kSubwordAlpha;
  if (c < 0x100 ? is_digit(c) : is_number(c)) return kSubwordDigit;
  if (c > 0xFFFF && c != kBadByte) return kSubwordAlpha | kSubwordDigit;  // halves of characters to Lucene
  return kSubwordDelimiter;
}

struct Letter {
  std::size_t at = 0;
  std::uint32_t value = 0;
  SubwordKind kind = 0;
};

// The walk over one word's letters.
class Walk {
 public:
  Walk(const SubwordRules& rules, const std::vector<Letter>& letters) : rules_(rules), letters_(letters) {
    end_ = letters.size() - 1;  // the last is a sentinel
    while (start_ < end_ && is_delimiter(start_)) ++start_;
    while (end_ > start_ && is_delimiter(end_ - 1)) --end_;
  }

  SubwordRules::Parts run() {
    SubwordRules::Parts out;
    std::size_t at = start_;
    bool skip_possessive = false;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    while (true) {
      if (skip_possessive) at += 2;
      skip_possessive = false;
      while (at < end_ && is_delimiter(at)) ++at;
      if (at >= end_) break;
      std::size_t to = at + 1;
      while (to < end_ && !breaks(letters_[to - 1].kind, letters_[to].kind)) ++to;
      skip_possessive = to + 1 < end_ && is_possessive(to + 2);
      ranges.emplace_back(at, to);
      at = to;
    }
    for (const auto& [from, to] : ranges) {
      const SubwordKind kind = letters_[from].kind;
      const bool alpha = kind == kSubwordLower || kind == kSubwordUpper;
      out.parts.push_back({letters_[from].at, letters_[to].at, alpha ? kSubwordAlpha : kind});
    }
    const std::size_t size = letters_.size() - 1;
    out.whole = !ranges.empty() && ranges[0] == std::pair<std::size_t, std::size_t>(0, size);
    const std::size_t bound = is_possessive(end_) ? end_ - 2 : end_;
    out.single_word = !ranges.empty() && ranges[0] == std::pair(start_, bound);
    return out;
  }

 private:
  bool is_delimiter(std::size_t i) const { return (letters_[i].kind & kSubwordDelimiter) != 0; }

  bool breaks(SubwordKind last, SubwordKind kind) const {
    if ((kind & last) != 0) return false;
    const bool last_alpha = (last & kSubwordAlpha) != 0;
    const bool alpha = (kind & kSubwordAlpha) != 0;
    if (!rules_.split_on_case_change && last_alpha && alpha) return false;
    if ((last & kSubwordUpper) != 0 && alpha) return false;
    const bool numeric =
        (last_alpha && (kind & kSubwordDigit) != 0) || ((last & kSubwordDigit) != 0 && alpha);
    return rules_.split_on_numerics || !numeric;
  }

  bool is_possessive(std::size_t position) const {
    return rules_.stem_english_possessive && position > 2 && letters_[position - 2].value == '\'' &&
           (letters_[position - 1].value == 's' || letters_[position - 1].value == 'S') &&
           (letters_[position - 3].kind & kSubwordAlpha) != 0 && (position == end_ || is_delimiter(position));
  }

  const SubwordRules& rules_;
  const std::vector<Letter>& letters_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
};

}  // namespace

SubwordRules::Parts SubwordRules::split(std::string_view word) const {
  std::vector<Letter> letters;
  for (std::size_t at = 0; at < word.size();) {
    const CodePoint point = decode_at(word, at);
    const auto given = types.find(point.value);
    letters.push_back({at, point.value, given == types.end() ? kind_of(point.value) : given->second});
    at += point.bytes;
  }
  letters.push_back({word.size(), 0, kSubwordDelimiter});
  return Walk(*this, letters).run();
}

Result<void> SubwordRules::read_type_table(const std::vector<std::string>& rules) {
  constexpr std::array<std::pair<std::string_view, SubwordKind>, 6> kNames = {
      {{"LOWER", kSubwordLower},
       {"UPPER", kSubwordUpper},
       {"ALPHA", kSubwordAlpha},
       {"DIGIT", kSubwordDigit},
       {"ALPHANUM", kSubwordAlpha | kSubwordDigit},
       {"SUBWORD_DELIM", kSubwordDelimiter}}};
  for (const std::string& rule : rules) {
    const std::size_t arrow = rule.rfind("=>");
    if (arrow == std::string::npos) return illegal(fmt::format("Invalid Mapping Rule : [{}]", rule));
    const auto trim = [](std::string_view text) {
      while (text.starts_with(' ')) text.remove_prefix(1);
      while (text.ends_with(' ')) text.remove_suffix(1);
      return text;
    };
    const std::string_view letter = trim(std::string_view(rule).substr(0, arrow));
    const std::string_view name = trim(std::string_view(rule).substr(arrow + 2));
    std::uint32_t value = kBadByte;
    if (letter.starts_with("\\u") && letter.size() == 6) {
      std::from_chars(letter.data() + 2, letter.data() + 6, value, 16);
    } else if (letter.size() == 2 && letter[0] == '\\') {
      value = static_cast<unsigned char>(letter[1]);
    } else if (!letter.empty() && decode_at(letter, 0).bytes == letter.size()) {
      value = decode_at(letter, 0).value;
    }
    if (value == kBadByte)
      return illegal(fmt::format("Invalid Mapping Rule : [{}]. Only a single character is allowed.", rule));
    bool known = false;
    for (const auto& [candidate, kind] : kNames) {
      if (candidate != name) continue;
      types[value] = kind;
      known = true;
    }
    if (!known) return illegal(fmt::format("Invalid Mapping Rule : [{}]. Illegal type.", rule));
  }
  return {};
}

}  // namespace stele::text
