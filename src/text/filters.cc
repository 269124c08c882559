#include "text/filters.h"

#include <array>
#include <string_view>
#include <unordered_set>

#include "text/porter_stemmer.h"
#include "text/unicode.h"

namespace stele::text {

void LowercaseFilter::filter(Tokens& tokens) const {
  for (Token& token : tokens) lowercase(token.term);
}

void EnglishStopFilter::filter(Tokens& tokens) const {
  static const std::unordered_set<std::string_view> kWords = {
      "a",   "an",    "and",  "are",   "as",    "at",   "be",   "but", "by",  "for",  "if",
      "in",  "into",  "is",   "it",    "no",    "not",  "of",   "on",  "or",  "such", "that",
      "the", "their", "then", "there", "these", "they", "this", "to",  "was", "will", "with"};
  std::erase_if(tokens,
                [](const Token& token) { return token.term.size() <= 5 && kWords.contains(token.term); });
}

void EnglishPossessiveFilter::filter(Tokens& tokens) const {
  static constexpr std::array<std::string_view, 3> kApostrophes = {"'", "\u2019", "\uFF07"};
  for (Token& token : tokens) {
    std::string_view term = token.term;
    if (!term.ends_with('s') && !term.ends_with('S')) continue;
    term.remove_suffix(1);
    for (const std::string_view apostrophe : kApostrophes) {
      if (!term.ends_with(apostrophe)) continue;
      token.term.resize(term.size() - apostrophe.size());
      break;
    }
  }
}

void PorterStemFilter::filter(Tokens& tokens) const {
  for (Token& token : tokens) porter_stem(token.term);
}

}  // namespace stele::text
