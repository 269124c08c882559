#include <algorithm>
#include <array>
#include <vector>

#include "text/positions.h"
#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// U+FF65 to U+FF9F in full width.
constexpr std::u16string_view kFullWidth =
    u"\u30fb\u30f2\u30a1\u30a3\u30a5\u30a7\u30a9\u30e3\u30e5\u30e7\u30c3\u30fc\u30a2\u30a4\u30a6\u30a8\u30aa"
    u"\u30ab\u30ad\u30af\u30b1\u30b3\u30b5\u30b7\u30b9\u30bb\u30bd\u30bf\u30c1\u30c4\u30c6\u30c8\u30ca\u30cb"
    u"\u30cc\u30cd\u30ce\u30cf\u30d2\u30d5\u30d8\u30db\u30de\u30df\u30e0\u30e1\u30e2\u30e4\u30e6\u30e8\u30e9"
    u"\u30ea\u30eb\u30ec\u30ed\u30ef\u30f3\u3099\u309a";

// ASCII out of its full-width forms, Katakana out of its half-width ones.
void to_usual_width(std::u16string& word) {
  std::u16string out;
  for (const char16_t c : word) {
    if (c >= 0xFF01 && c <= 0xFF5E) {
      out += static_cast<char16_t>(c - 0xFEE0);
    } else if (c >= 0xFF65 && c <= 0xFF9F) {
      const char16_t full = kFullWidth[static_cast<std::size_t>(c - 0xFF65)];
      const bool is_mark = c >= 0xFF9E;
      const bool can_bear = is_mark && !out.empty() && out.back() >= 0x30A6 && out.back() <= 0x30FD;
      if (const std::uint32_t both = can_bear ? compose(out.back(), full) : 0; both != 0)
        out.back() = static_cast<char16_t>(both);
      else
        out += full;
    } else {
      out += c;
    }
  }
  word = std::move(out);
}

Result<TokenFilterPtr> make_width(const Parameters&, const Workshop&) {
  return make_normalizing(on_utf16(to_usual_width));
}

// Pairs of neighbouring characters in place of the single characters and runs that the standard tokenizer
// gives of Chinese, Japanese and Korean text.
class BigramFilter final : public TokenFilter {
 public:
  BigramFilter(std::vector<TokenType> types, bool unigrams) : types_(std::move(types)), unigrams_(unigrams) {}

  void filter(Tokens& tokens) const override {
    PositionWriter out(tokens);
    std::vector<Character> run;
    std::size_t run_end = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Token& token = tokens[i];
      if (std::ranges::find(types_, token.type) == types_.end()) {
        add_run(run, out);
        out.add(token, increment_of(tokens, i));
        continue;
      }
      if (token.start != run_end) add_run(run, out);
      add_characters(token, run);
      run_end = token.end;
    }
    add_run(run, out);
    tokens = out.finish(tokens.holes_at_end);
  }

 private:
  struct Character {
    std::string_view bytes;
    std::size_t start = 0;
    std::size_t end = 0;
  };

  static void add_characters(const Token& token, std::vector<Character>& run) {
    const bool as_in_text = token.end - token.start == token.term.size();
    for (std::size_t at = 0; at < token.term.size();) {
      const std::size_t bytes = decode_at(token.term, at).bytes;
      run.push_back({std::string_view(token.term).substr(at, bytes),
                     as_in_text ? token.start + at : token.start,
                     as_in_text ? token.start + at + bytes : token.end});
      at += bytes;
    }
  }

  void add_run(std::vector<Character>& run, PositionWriter& out) const {
    for (std::size_t i = 0; i < run.size(); ++i) {
      if (unigrams_ || run.size() == 1) {
        Token single;
        single.term = run[i].bytes;
        single.start = run[i].start;
        single.end = run[i].end;
        single.type = TokenType::kSingle;
        out.add(std::move(single), 1);
      }
      if (i + 1 == run.size()) break;
      Token pair;
      pair.term = std::string(run[i].bytes) + std::string(run[i + 1].bytes);
      pair.start = run[i].start;
      pair.end = run[i + 1].end;
      pair.type = TokenType::kDouble;
      pair.position_length = unigrams_ ? 2 : 1;
      out.add(std::move(pair), unigrams_ ? 0 : 1);
    }
    run.clear();
  }

  std::vector<TokenType> types_;
  bool unigrams_;
};

Result<TokenFilterPtr> make_bigram(const Parameters& parameters, const Workshop&) {
  constexpr std::array<std::pair<std::string_view, TokenType>, 4> kScripts = {
      {{"han", TokenType::kIdeographic},
       {"hiragana", TokenType::kHiragana},
       {"katakana", TokenType::kKatakana},
       {"hangul", TokenType::kHangul}}};
  STELE_TRY(const bool unigrams, parameters.boolean("output_unigrams", false));
  const std::vector<std::string> ignored = parameters.list("ignored_scripts");
  std::vector<TokenType> types;
  for (const auto& [name, type] : kScripts)
    if (std::ranges::find(ignored, name) == ignored.end()) types.push_back(type);
  return std::make_shared<const BigramFilter>(std::move(types), unigrams);
}

constexpr std::array kRows = {TokenFilterRow{"cjk_width", make_width},
                              TokenFilterRow{"cjk_bigram", make_bigram}};

}  // namespace

std::span<const TokenFilterRow> cjk_filter_rows() {
  return kRows;
}

}  // namespace stele::text
