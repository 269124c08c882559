// French, Italian, Portuguese, Spanish.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

constexpr std::u16string_view kNoAccents = u"àaáaâaäaòoóoôoöoèeéeêeëeùuúuûuüuìiíiîiïi";

// Letters that repeat become one.
void undouble(std::u16string& word, std::size_t from) {
  std::size_t kept = from;
  for (std::size_t i = from; i < word.size(); ++i)
    if (i == from || word[i] != word[kept - 1] || !is_letter(word[i])) word[kept++] = word[i];
  word.resize(kept);
}

void normalize_french(std::u16string& word) {
  if (word.size() > 4) {
    map_letters(word, u"àaáaâaôoèeéeêeùuûuîiçc");
    undouble(word, 0);
  }
  if (word.size() > 4 && word.ends_with(u"ie")) word.resize(word.size() - 2);
  if (word.size() <= 4) return;
  if (word.back() == u'r') word.pop_back();
  if (word.back() == u'e') word.pop_back();
  if (word.back() == u'e') word.pop_back();
  if (word.back() == letter(word, 1) && is_letter(word.back())) word.pop_back();
}

// What ends French adjectives and nouns; true: nothing more is to be taken off.
bool derive_french(std::u16string& word) {
  static const SuffixStep kFirst{{9, u"issement", 1, u"r"}, {8, u"issant", 1, u"r"}};
  static const SuffixStep kAgents{{11, u"ficatrice", 2, u"er"}, {10, u"ficateur", 2, u"er"},
                                  {9, u"catrice", 0, u"quer"},  {8, u"cateur", 0, u"quer"},
                                  {8, u"atrice", 0, u"er"},     {7, u"ateur", 0, u"er"}};
  static const SuffixStep kTrice{{6, u"trice", 1, u"eur"}};
  static const SuffixStep kEndings{{5, u"ième"},           {7, u"teuse", 2, u"r"}, {6, u"teur", 2, u"r"},
                                   {5, u"euse", 2},        {8, u"ère", 0, u"er"},  {7, u"ive", 1, u"f"},
                                   {4, u"folle", 2, u"u"}, {4, u"molle", 2, u"u"}, {9, u"nnelle", 1},
                                   {9, u"nnel", 1}};
  static const SuffixStep kMore{{8, u"esse", 1}, {7, u"inage", 2}};
  static const SuffixStep kLast{{9, u"isateur"}, {8, u"ation ition"}};
  if (kFirst.apply(word)) return true;
  if (word.size() > 6 && word.ends_with(u"ement")) {
    word.resize(word.size() - 4);
    static const SuffixStep kIve{{3, u"ive", 1, u"f"}};
    kIve.apply(word);
    return true;
  }
  if (kAgents.apply(word)) return true;
  kTrice.apply(word);
  if (kEndings.apply(word)) return true;
  static const SuffixStep kEte{{4, u"ète", 0, u"et"}};
  static const SuffixStep kIque{{8, u"ique"}};
  kEte.apply(word);
  kIque.apply(word);
  if (kMore.apply(word)) return true;
  if (word.size() > 9 && word.ends_with(u"isation")) {
    word.resize(word.size() - 7);
    if (word.size() > 5 && word.ends_with(u"ual")) word[word.size() - 2] = u'e';
    return true;
  }
  return kLast.apply(word);
}

void feminine_portuguese(std::u16string& word) {
  static const SuffixStep kStep{{7, u"inha iaca eira", 3, u"o"}, {6, u"osa ica ida ada iva ama", 2, u"o"},
                                {6, u"ona", 0, u"ão"},           {6, u"ora", 2},
                                {6, u"esa", 0, u"ês"},           {6, u"na", 1, u"o"}};
  kStep.apply(word);
}

}  // namespace

void stem_french_light(std::u16string& word) {
  if (word.size() > 5 && word.back() == u'x') {
    if (letter(word, 2) == u'a' && letter(word, 1) == u'u' && letter(word, 3) != u'e')
      word[word.size() - 2] = u'l';
    word.pop_back();
  }
  if (word.size() > 3 && word.back() == u'x') word.pop_back();
  if (word.size() > 3 && word.back() == u's') word.pop_back();
  derive_french(word);
  normalize_french(word);
}

void stem_french_minimal(std::u16string& word) {
  if (word.size() < 6) return;
  if (word.back() == u'x') {
    if (letter(word, 2) == u'a' && letter(word, 1) == u'u') word[word.size() - 2] = u'l';
    word.pop_back();
    return;
  }
  for (const char16_t c : {u's', u'r', u'e', u'é'})
    if (word.back() == c) word.pop_back();
  if (word.back() == letter(word, 1) && is_letter(word.back())) word.pop_back();
}

void stem_italian_light(std::u16string& word) {
  if (word.size() < 6) return;
  map_letters(word, kNoAccents);
  static const SuffixStep kStep{{0, u"ie he hi ii ia io"}, {0, u"e i a o"}};
  kStep.apply(word);
}

void stem_spanish_light(std::u16string& word) {
  if (word.size() < 5) return;
  map_letters(word, kNoAccents);
  static const SuffixStep kStep{{0, u"eses", 2}, {0, u"ces", 0, u"z"}, {0, u"os as es"}, {0, u"o a e"}};
  kStep.apply(word);
}

void stem_portuguese_light(std::u16string& word) {
  if (word.size() < 4) return;
  static const SuffixStep kPlurals{
      {4, u"res ses les zes", 1}, {3, u"ns", 0, u"m"},   {4, u"eis éis", 0, u"el"},
      {4, u"ais", 1, u"l"},       {4, u"óis", 0, u"ol"}, {4, u"is", 1, u"l"},
      {3, u"ões ães", 0, u"ão"},  {6, u"mente"},         {3, u"s"}};
  kPlurals.apply(word);
  if (word.size() > 3 && word.back() == u'a') feminine_portuguese(word);
  if (word.size() > 4 && is_any(word.back(), u"eao")) word.pop_back();
  map_letters(word, kNoAccents);
  map_letters(word, u"ãaõoçc");
}

}  // namespace stele::text
