#include <algorithm>
#include <array>
#include <vector>

#include "text/positions.h"
#include "text/regular_expression.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Replaces what a pattern matches in each term.
class PatternReplaceFilter final : public TokenFilter {
 public:
  PatternReplaceFilter(RegularExpressionPtr pattern, std::string replacement, bool all)
      : pattern_(std::move(pattern)), replacement_(std::move(replacement)), all_(all) {}
  bool is_normalizing() const override { return true; }

  void filter(Tokens& tokens) const override {
    RegularExpression::Search search(*pattern_);
    for (Token& token : tokens) {
      search.start(token.term);
      std::string out;
      std::size_t from = 0;
      bool found = false;
      while (search.next()) {
        const MatchRange match = search.groups()[0];
        out += std::string_view(token.term).substr(from, match.start - from);
        pattern_->append_replacement(out, replacement_, token.term, search.groups());
        from = match.end;
        found = true;
        if (!all_) break;
      }
      if (!found) continue;
      out += std::string_view(token.term).substr(from);
      token.term = std::move(out);
    }
  }

 private:
  RegularExpressionPtr pattern_;
  std::string replacement_;
  bool all_;
};

Result<TokenFilterPtr> make_pattern_replace(const Parameters& parameters, const Workshop&) {
  if (!parameters.has("pattern"))
    return illegal("pattern is missing for [pattern_replace] token filter of type 'pattern_replace'");
  STELE_TRY(RegularExpressionPtr pattern,
            RegularExpression::compile(parameters.text("pattern"), parameters.text("flags")));
  STELE_TRY(const bool all, parameters.boolean("all", true));
  return std::make_shared<const PatternReplaceFilter>(std::move(pattern), parameters.text("replacement"),
                                                      all);
}

// A token for each group that a pattern captures in a term, beside the term.
class PatternCaptureFilter final : public TokenFilter {
 public:
  PatternCaptureFilter(std::vector<RegularExpressionPtr> patterns, bool preserve_original)
      : patterns_(std::move(patterns)), preserve_original_(preserve_original) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::vector<Capture> captures;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Token& token = tokens[i];
      std::uint32_t increment = increment_of(tokens, i);
      capture(token.term, captures);
      if (preserve_original_ || captures.empty()) {
        out.add(token, increment);
        increment = 0;
      }
      for (const auto& [order, range] : captures) {
        Token captured = token;
        captured.term = token.term.substr(range.start, range.end - range.start);
        out.add(std::move(captured), increment);
        increment = 0;
      }
    }
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  struct Capture {
    std::pair<std::size_t, std::size_t> order;  // where it begins, when it was found
    MatchRange range;
  };

  // What the patterns capture, by where it begins; of two that begin together, the first pattern's.
  void capture(std::string_view term, std::vector<Capture>& captures) const {
    captures.clear();
    for (const RegularExpressionPtr& pattern : patterns_) {
      pattern->search(term, [&](const std::vector<MatchRange>& groups) {
        for (std::size_t group = 1; group < groups.size(); ++group) {
          const MatchRange range = groups[group];
          if (!range.matched() || range.start == range.end) continue;
          if (preserve_original_ && range.start == 0 && range.end == term.size()) continue;
          captures.push_back({{range.start, captures.size()}, range});
        }
        return true;
      });
    }
    std::ranges::sort(captures, {}, &Capture::order);
  }

  std::vector<RegularExpressionPtr> patterns_;
  bool preserve_original_;
};

Result<TokenFilterPtr> make_pattern_capture(const Parameters& parameters, const Workshop&) {
  if (!parameters.has("patterns"))
    return illegal("required setting 'patterns' is missing for token filter [pattern_capture]");
  STELE_TRY(const bool preserve, parameters.boolean("preserve_original", true));
  std::vector<RegularExpressionPtr> patterns;
  for (const std::string& text : parameters.raw_list("patterns")) {
    STELE_TRY(RegularExpressionPtr pattern, RegularExpression::compile(text, ""));
    patterns.push_back(std::move(pattern));
  }
  return std::make_shared<const PatternCaptureFilter>(std::move(patterns), preserve);
}

constexpr std::array kRows = {TokenFilterRow{"pattern_replace", make_pattern_replace},
                              TokenFilterRow{"pattern_capture", make_pattern_capture}};

}  // namespace

std::span<const TokenFilterRow> pattern_filter_rows() {
  return kRows;
}

}  // namespace stele::text
