#include <fmt/format.h>

#include <array>

#include "text/regular_expression.h"
#include "text/unicode.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

void add(std::string_view text, std::size_t start, std::size_t end, Tokens& tokens) {
  if (start >= end) return;
  Token& token = tokens.emplace_back();
  token.term = text.substr(start, end - start);
  token.start = start;
  token.end = end;
  token.position = static_cast<std::uint32_t>(tokens.size() - 1);
}

// What a group of the pattern matches, or, for group -1, what lies between the matches.
class PatternTokenizer final : public Tokenizer {
 public:
  PatternTokenizer(RegularExpressionPtr pattern, int group) : pattern_(std::move(pattern)), group_(group) {}
  void tokenize(std::string_view text, Tokens& tokens) const override {
    std::size_t from = 0;
    pattern_->search(text, [&](const std::vector<MatchRange>& groups) {
      if (group_ < 0) {
        add(text, from, groups[0].start, tokens);
        from = groups[0].end;
      } else if (const MatchRange& range = groups[static_cast<std::size_t>(group_)]; range.matched()) {
        add(text, range.start, range.end, tokens);
      }
      return true;
    });
    if (group_ < 0) add(text, from, text.size(), tokens);
  }

 private:
  RegularExpressionPtr pattern_;
  int group_;
};

Result<TokenizerPtr> make_pattern(const Parameters& parameters, const Workshop&) {
  const std::string pattern = parameters.text("pattern", "\\W+");
  STELE_TRY(RegularExpressionPtr compiled, RegularExpression::compile(pattern, parameters.text("flags")));
  STELE_TRY(const std::int64_t group, parameters.integer("group", -1));
  if (group > compiled->group_count())
    return illegal(fmt::format("invalid group specified: pattern only has: {} capturing groups",
                               compiled->group_count()));
  return std::make_shared<const PatternTokenizer>(std::move(compiled),
                                                  static_cast<int>(std::max<std::int64_t>(group, -1)));
}

Result<TokenizerPtr> make_simple(const Parameters& parameters, int group) {
  STELE_TRY(RegularExpressionPtr compiled, RegularExpression::compile(parameters.text("pattern", "$^"), ""));
  return std::make_shared<const PatternTokenizer>(std::move(compiled), group);
}
Result<TokenizerPtr> make_simple_pattern(const Parameters& parameters, const Workshop&) {
  return make_simple(parameters, 0);
}
Result<TokenizerPtr> make_simple_pattern_split(const Parameters& parameters, const Workshop&) {
  return make_simple(parameters, -1);
}

// "/a/b" → "/a", "/a/b": each part of a path with all before it; or, reversed, with all behind it.
class PathTokenizer final : public Tokenizer {
 public:
  PathTokenizer(std::string delimiter, std::string replacement, std::size_t skip, bool reverse)
      : delimiter_(std::move(delimiter)),
        replacement_(std::move(replacement)),
        skip_(skip),
        reverse_(reverse) {}

  void tokenize(std::string_view text, Tokens& tokens) const override {
    std::vector<std::size_t> parts{0};  // where parts begin: behind a delimiter
    for (std::size_t at = text.find(delimiter_); at != std::string_view::npos;
         at = text.find(delimiter_, at + delimiter_.size()))
      parts.push_back(at + delimiter_.size());
    if (reverse_)
      backward(text, parts, tokens);
    else
      forward(text, parts, tokens);
  }

 private:
  // A leading delimiter belongs to the first part; all tokens begin where the skipped parts end.
  void forward(std::string_view text, const std::vector<std::size_t>& parts, Tokens& tokens) const {
    std::vector<std::size_t> cuts;  // ends of parts, before the delimiter
    for (std::size_t i = 1; i < parts.size(); ++i)
      if (parts[i] != delimiter_.size()) cuts.push_back(parts[i] - delimiter_.size());
    cuts.push_back(text.size());
    if (text.empty() || skip_ >= cuts.size()) return;
    const std::size_t start = skip_ == 0 ? 0 : cuts[skip_ - 1];
    for (std::size_t i = skip_; i < cuts.size(); ++i) {
      add_path(text, start, cuts[i], tokens);
    }
  }

  void backward(std::string_view text, const std::vector<std::size_t>& parts, Tokens& tokens) const {
    std::vector<std::size_t> begins = parts;
    if (begins.back() == text.size() && begins.size() > 1) begins.pop_back();  // a trailing delimiter
    if (text.empty() || skip_ >= begins.size()) return;
    const std::size_t end = skip_ == 0 ? text.size() : begins[begins.size() - skip_];
    for (std::size_t i = 0; i + skip_ < begins.size(); ++i) add_path(text, begins[i], end, tokens);
  }

  void add_path(std::string_view text, std::size_t start, std::size_t end, Tokens& tokens) const {
    Token& token = tokens.emplace_back();
    token.start = start;
    token.end = end;
    for (std::size_t at = start; at < end;) {
      if (text.substr(at).starts_with(delimiter_)) {
        token.term += replacement_;
        at += delimiter_.size();
      } else {
        token.term += text[at++];
      }
    }
  }

  std::string delimiter_;
  std::string replacement_;
  std::size_t skip_;
  bool reverse_;
};

Result<TokenizerPtr> make_path(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const char32_t delimiter, parameters.character("delimiter", U'/'));
  STELE_TRY(const char32_t replacement, parameters.character("replacement", delimiter));
  STELE_TRY(const std::int64_t skip, parameters.integer("skip", 0));
  STELE_TRY(const bool reverse, parameters.boolean("reverse", false));
  if (skip < 0) return illegal("skip cannot be negative");
  std::string delimiter_text;
  std::string replacement_text;
  append_utf8(delimiter_text, delimiter);
  append_utf8(replacement_text, replacement);
  return std::make_shared<const PathTokenizer>(std::move(delimiter_text), std::move(replacement_text),
                                               static_cast<std::size_t>(skip), reverse);
}

constexpr std::array kRows = {
    TokenizerRow{"pattern", make_pattern},
    TokenizerRow{"simple_pattern", make_simple_pattern},
    TokenizerRow{"simple_pattern_split", make_simple_pattern_split},
    TokenizerRow{"path_hierarchy", make_path},
    TokenizerRow{"PathHierarchy", make_path},
};

}  // namespace

std::span<const TokenizerRow> pattern_tokenizer_rows() {
  return kRows;
}

}  // namespace stele::text
