#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "text/regular_expression.h"
#include "text/unicode.h"
#include "text/word_set.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Marks words that stemmers must leave alone.
class KeywordMarkerFilter final : public TokenFilter {
 public:
  KeywordMarkerFilter(WordSet words, RegularExpressionPtr pattern)
      : words_(std::move(words)), pattern_(std::move(pattern)) {}
  void filter(Tokens& tokens) const override {
    for (Token& token : tokens)
      if (words_.contains(token.term) || (pattern_ && pattern_->matches(token.term))) token.keyword = true;
  }

 private:
  WordSet words_;
  RegularExpressionPtr pattern_;
};

Result<TokenFilterPtr> make_keyword_marker(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const bool ignore_case, parameters.boolean("ignore_case", false));
  const bool has_words = parameters.has("keywords");
  if (parameters.has("keywords_pattern")) {
    if (has_words) return illegal("cannot specify both `keywords_pattern` and `keywords` or `keywords_path`");
    STELE_TRY(RegularExpressionPtr pattern,
              RegularExpression::compile(parameters.text("keywords_pattern"), ""));
    return std::make_shared<const KeywordMarkerFilter>(WordSet(), std::move(pattern));
  }
  if (!has_words)
    return illegal(
        "keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured");
  return std::make_shared<const KeywordMarkerFilter>(WordSet(parameters.list("keywords"), ignore_case),
                                                     nullptr);
}

// Each token twice: as a keyword, and open to stemmers.
class KeywordRepeatFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override {
    Tokens out;
    out.holes_at_end = tokens.holes_at_end;
    out.text_size = tokens.text_size;
    out.reserve(tokens.size() * 2);
    for (Token& token : tokens) {
      token.keyword = true;
      out.push_back(token);
      token.keyword = false;
      out.push_back(std::move(token));
    }
    tokens = std::move(out);
  }
};

Result<TokenFilterPtr> make_keyword_repeat(const Parameters&, const Workshop&) {
  return std::make_shared<const KeywordRepeatFilter>();
}

// Words whose stems are given; no stemmer touches these any more.
class StemmerOverrideFilter final : public TokenFilter {
 public:
  explicit StemmerOverrideFilter(std::unordered_map<std::string, std::string> stems)
      : stems_(std::move(stems)) {}
  void filter(Tokens& tokens) const override {
    for (Token& token : tokens) {
      if (token.keyword) continue;
      const auto found = stems_.find(token.term);
      if (found == stems_.end()) continue;
      token.term = found->second;
      token.keyword = true;
    }
  }

 private:
  std::unordered_map<std::string, std::string> stems_;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string()
             : std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

Result<TokenFilterPtr> make_stemmer_override(const Parameters& parameters, const Workshop&) {
  std::vector<std::string> rules = parameters.raw_list("rules");
  if (rules.empty())
    return illegal("stemmer override filter requires either `rules` or `rules_path` to be configured");
  std::unordered_map<std::string, std::string> stems;
  for (const std::string& rule : rules) {
    const std::size_t arrow = rule.find("=>");
    if (arrow == std::string::npos || rule.find("=>", arrow + 2) != std::string::npos)
      return illegal(fmt::format("Invalid Keyword override Rule:{}", rule));
    const std::string stem = trimmed(std::string_view(rule).substr(arrow + 2));
    if (stem.empty() || stem.find(',') != std::string::npos)
      return illegal(fmt::format("Invalid Keyword override Rule:{}", rule));
    const std::vector<std::string> words = Parameters({{"x", {{rule.substr(0, arrow)}, false}}}).list("x");
    if (words.empty()) return illegal(fmt::format("Invalid Keyword override Rule:{}", rule));
    for (const std::string& word : words) stems.emplace(word, stem);
  }
  return std::make_shared<const StemmerOverrideFilter>(std::move(stems));
}

constexpr std::array kRows = {TokenFilterRow{"keyword_marker", make_keyword_marker},
                              TokenFilterRow{"keyword_repeat", make_keyword_repeat},
                              TokenFilterRow{"stemmer_override", make_stemmer_override}};

}  // namespace

std::span<const TokenFilterRow> keyword_filter_rows() {
  return kRows;
}

}  // namespace stele::text
