#include <algorithm>
#include <array>
#include <set>

#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

void trim(std::string& term) {
  std::size_t first = 0;
  while (first < term.size() && is_whitespace(decode_at(term, first).value))
    first += decode_at(term, first).bytes;
  std::size_t end = first;
  for (std::size_t at = first; at < term.size();) {
    const CodePoint point = decode_at(term, at);
    at += point.bytes;
    if (!is_whitespace(point.value)) end = at;
  }
  term = term.substr(first, end - first);
}

void reverse(std::string& term) {
  if (is_ascii(term)) {
    std::ranges::reverse(term);
    return;
  }
  std::string out;
  std::vector<std::string_view> points;
  for (std::size_t at = 0; at < term.size();) {
    const std::uint32_t bytes = decode_at(term, at).bytes;
    points.push_back(std::string_view(term).substr(at, bytes));
    at += bytes;
  }
  for (auto point = points.rbegin(); point != points.rend(); ++point) out += *point;
  term = std::move(out);
}

Result<TokenFilterPtr> make_trim(const Parameters&, const Workshop&) {
  return make_normalizing(trim);
}
Result<TokenFilterPtr> make_reverse(const Parameters&, const Workshop&) {
  return make_normalizing(reverse);
}

// To a number of UTF-16 units; keywords stay.
Result<TokenFilterPtr> make_truncate(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::int64_t length, parameters.integer("length", 10));
  if (length < 1) return illegal("length parameter must be a positive number: " + std::to_string(length));
  const auto most = static_cast<std::size_t>(length);
  return make_stemming([most](std::string& term) {
    if (term.size() <= most) return;
    std::u16string wide;
    if (!to_utf16(term, wide) || wide.size() <= most) return;
    wide.resize(most);
    term = to_utf8(wide);
  });
}

// All terms, sorted and once each, as one token.
class FingerprintFilter final : public TokenFilter {
 public:
  FingerprintFilter(std::string separator, std::size_t output_max)
      : separator_(std::move(separator)), output_max_(output_max) {}
  void filter(Tokens& tokens) const override {
    if (tokens.empty()) return;
    std::set<std::string> terms;
    for (const Token& token : tokens) terms.insert(token.term);
    Token all;
    for (const std::string& term : terms) {
      if (!all.term.empty() || &term != &*terms.begin()) all.term += separator_;
      all.term += term;
    }
    all.end = tokens.text_size;
    all.type = TokenType::kFingerprint;
    const bool fits = count_units(all.term) <= output_max_;
    tokens.clear();
    tokens.holes_at_end = 1;
    if (fits) tokens.push_back(std::move(all));
  }

 private:
  std::string separator_;
  std::size_t output_max_;
};

Result<TokenFilterPtr> make_fingerprint(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const std::int64_t most, parameters.integer("max_output_size", 255));
  STELE_TRY(const char32_t separator, parameters.character("separator", U' '));
  std::string text;
  append_utf8(text, separator);
  return std::make_shared<const FingerprintFilter>(std::move(text),
                                                   static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
}

// "term|payload" → "term"; payloads are not kept.
Result<TokenFilterPtr> make_delimited_payload(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const char32_t delimiter, parameters.character("delimiter", U'|'));
  std::string text;
  append_utf8(text, delimiter);
  return make_stemming([text = std::move(text)](std::string& term) {
    if (const std::size_t at = term.find(text); at != std::string::npos) term.resize(at);
  });
}

constexpr std::array kRows = {
    TokenFilterRow{"trim", make_trim},
    TokenFilterRow{"reverse", make_reverse},
    TokenFilterRow{"truncate", make_truncate},
    TokenFilterRow{"fingerprint", make_fingerprint},
    TokenFilterRow{"delimited_payload", make_delimited_payload},
};

}  // namespace

std::span<const TokenFilterRow> shaping_filter_rows() {
  return kRows;
}

}  // namespace stele::text
