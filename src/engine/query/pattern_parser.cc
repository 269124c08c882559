#include <fmt/format.h>

#include <algorithm>

#include "engine/query/term_pattern.h"

namespace stele::engine {
namespace {

using Node = TermPattern::Node;
using Expressions = TermPattern::Expressions;

constexpr std::uint32_t kLastPoint = 0x10FFFF;
constexpr int kDepthMax = 200;

Error invalid(std::string message) {
  return make_error(ErrorCode::kInvalidArgument, std::move(message));
}

std::vector<std::uint32_t> points_of(std::string_view text) {
  std::vector<std::uint32_t> points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U && !points.empty())
      points.back() = (points.back() << 6U | (byte & 0x3FU)) & 0x1FFFFFU;
    else
      points.push_back(byte < 0x80   ? byte
                       : byte < 0xE0 ? byte & 0x1FU
                       : byte < 0xF0 ? byte & 0xFU
                                     : byte & 0x7U);
  }
  return points;
}

Node one_character(Expressions& expressions, std::uint32_t point, bool case_insensitive) {
  const Node itself = expressions.characters(point, point);
  const bool letter = (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
  if (!case_insensitive || !letter) return itself;
  return expressions.any_of({itself, expressions.characters(point ^ 0x20U, point ^ 0x20U)});
}

// Lucene's RegExp, operator by operator. Confined to one call.
class RegexpParser {
 public:
  RegexpParser(std::string_view pattern, bool case_insensitive)
      : points_(points_of(pattern)), case_insensitive_(case_insensitive) {}

  Result<std::unique_ptr<TermPattern>> parse() {
    Node all = Expressions::kEmpty;
    if (!points_.empty()) {
      STELE_TRY(all, parse_union());
      if (more()) return invalid(fmt::format("end-of-string expected at position {}", at_));
    }
    return std::make_unique<TermPattern>(std::move(expressions_), all);
  }

 private:
  using Parsed = Result<Node>;

  bool more() const { return at_ < points_.size(); }
  bool peek(std::string_view any) const {
    return more() && points_[at_] < 0x80 &&
           any.find(static_cast<char>(points_[at_])) != std::string_view::npos;
  }
  bool take(char c) {
    if (!more() || points_[at_] != static_cast<unsigned char>(c)) return false;
    ++at_;
    return true;
  }

  Parsed parse_union() {
    if (++depth_ > kDepthMax) return invalid(fmt::format("regexp: nested more than {} deep", kDepthMax));
    std::vector<Node> parts;
    do {
      STELE_TRY(const Node part, parse_intersection());
      parts.push_back(part);
    } while (take('|'));
    --depth_;
    return expressions_.any_of(std::move(parts));
  }

  Parsed parse_intersection() {
    std::vector<Node> parts;
    do {
      STELE_TRY(const Node part, parse_concatenation());
      parts.push_back(part);
    } while (take('&'));
    return expressions_.all_of(std::move(parts));
  }

  Parsed parse_concatenation() {
    std::vector<Node> parts;
    do {
      STELE_TRY(const Node part, parse_repetition());
      parts.push_back(part);
    } while (more() && !peek(")|&"));
    return expressions_.concatenation(parts);
  }

  Parsed parse_repetition() {
    STELE_TRY(Node node, parse_complement());
    while (peek("?*+{")) {
      if (take('?')) {
        node = expressions_.repeat(node, 0, 1);
      } else if (take('*')) {
        node = expressions_.repeat(node, 0, Expressions::kUnbounded);
      } else if (take('+')) {
        node = expressions_.repeat(node, 1, Expressions::kUnbounded);
      } else {
        STELE_TRY(node, parse_counts(node));
      }
    }
    return node;
  }

  Parsed parse_counts(Node node) {
    ++at_;
    STELE_TRY(const std::uint32_t least, parse_number());
    std::uint32_t most = least;
    if (take(',')) {
      most = Expressions::kUnbounded;
      if (peek("0123456789")) {
        STELE_TRY(most, parse_number());
      }
    }
    if (!take('}')) return invalid(fmt::format("expected '}}' at position {}", at_));
    if (least > most)
      return invalid(fmt::format("invalid repetition range(out of order): {}..{}", least, most));
    return expressions_.repeat(node, least, most);
  }

  Result<std::uint32_t> parse_number() {
    constexpr std::uint32_t kMost = 10'000;
    if (!peek("0123456789")) return invalid(fmt::format("integer expected at position {}", at_));
    std::uint32_t number = 0;
    for (; peek("0123456789"); ++at_) {
      number = number * 10 + (points_[at_] - '0');
      if (number > kMost) return invalid(fmt::format("regexp: a repetition above {}", kMost));
    }
    return number;
  }

  Parsed parse_complement() {
    bool complement = false;
    while (take('~')) complement = !complement;
    STELE_TRY(const Node node, parse_class());
    return complement ? expressions_.none_of(node) : node;
  }

  Parsed parse_class() {
    if (!take('[')) return parse_simple();
    const bool negated = take('^');
    std::vector<Node> parts;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
    do {
      STELE_RETURN_IF_ERROR(parse_class_member(ranges));
    } while (more() && !peek("]"));
    if (!take(']')) return invalid(fmt::format("expected ']' at position {}", at_));
    std::sort(ranges.begin(), ranges.end());
    std::uint32_t next = 0;
    for (const auto& [first, last] : ranges) {
      if (!negated) parts.push_back(expressions_.characters(first, last));
      if (negated && first > next) parts.push_back(expressions_.characters(next, first - 1));
      next = std::max(next, last + 1);
    }
    if (negated && next <= kLastPoint) parts.push_back(expressions_.characters(next, kLastPoint));
    return expressions_.any_of(std::move(parts));
  }

  Result<void> parse_class_member(std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) {
    if (take_predefined(ranges)) return {};
    STELE_TRY(const std::uint32_t first, parse_character());
    if (!take('-')) {
      ranges.emplace_back(first, first);
      const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
      if (case_insensitive_ && letter) ranges.emplace_back(first ^ 0x20U, first ^ 0x20U);
      return {};
    }
    STELE_TRY(const std::uint32_t last, parse_character());
    if (first > last)
      return invalid(fmt::format("invalid range: from ({}) cannot be > to ({})", first, last));
    ranges.emplace_back(first, last);
    return {};
  }

  // \d \w \s and what is none of them.
  bool take_predefined(std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) {
    if (!peek("\\") || at_ + 1 >= points_.size()) return false;
    using Ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    const Ranges digits = {{'0', '9'}};
    const Ranges words = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    const Ranges spaces = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    const std::uint32_t letter = points_[at_ + 1];
    const Ranges* given = nullptr;
    if (letter == 'd' || letter == 'D') given = &digits;
    if (letter == 'w' || letter == 'W') given = &words;
    if (letter == 's' || letter == 'S') given = &spaces;
    if (given == nullptr) return false;
    at_ += 2;
    if (letter >= 'a') {
      ranges.insert(ranges.end(), given->begin(), given->end());
      return true;
    }
    std::uint32_t next = 0;
    for (const auto& [first, last] : *given) {
      ranges.emplace_back(next, first - 1);
      next = last + 1;
    }
    ranges.emplace_back(next, kLastPoint);
    return true;
  }

  Result<std::uint32_t> parse_character() {
    take('\\');
    if (!more()) return invalid("unexpected end-of-string");
    return points_[at_++];
  }

  Parsed parse_simple() {
    if (take('.')) return expressions_.characters(0, kLastPoint);
    if (take('#')) return Expressions::kNothing;
    if (take('@')) return expressions_.anything();
    if (take('"')) return parse_quoted();
    if (take('(')) return parse_group();
    if (peek("<")) return invalid("regexp: numeric intervals <n-m> are not supported");
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
    if (take_predefined(ranges)) {
      std::vector<Node> parts;
      for (const auto& [first, last] : ranges) parts.push_back(expressions_.characters(first, last));
      return expressions_.any_of(std::move(parts));
    }
    STELE_TRY(const std::uint32_t point, parse_character());
    return one_character(expressions_, point, case_insensitive_);
  }

  Parsed parse_quoted() {
    std::vector<Node> parts;
    while (more() && !peek("\""))
      parts.push_back(one_character(expressions_, points_[at_++], case_insensitive_));
    if (!take('"')) return invalid(fmt::format("expected '\"' at position {}", at_));
    return expressions_.concatenation(parts);
  }

  Parsed parse_group() {
    if (take(')')) return Expressions::kEmpty;
    STELE_TRY(const Node node, parse_union());
    if (!take(')')) return invalid(fmt::format("expected ')' at position {}", at_));
    return node;
  }

  Expressions expressions_;
  std::vector<std::uint32_t> points_;
  bool case_insensitive_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<std::unique_ptr<TermPattern>> TermPattern::regexp(std::string_view pattern, bool case_insensitive) {
  if (pattern.size() > kBytesMax) return invalid(fmt::format("regexp: longer than {} bytes", kBytesMax));
  return RegexpParser(pattern, case_insensitive).parse();
}

Result<std::unique_ptr<TermPattern>> TermPattern::wildcard(std::string_view pattern, bool case_insensitive) {
  if (pattern.size() > kBytesMax) return invalid(fmt::format("wildcard: longer than {} bytes", kBytesMax));
  Expressions expressions;
  std::vector<Node> parts;
  const std::vector<std::uint32_t> points = points_of(pattern);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i] == '*') {
      parts.push_back(expressions.anything());
    } else if (points[i] == '?') {
      parts.push_back(expressions.characters(0, kLastPoint));
    } else {
      if (points[i] == '\\' && i + 1 < points.size()) ++i;
      parts.push_back(one_character(expressions, points[i], case_insensitive));
    }
  }
  const Node all = expressions.concatenation(parts);
  return std::make_unique<TermPattern>(std::move(expressions), all);
}

}  // namespace stele::engine
