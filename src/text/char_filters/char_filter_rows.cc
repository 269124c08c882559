#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <vector>

#include "text/char_filters/html_strip.h"
#include "text/char_filters/replaced.h"
#include "text/regular_expression.h"
#include "text/unicode.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Replaces texts by texts: at each place the longest that fits. A trie over bytes.
class MappingCharFilter final : public CharFilter {
 public:
  void add(std::string_view from, std::string with) {
    std::size_t at = 0;
    for (const char c : from) {
      const auto byte = static_cast<unsigned char>(c);
      const auto found = nodes_[at].next.find(byte);
      if (found != nodes_[at].next.end()) {
        at = found->second;
        continue;
      }
      nodes_[at].next.emplace(byte, nodes_.size());
      at = nodes_.size();
      nodes_.emplace_back();
    }
    nodes_[at].final = true;
    nodes_[at].with = std::move(with);
  }
  bool has(std::string_view from) const {
    const auto [end, node] = longest(from, 0);
    return node != nullptr && end == from.size();
  }

  std::string filter(std::string_view text, OffsetMap& offsets) const override {
    ReplacedText out(text, offsets);
    for (std::size_t at = 0; at < text.size();) {
      const auto [end, node] = longest(text, at);
      if (node == nullptr) {
        at += decode_at(text, at).bytes;
        continue;
      }
      out.replace(at, end, node->with);
      at = end;
    }
    return out.finish();
  }

 private:
  struct Node {
    std::map<unsigned char, std::size_t> next;
    bool final = false;
    std::string with;
  };
  std::pair<std::size_t, const Node*> longest(std::string_view text, std::size_t at) const {
    std::pair<std::size_t, const Node*> best{at, nullptr};
    std::size_t node = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      const auto found = nodes_[node].next.find(static_cast<unsigned char>(text[i]));
      if (found == nodes_[node].next.end()) break;
      node = found->second;
      if (nodes_[node].final) best = {i + 1, &nodes_[node]};
    }
    return best;
  }
  std::vector<Node> nodes_ = std::vector<Node>(1);
};

// "\\u0041", "\\n" and the like as settings write them.
Result<std::string> unescape(std::string_view text) {
  constexpr std::array<std::pair<char, char>, 6> kEscapes = {
      {{'\\', '\\'}, {'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'b', '\b'}, {'f', '\f'}}};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i >= text.size()) return illegal(fmt::format("Invalid escaped char in [{}]", text));
    if (text[i] == 'u') {
      std::uint32_t value = 0;
      const std::string_view digits = text.substr(i + 1, 4);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4 ||
          (value >= 0xD800 && value < 0xE000))
        return illegal(fmt::format("Invalid escaped char in [{}]", text));
      append_utf8(out, value);
      i += 4;
      continue;
    }
    bool known = false;
    for (const auto& [letter, value] : kEscapes) {
      if (letter != text[i]) continue;
      out += value;
      known = true;
    }
    if (!known) out += text[i];
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Result<CharFilterPtr> make_mapping(const Parameters& parameters, const Workshop&) {
  if (!parameters.has("mappings"))
    return illegal("mapping requires either `mappings` or `mappings_path` to be configured");
  auto filter = std::make_shared<MappingCharFilter>();
  for (const std::string& rule : parameters.raw_list("mappings")) {
    if (rule.starts_with('#')) continue;
    const std::size_t arrow = rule.rfind("=>");
    if (arrow == std::string::npos) return illegal(fmt::format("Invalid Mapping Rule : [{}]", rule));
    STELE_TRY(const std::string from, unescape(trimmed(std::string_view(rule).substr(0, arrow))));
    STELE_TRY(std::string with, unescape(trimmed(std::string_view(rule).substr(arrow + 2))));
    if (from.empty()) return illegal("cannot match the empty string");
    if (filter->has(from)) return illegal(fmt::format("match \"{}\" was already added", from));
    filter->add(from, std::move(with));
  }
  return CharFilterPtr(std::move(filter));
}

class PatternCharFilter final : public CharFilter {
 public:
  PatternCharFilter(RegularExpressionPtr pattern, std::string replacement)
      : pattern_(std::move(pattern)), replacement_(std::move(replacement)) {}
  std::string filter(std::string_view text, OffsetMap& offsets) const override {
    ReplacedText out(text, offsets);
    pattern_->search(text, [&](const std::vector<MatchRange>& groups) {
      std::string with;
      pattern_->append_replacement(with, replacement_, text, groups);
      out.replace(groups[0].start, groups[0].end, with);
      return true;
    });
    return out.finish();
  }

 private:
  RegularExpressionPtr pattern_;
  std::string replacement_;
};

Result<CharFilterPtr> make_pattern(const Parameters& parameters, const Workshop&) {
  if (parameters.text("pattern").empty())
    return illegal("pattern is missing for [pattern_replace] char filter of type 'pattern_replace'");
  STELE_TRY(RegularExpressionPtr pattern,
            RegularExpression::compile(parameters.text("pattern"), parameters.text("flags")));
  return std::make_shared<const PatternCharFilter>(std::move(pattern), parameters.text("replacement"));
}

Result<CharFilterPtr> make_html(const Parameters& parameters, const Workshop&) {
  return make_html_strip(parameters.list("escaped_tags"));
}

constexpr std::array kRows = {CharFilterRow{"mapping", make_mapping},
                              CharFilterRow{"pattern_replace", make_pattern},
                              CharFilterRow{"html_strip", make_html}, CharFilterRow{"htmlStrip", make_html}};

}  // namespace

std::span<const CharFilterRow> char_filter_rows() {
  return kRows;
}

}  // namespace stele::text
