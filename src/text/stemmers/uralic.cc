// Finnish and Hungarian, by the light rules.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {
namespace {

bool is_vowel(char16_t c) {
  return is_any(c, u"aeiouy");
}

void clitics_finnish(std::u16string& word) {
  while (word.size() > 8 && (word.ends_with(u"kin") || word.ends_with(u"ko")))
    word.resize(word.size() - (word.back() == u'n' ? 3 : 2));
  static const SuffixStep kStep{{11, u"dellinen dellisuus"}};
  kStep.apply(word);
}

void case_finnish(std::u16string& word) {
  static const SuffixStep kLong{{8, u"nnen", 0, u"s"},
                                {8, u"ntena", 0, u"s"},
                                {8, u"tten"},
                                {8, u"eiden"},
                                {6, u"neen niin seen teen inen"},
                                {6, u"han hen hin hon hun hyn"},
                                {6, u"den", 0, u"s"},
                                {6, u"ksen", 0, u"s"},
                                {6, u"ssa sta lla lta tta ksi lle"},
                                {5, u"na ne"},
                                {5, u"nei"},
                                {4, u"ja ta"},
                                {4, u"a"},
                                {4, u"an en in on un yn"},
                                {4, u"n"}};
  kLong.apply(word);
}

bool possessive_hungarian(std::u16string& word) {
  const auto vowel_at = [&](std::size_t back) { return is_vowel(letter(word, back)); };
  const auto drop = [&](std::size_t size) {
    word.resize(word.size() - size);
    return true;
  };
  if (word.size() > 6) {
    if (!vowel_at(4) && ends_in_any(word, u"atok otok etek")) return drop(4);
    if (ends_in_any(word, u"itek itok")) return drop(4);
  }
  if (word.size() > 5) {
    if (!vowel_at(3) && ends_in_any(word, u"unk tok tek")) return drop(3);
    if (vowel_at(3) && word.ends_with(u"juk")) return drop(3);
    if (word.ends_with(u"ink")) return drop(3);
  }
  if (word.size() > 4) {
    if (!vowel_at(2) && ends_in_any(word, u"am em om ad ed od uk")) return drop(2);
    if (vowel_at(2) && ends_in_any(word, u"nk ja je")) return drop(2);
    if (ends_in_any(word, u"im id ik")) return drop(2);
  }
  if (word.size() <= 3) return false;
  if (is_any(word.back(), u"ae") && !vowel_at(1)) return drop(1);
  if (is_any(word.back(), u"md") && vowel_at(1)) return drop(1);
  return word.back() == u'i' && drop(1);
}

void case_hungarian(std::u16string& word) {
  static const SuffixStep kLong{{6, u"kent"},
                                {5, u"nak nek val vel ert rol ban ben bol nal nel hoz hez tol"}};
  if (kLong.apply(word)) return;
  const auto drop = [&](std::size_t size) { word.resize(word.size() - size); };
  if (word.size() > 5 && ends_in_any(word, u"al el") && !is_vowel(letter(word, 2)) &&
      letter(word, 2) == letter(word, 3))
    return drop(3);
  if (word.size() <= 4) return;
  if (ends_in_any(word, u"at et ot va ve ra re ba be ul ig")) return drop(2);
  if (ends_in_any(word, u"on en") && !is_vowel(letter(word, 2))) return drop(2);
  if (is_any(word.back(), u"tn")) return drop(1);
  if (is_any(word.back(), u"ae") && letter(word, 1) == letter(word, 2) && !is_vowel(letter(word, 1))) drop(2);
}

}  // namespace

void stem_finnish_light(std::u16string& word) {
  if (word.size() < 4) return;
  map_letters(word, u"äaåaöo");
  clitics_finnish(word);
  static const SuffixStep kSecond{{5, u"lla tse sti"}, {5, u"ni"}, {5, u"aa", 1}};
  kSecond.apply(word);
  case_finnish(word);
  static const SuffixStep kHde{{5, u"hde", 0, u"ksi"}};
  static const SuffixStep kNorm{{4, u"ei at"}, {3, u"t s j e a i"}};
  kHde.apply(word);
  kNorm.apply(word);
  if (word.size() > 8 && is_any(word.back(), u"eou")) word.pop_back();
  if (word.size() > 4 && word.back() == u'i') word.pop_back();
  if (word.size() <= 4) return;
  std::size_t kept = 1;
  for (std::size_t i = 1; i < word.size(); ++i)
    if (word[i] != word[kept - 1] || !is_any(word[i], u"kpt")) word[kept++] = word[i];
  word.resize(kept);
}

void stem_hungarian_light(std::u16string& word) {
  map_letters(word, u"áaëeéeíióoőoõoöoúuűuũuûuüu");
  case_hungarian(word);
  possessive_hungarian(word);
  static const SuffixStep kPlural{{4, u"ak ok ek"}, {3, u"k"}};
  static const SuffixStep kVowel{{3, u"a e i o"}};
  kPlural.apply(word);
  kVowel.apply(word);
}

}  // namespace stele::text
