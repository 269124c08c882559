// L. Freienthal's stemmer for Estonian, as Lucene 8 and 9 have it (Snowball's is a later one).
#include <unordered_map>

#include "text/stemmers/estonian_verbs.h"
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {
namespace {

using View = std::u16string_view;

constexpr View kVowels = u"aeiouõäöü";
constexpr View kShort = u"aeiuo";
constexpr View kKi = u"kptgbdshfšzž";
constexpr View kGi = u"cjlmnqrvwxaeiouõäöü";

bool is_long_vowel_end(View stem) {
  return ends_in_any(stem, u"aa ee ii oo uu ää öö üü õõ");
}
bool ends_in(View stem, View letters) {
  return !stem.empty() && is_any(stem.back(), letters);
}

class Estonian {
 public:
  explicit Estonian(std::u16string& word) : word_(word) {
    region_ = word.size();
    std::size_t at = 0;
    while (at < word.size() && !is_any(word[at], kVowels)) ++at;
    while (at < word.size() && is_any(word[at], kVowels)) ++at;
    if (at < word.size()) region_ = at + 1;
  }

  void run() {
    emphasis();
    if (!verb()) substantive();
    undouble();
  }

 private:
  // The longest of these suffixes that lies in the region; empty when none does.
  View longest(View suffixes) const {
    View best;
    const View tail = View(word_).substr(std::min(region_, word_.size()));
    while (!suffixes.empty()) {
      const std::size_t space = std::min(suffixes.find(u' '), suffixes.size());
      const View one = suffixes.substr(0, space);
      if (tail.ends_with(one) && one.size() > best.size()) best = one;
      suffixes.remove_prefix(std::min(space + 1, suffixes.size()));
    }
    return best;
  }
  View before(View suffix) const { return View(word_).substr(0, word_.size() - suffix.size()); }
  void replace(View suffix, View with) {
    word_.resize(word_.size() - suffix.size());
    word_ += with;
  }

  void emphasis() {
    const View found = longest(u"gi ki");
    if (found.empty() || word_.size() < found.size() + 4) return;
    const View stem = before(found);
    if (found == u"gi" ? ends_in(stem, kGi) && !is_long_vowel_end(stem) : ends_in(stem, kKi))
      replace(found, u"");
  }

  bool verb() {
    const View found = longest(
        u"nuksin nuksime nuksid nuksite ksin ksid ksime ksite mata takse dakse taks daks akse sime site sin "
        u"me da n b");
    if (found.empty()) return false;
    if ((found == u"me" || found == u"da" || found == u"n" || found == u"b") &&
        !ends_in(before(found), kVowels))
      return false;
    replace(found, found == u"akse" ? View(u"a") : View());
    return true;
  }

  void substantive() {
    nouns();
    cases();
    plurals();
    degrees();
    if (const View found = longest(u"i"); !found.empty() && ends_in(before(found), kShort))
      replace(found, u"");
    if (const View found = longest(u"nu tu du va"); !found.empty()) replace(found, u"");
  }

  void nouns() {
    const View found = longest(u"lasse last lane lasi misse mist mine misi lisse list line lisi");
    if (found.empty()) return;
    const std::u16string with = std::u16string(found.substr(0, 2)) + u"se";
    replace(found, with);
  }

  void cases() {
    const View found = longest(u"sse st le lt ga ks ta t s l");
    if (found.empty()) return;
    const View stem = before(found);
    if (ends_in(stem, kShort) || is_long_vowel_end(stem)) replace(found, u"");
  }

  void plurals() {
    const View found = longest(u"ikkude ikke ike sid te de d");
    if (found.empty()) return;
    const View stem = before(found);
    if (found == u"ikkude" || found == u"ikke" || found == u"ike") {
      replace(found, u"iku");
    } else if (found == u"sid") {
      if (!is_long_vowel_end(stem)) replace(found, u"");
    } else if (found == u"te") {
      plural_te(stem);
    } else if (ends_in(stem, kShort) || is_long_vowel_end(stem)) {
      replace(found, u"");
    }
  }

  void plural_te(View stem) {
    if (stem.ends_with(u't')) return;
    if (stem.size() < 4)
      replace(u"te", u"t");
    else
      replace(u"te", ends_in_any(stem, u"mis las lis") ? u"e" : u"");
  }

  void degrees() {
    const View found = longest(u"mai ma m");
    if (found.empty()) return;
    if (found == u"ma" || ends_in(before(found), kShort)) replace(found, u"");
  }

  // mõtte → mõte
  void undouble() {
    if (word_.size() < 3 || !is_any(word_.back(), kVowels)) return;
    if (const char16_t c = letter(word_, 1); is_any(c, u"kpt") && c == letter(word_, 2))
      word_.erase(word_.size() - 2, 1);
  }

  std::u16string& word_;
  std::size_t region_ = 0;
};

}  // namespace

void stem_estonian(std::u16string& word) {
  static const auto kVerbs = [] {
    std::unordered_map<std::u16string, View> verbs;
    for (const auto& [stem, forms] : kEstonianVerbs) {
      View rest = forms;
      while (!rest.empty()) {
        const std::size_t space = std::min(rest.find(u' '), rest.size());
        verbs.emplace(rest.substr(0, space), stem);
        rest.remove_prefix(std::min(space + 1, rest.size()));
      }
    }
    return verbs;
  }();
  if (const auto found = kVerbs.find(word); found != kVerbs.end()) {
    word = found->second;
    return;
  }
  Estonian(word).run();
}

}  // namespace stele::text
