// English, German, Norwegian, Swedish.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {

void stem_english_minimal(std::u16string& word) {
  if (word.size() < 3 || word.back() != u's' || is_any(letter(word, 1), u"us")) return;
  if (letter(word, 1) == u'e') {
    if (word.size() > 3 && letter(word, 2) == u'i' && !is_any(letter(word, 3), u"ae")) {
      word.resize(word.size() - 3);
      word += u'y';
      return;
    }
    if (is_any(letter(word, 2), u"iaoe")) return;
  }
  word.pop_back();
}

void stem_german_light(std::u16string& word) {
  map_letters(word, u"äaàaáaâaöoòoóoôoïiìiíiîiüuùuúuûu");
  static const SuffixStep kFirst{
      {5, u"ern"}, {4, u"em en er es"}, {3, u"e"}, {3, u"bs ds fs gs hs ks ls ms ns ts", 1}};
  static const SuffixStep kSecond{
      {5, u"est"}, {4, u"er en"}, {4, u"bst dst fst gst hst kst lst mst nst tst", 1}};
  kFirst.apply(word);
  kSecond.apply(word);
}

void stem_german_minimal(std::u16string& word) {
  if (word.size() < 5) return;
  map_letters(word, u"äaöoüu");
  static const SuffixStep kStep{{6, u"nen"}, {5, u"en se es er"}, {0, u"n e s r"}};
  kStep.apply(word);
}

void stem_norwegian_light(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{
      {7, u"heter heten"}, {5, u"dom het"},        {7, u"elser elsen"}, {6, u"ende else este eren"},
      {5, u"ere est ene"}, {4, u"er en et st te"}, {3, u"a e n"}};
  kStep.apply(word);
}

void stem_nynorsk_light(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{
      {7, u"heita"},           {8, u"heiter leiken leikar"}, {5, u"dom"},
      {6, u"heit semd leik"},  {7, u"elser elsen"},          {6, u"ande else aste aren"},
      {5, u"are ast ene ane"}, {4, u"er en et ar te"},       {3, u"a e n"}};
  kStep.apply(word);
}

void stem_norwegian_minimal(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{{5, u"ene"}, {4, u"er en et"}, {3, u"a e"}};
  kStep.apply(word);
}

void stem_nynorsk_minimal(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{{5, u"ene ane"}, {4, u"er en et ar"}, {3, u"a e"}};
  kStep.apply(word);
}

void stem_swedish_light(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{{7, u"elser heten"},
                                {6, u"arne erna ande else aste orna aren"},
                                {5, u"are ast het"},
                                {4, u"ar er or en at te et"},
                                {3, u"t a e n"}};
  kStep.apply(word);
}

void stem_swedish_minimal(std::u16string& word) {
  if (word.size() > 4 && word.back() == u's') word.pop_back();
  static const SuffixStep kStep{
      {6, u"arne erna arna orna aren"}, {5, u"are"}, {4, u"ar at er et or en"}, {3, u"a e n"}};
  kStep.apply(word);
}

}  // namespace stele::text
