// Bulgarian, Czech, Latvian, Russian.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {

void stem_bulgarian(std::u16string& word) {
  if (word.size() < 4) return;
  static const SuffixStep kIshta{{5, u"ища"}};
  if (kIshta.apply(word)) return;
  static const SuffixStep kArticle{{6, u"ият"}, {5, u"ът то те та ия"}, {4, u"ят"}};
  static const SuffixStep kPlural{{6, u"овци", 1}, {6, u"ове"},         {6, u"еве", 0, u"й"}, {5, u"ища"},
                                  {5, u"та"},      {5, u"ци", 0, u"к"}, {5, u"зи", 0, u"г"}};
  kArticle.apply(word);
  if (!kPlural.apply(word)) {
    static const SuffixStep kRest{{4, u"си", 0, u"х"}, {4, u"и"}};
    if (word.size() > 5 && letter(word, 2) == u'е' && word.back() == u'и') {
      word[word.size() - 3] = u'я';
      word.pop_back();
    } else {
      kRest.apply(word);
    }
  }
  if (word.size() > 3) {
    if (word.back() == u'я') word.pop_back();
    if (is_any(word.back(), u"аое")) word.pop_back();
  }
  static const SuffixStep kEn{{4, u"ен", 0, u"н"}};
  kEn.apply(word);
  if (word.size() > 5 && letter(word, 1) == u'ъ') word.erase(word.size() - 2, 1);
}

void stem_czech(std::u16string& word) {
  static const SuffixStep kCase{{7, u"atech"},
                                {6, u"ětem etem atům"},
                                {5,
                                 u"ech ich ích ého ěmi emi ému ěte ete ěti eti ího iho ími ímu imu ách ata "
                                 u"aty ých ama ami ové ovi ými"},
                                {4, u"em es ém ím ům at ám os us ým mi ou"},
                                {3, u"a e i o u ů y á é í ý ě"}};
  static const SuffixStep kPossessive{{5, u"ov in ův"}};
  static const SuffixStep kPalatal{
      {0, u"čt", 0, u"ck"}, {0, u"št", 0, u"sk"}, {0, u"c č", 0, u"k"}, {0, u"z ž", 0, u"h"}};
  kCase.apply(word);
  kPossessive.apply(word);
  if (word.empty() || kPalatal.apply(word) || word.size() < 2) return;
  if (letter(word, 1) == u'e')
    word.erase(word.size() - 2, 1);
  else if (word.size() > 2 && letter(word, 1) == u'ů')
    word[word.size() - 2] = u'o';
}

void stem_latvian(std::u16string& word) {
  struct Affix {
    std::u16string_view suffix;
    std::size_t vowels;  // the word must have more
    bool palatalizes;
  };
  static constexpr Affix kAffixes[] = {
      {u"ajiem", 3, false}, {u"ajai", 3, false}, {u"ajam", 2, false}, {u"ajām", 2, false},
      {u"ajos", 2, false},  {u"ajās", 2, false}, {u"iem", 2, true},   {u"ajā", 2, false},
      {u"ais", 2, false},   {u"ai", 2, false},   {u"ei", 2, false},   {u"ām", 1, false},
      {u"am", 1, false},    {u"ēm", 1, false},   {u"īm", 1, false},   {u"im", 1, false},
      {u"um", 1, false},    {u"us", 1, true},    {u"as", 1, false},   {u"ās", 1, false},
      {u"es", 1, false},    {u"os", 1, true},    {u"ij", 1, false},   {u"īs", 1, false},
      {u"ēs", 1, false},    {u"is", 1, false},   {u"ie", 1, false},   {u"u", 1, true},
      {u"a", 1, true},      {u"i", 1, true},     {u"e", 1, false},    {u"ā", 1, false},
      {u"ē", 1, false},     {u"ī", 1, false},    {u"ū", 1, false},    {u"o", 1, false},
      {u"s", 0, false},     {u"š", 0, false}};
  static const SuffixStep kAfterU{{0, u"kš", 1, u"st"}, {0, u"ņņ", 0, u"nn"}};
  static const SuffixStep kPalatal{{0, u"pj bj mj vj", 1}, {0, u"šņ", 0, u"sn"}, {0, u"žņ", 0, u"zn"},
                                   {0, u"šļ", 0, u"sl"},   {0, u"žļ", 0, u"zl"}, {0, u"ļņ", 0, u"ln"},
                                   {0, u"ļļ", 0, u"ll"},   {0, u"č", 0, u"c"},   {0, u"ļ", 0, u"l"},
                                   {0, u"ņ", 0, u"n"}};
  std::size_t vowels = 0;
  for (const char16_t c : word) vowels += is_any(c, u"aeiouāīēū") ? 1 : 0;
  for (const Affix& affix : kAffixes) {
    if (vowels <= affix.vowels || word.size() < affix.suffix.size() + 3 || !word.ends_with(affix.suffix))
      continue;
    word.resize(word.size() - affix.suffix.size());
    if (affix.palatalizes && !(affix.suffix.front() == u'u' && kAfterU.apply(word))) kPalatal.apply(word);
    return;
  }
}

void stem_russian_light(std::u16string& word) {
  static const SuffixStep kCase{
      {6, u"иями оями"},
      {5, u"иям иях оях ями оям оьв ами его ему ери ими ого ому ыми оев"},
      {4, u"ая яя ях юю ах ею их ия ию ьв ою ую ям ых ея ам ем ей ём ев ий им ое ой ом ов ые ый ым ми"},
      {3, u"а е и о у й ы я ь"}};
  static const SuffixStep kEnd{{3, u"ь и"}, {3, u"нн", 1}};
  kCase.apply(word);
  kEnd.apply(word);
}

}  // namespace stele::text
