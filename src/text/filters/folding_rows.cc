#include <array>
#include <vector>

#include "text/filters/ascii_folds.h"
#include "text/positions.h"
#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// The ASCII text of each character of the basic plane that has one.
const std::vector<std::string_view>& folds() {
  static const auto kFolds = [] {
    std::vector<std::string_view> all(0x10000);
    for (const FoldRow& row : ascii_fold_rows())
      for (const char16_t letter : row.letters) all[letter] = row.ascii;
    return all;
  }();
  return kFolds;
}

// Gives whether anything changed.
bool fold(std::string& term) {
  if (is_ascii(term)) return false;
  const std::vector<std::string_view>& all = folds();
  std::string out;
  bool changed = false;
  for (std::size_t at = 0; at < term.size();) {
    const CodePoint point = decode_at(term, at);
    if (point.value >= 0x80 && point.value < all.size() && !all[point.value].empty()) {
      out += all[point.value];
      changed = true;
    } else {
      out += std::string_view(term).substr(at, point.bytes);
    }
    at += point.bytes;
  }
  if (changed) term = std::move(out);
  return changed;
}

// The folded term and, where it differs, the original behind it.
class PreservingFoldFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      Token folded = tokens[i];
      const bool changed = fold(folded.term);
      out.add(std::move(folded), increment_of(tokens, i));
      if (changed) out.add(tokens[i], 0);
    }
    tokens = out.finish(tokens.holes_at_end);
  }
  bool is_normalizing() const override { return true; }
};

Result<TokenFilterPtr> make_asciifolding(const Parameters& parameters, const Workshop&) {
  STELE_TRY(const bool preserve, parameters.boolean("preserve_original", false));
  if (preserve) return std::make_shared<const PreservingFoldFilter>();
  return make_normalizing([](std::string& term) { fold(term); });
}

// Digits of all scripts as 0 to 9.
void fold_digits(std::string& term) {
  if (is_ascii(term)) return;
  std::string out;
  for (std::size_t at = 0; at < term.size();) {
    const CodePoint point = decode_at(term, at);
    const int value = point.value < 0x80 ? -1 : digit_value(point.value);
    if (value >= 0 && is_digit(point.value))
      out += static_cast<char>('0' + value);
    else
      out += std::string_view(term).substr(at, point.bytes);
    at += point.bytes;
  }
  term = std::move(out);
}

Result<TokenFilterPtr> make_decimal_digit(const Parameters&, const Workshop&) {
  return make_normalizing(fold_digits);
}

constexpr std::array kRows = {TokenFilterRow{"asciifolding", make_asciifolding},
                              TokenFilterRow{"decimal_digit", make_decimal_digit}};

}  // namespace

std::span<const TokenFilterRow> folding_filter_rows() {
  return kRows;
}

}  // namespace stele::text
