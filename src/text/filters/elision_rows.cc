#include <algorithm>
#include <array>
#include <string_view>

#include "text/term_filter.h"
#include "text/word_set.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

constexpr std::string_view kTypographic = "\u2019";

// Where the first apostrophe stands and how many bytes it has; npos: nowhere.
std::pair<std::size_t, std::size_t> find_apostrophe(std::string_view term) {
  const std::size_t plain = term.find('\'');
  const std::size_t typographic = term.find(kTypographic);
  return plain < typographic ? std::pair(plain, std::size_t{1}) : std::pair(typographic, kTypographic.size());
}

const std::vector<std::pair<std::string_view, std::vector<std::string>>>& article_lists() {
  static const std::vector<std::pair<std::string_view, std::vector<std::string>>> kLists = {
      {"_french_", {"l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"}},
      {"_italian_", {"c",    "l",    "all",  "dall", "dell", "nell", "sull", "coll", "pell", "gl", "agl",
                     "dagl", "degl", "negl", "sugl", "un",   "m",    "t",    "s",    "v",    "d"}},
      {"_catalan_", {"d", "l", "m", "n", "s", "t"}},
      {"_irish_", {"d", "m", "b"}}};
  return kLists;
}

// Takes an article and its apostrophe off the beginning: l'avion → avion.
Result<TokenFilterPtr> make_elision(const Parameters& parameters, const Workshop&) {
  std::vector<std::string> articles = parameters.list("articles");
  STELE_TRY(bool ignore_case, parameters.boolean("articles_case", false));
  if (parameters.values().empty()) articles = {"_french_"};
  if (articles.empty()) return illegal("elision filter requires [articles] or [articles_path] setting");
  for (const auto& [name, words] : article_lists()) {
    if (articles.size() != 1 || articles[0] != name) continue;
    articles = words;
    ignore_case = true;
    break;
  }
  return make_normalizing([set = WordSet(articles, ignore_case)](std::string& term) {
    const auto [at, bytes] = find_apostrophe(term);
    if (at != std::string::npos && set.contains(std::string_view(term).substr(0, at)))
      term.erase(0, at + bytes);
  });
}

// Cuts at the first apostrophe: Türkiye'den → Türkiye.
Result<TokenFilterPtr> make_apostrophe(const Parameters&, const Workshop&) {
  return make_stemming([](std::string& term) {
    if (const std::size_t at = find_apostrophe(term).first; at != std::string::npos) term.resize(at);
  });
}

// What the classic tokenizer leaves: 's off words with an apostrophe, dots out of acronyms.
class ClassicFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override {
    for (Token& token : tokens) {
      std::string& term = token.term;
      if (token.type == TokenType::kApostrophe && (term.ends_with("'s") || term.ends_with("'S")))
        term.resize(term.size() - 2);
      else if (token.type == TokenType::kAcronym)
        std::erase(term, '.');
    }
  }
};

Result<TokenFilterPtr> make_classic(const Parameters&, const Workshop&) {
  return std::make_shared<const ClassicFilter>();
}

constexpr std::array kRows = {TokenFilterRow{"elision", make_elision},
                              TokenFilterRow{"apostrophe", make_apostrophe},
                              TokenFilterRow{"classic", make_classic}};

}  // namespace

std::span<const TokenFilterRow> elision_filter_rows() {
  return kRows;
}

}  // namespace stele::text
