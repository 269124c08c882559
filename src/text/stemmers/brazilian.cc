#include <array>

#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"
#include "text/unicode.h"

namespace stele::text {
namespace {

using View = std::u16string_view;

bool is_vowel(char16_t c) {
  return is_any(c, u"aeiou");
}

// What stands behind the first consonant that follows a vowel; empty where there is none. (The last letter is
// not looked at.)
View region(View word) {
  const std::size_t last = word.empty() ? 0 : word.size() - 1;
  std::size_t at = 0;
  while (at < last && !is_vowel(word[at])) ++at;
  while (at < last && is_vowel(word[at])) ++at;
  return at < last ? word.substr(at + 1) : View();
}

View verb_region(View word) {
  const std::size_t last = word.empty() ? 0 : word.size() - 1;
  const auto behind_next = [&](bool vowel) {
    std::size_t at = 2;
    while (at < last && is_vowel(word[at]) != vowel) ++at;
    return at < last ? word.substr(at + 1) : View();
  };
  if (last > 0 && !is_vowel(word[1]))
    if (const View found = behind_next(true); !found.empty()) return found;
  if (last > 1 && is_vowel(word[0]) && is_vowel(word[1]))
    if (const View found = behind_next(false); !found.empty()) return found;
  return last > 2 ? word.substr(3) : View();
}

// Endings of nouns and adjectives, the longer first, and the region in which they must lie.
struct Standard {
  View suffix;
  char region;  // '1', '2' or 'V'
  View with;
};
constexpr std::array kStandard = {
    Standard{u"uciones", '2', u"u"},   Standard{u"imentos", '2', u""}, Standard{u"amentos", '2', u""},
    Standard{u"adores", '2', u""},     Standard{u"adoras", '2', u""},  Standard{u"logias", '2', u"logias"},
    Standard{u"encias", '2', u"ente"}, Standard{u"amente", '1', u""},  Standard{u"idades", '2', u""},
    Standard{u"acoes", '2', u""},      Standard{u"imento", '2', u""},  Standard{u"amento", '2', u""},
    Standard{u"adora", '2', u""},      Standard{u"ismos", '2', u""},   Standard{u"istas", '2', u""},
    Standard{u"logia", '2', u"log"},   Standard{u"ucion", '2', u"u"},  Standard{u"encia", '2', u"ente"},
    Standard{u"mente", '2', u""},      Standard{u"idade", '2', u""},   Standard{u"acao", '2', u""},
    Standard{u"ezas", '2', u""},       Standard{u"icos", '2', u""},    Standard{u"icas", '2', u""},
    Standard{u"ismo", '2', u""},       Standard{u"avel", '2', u""},    Standard{u"ivel", '2', u""},
    Standard{u"ista", '2', u""},       Standard{u"osos", '2', u""},    Standard{u"osas", '2', u""},
    Standard{u"ador", '2', u""},       Standard{u"ivas", '2', u""},    Standard{u"ivos", '2', u""},
    Standard{u"iras", 'V', u"ir"},     Standard{u"eza", '2', u""},     Standard{u"ico", '2', u""},
    Standard{u"ica", '2', u""},        Standard{u"oso", '2', u""},     Standard{u"osa", '2', u""},
    Standard{u"iva", '2', u""},        Standard{u"ivo", '2', u""},     Standard{u"ira", 'V', u"ir"}};

// Endings of verbs. "ira" is found and left, as in the original.
constexpr View kVerbs[] = {
    u"issemos essemos assemos ariamos eriamos iriamos",
    u"iremos eremos aremos avamos iramos eramos aramos asseis esseis isseis arieis erieis irieis",
    u"irmos iamos armos ermos areis ereis ireis asses esses isses astes assem essem issem ardes erdes irdes "
    u"ariam "
    u"eriam iriam arias erias irias estes istes aveis",
    u"aria eria iria asse esse isse aste este iste arei erei irei aram eram iram avam arem erem irem ando "
    u"endo indo "
    u"arao erao irao adas idas aras eras iras avas ares eres ires ados idos amos emos imos ieis",
    u"ada ida ara era ira iam ado ido ias ais eis ear",
    u"ia ei am em ar er ir as es is eu iu ou"};

class Brazilian {
 public:
  explicit Brazilian(std::u16string& word) : word_(word), whole_(word) {
    first_ = region(whole_);
    second_ = region(first_);
    verb_ = verb_region(whole_);
  }

  void run() {
    if (standard() || verb()) {
      if (verb_.ends_with(u"ci") && word_.ends_with(u"i")) word_.pop_back();
    } else {
      for (const View suffix : {u"os", u"a", u"i", u"o"}) {
        if (!verb_.ends_with(suffix)) continue;
        drop(suffix);
        break;
      }
    }
    if (!verb_.ends_with(u"e")) return;
    const bool gu = verb_.ends_with(u"gue");
    const bool ci = verb_.ends_with(u"cie");
    drop(u"e");
    if (gu) drop(u"u");
    if (ci) drop(u"i");
  }

 private:
  void drop(View suffix) {
    if (word_.ends_with(suffix)) word_.resize(word_.size() - suffix.size());
  }

  bool standard() {
    for (const Standard& row : kStandard) {
      const View where = row.region == '1' ? first_ : (row.region == '2' ? second_ : verb_);
      if (!word_.ends_with(row.suffix) || !where.ends_with(row.suffix)) continue;
      if (row.region == 'V' && !ends_after_e(row.suffix)) continue;
      word_.resize(word_.size() - row.suffix.size());
      word_ += row.with;
      return true;
    }
    return false;
  }
  bool ends_after_e(View suffix) const {
    return word_.size() > suffix.size() && word_[word_.size() - suffix.size() - 1] == u'e';
  }

  bool verb() {
    static const std::array<SuffixStep, 6> kSteps = {SuffixStep{{0, kVerbs[0]}}, SuffixStep{{0, kVerbs[1]}},
                                                     SuffixStep{{0, kVerbs[2]}}, SuffixStep{{0, kVerbs[3]}},
                                                     SuffixStep{{0, kVerbs[4]}}, SuffixStep{{0, kVerbs[5]}}};
    for (const SuffixStep& step : kSteps) {
      std::u16string rest(verb_);
      if (!step.apply(rest)) continue;
      if (!verb_.ends_with(u"ira") || rest.size() + 3 != verb_.size())
        word_.resize(word_.size() - (verb_.size() - rest.size()));
      return true;
    }
    return false;
  }

  std::u16string& word_;
  const std::u16string whole_;
  View first_;
  View second_;
  View verb_;
};

}  // namespace

void stem_brazilian(std::u16string& word) {
  std::u16string changed = word;
  map_letters(changed, u"áaâaãaéeêeíióoôoõoúuüuçcñn");
  constexpr View kMarks = u"\"'-,;.?!";
  if (changed.size() >= 2 && is_any(changed.front(), kMarks)) changed.erase(0, 1);
  if (changed.size() >= 2 && is_any(changed.back(), kMarks)) changed.pop_back();
  if (changed.size() >= 30 || changed.size() <= 2) return;
  word = changed;
  for (const char16_t c : word)
    if (!is_letter(c)) return;
  Brazilian(word).run();
}

}  // namespace stele::text
