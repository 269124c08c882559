// Arabic, Bengali, Hindi, Sorani, Indonesian.
#include "text/stemmers/light.h"
#include "text/stemmers/suffixes.h"

namespace stele::text {

void stem_arabic(std::u16string& word) {
  for (const std::u16string_view prefix : {u"ال", u"وال", u"بال", u"كال", u"فال", u"لل", u"و"}) {
    if (word.size() < (prefix.size() == 1 ? 4 : prefix.size() + 2) || !word.starts_with(prefix)) continue;
    word.erase(0, prefix.size());
    break;
  }
  for (const std::u16string_view suffix : {u"ها", u"ان", u"ات", u"ون", u"ين", u"يه", u"ية", u"ه", u"ة", u"ي"})
    if (word.size() >= suffix.size() + 2 && word.ends_with(suffix)) word.resize(word.size() - suffix.size());
}

void stem_hindi(std::u16string& word) {
  static const SuffixStep kStep{{6, u"ाएंगी ाएंगे ाऊंगी ाऊंगा ाइयाँ ाइयों ाइयां"},
                                {5, u"ाएगी ाएगा ाओगी ाओगे एंगी ेंगी एंगे ेंगे ूंगी ूंगा ातीं नाओं नाएं ताओं ताएं ियाँ ियों ियां"},
                                {4, u"ाकर ाइए ाईं ाया ेगी ेगा ोगी ोगे ाने ाना ाते ाती ाता तीं ाओं ाएं ुओं ुएं ुआं"},
                                {3, u"कर ाओ िए ाई ाए ने नी ना ते ीं ती ता ाँ ां ों ें"},
                                {2, u"ो े ू ु ी ि ा"}};
  kStep.apply(word);
}

void stem_bengali(std::u16string& word) {
  static const SuffixStep kStep{
      {9, u"িয়াছিলাম িতেছিলাম িতেছিলেন ইতেছিলেন িয়াছিলেন ইয়াছিলেন"},
      {8, u"িতেছিলি িতেছিলে িয়াছিলা িয়াছিলে িতেছিলা িয়াছিলি য়েদেরকে"},
      {7, u"িতেছিস িতেছেন িয়াছিস িয়াছেন েছিলাম েছিলেন েদেরকে"},
      {6, u"িতেছি িতেছা িতেছে ছিলাম ছিলেন িয়াছি িয়াছা িয়াছে েছিলে েছিলা য়েদের দেরকে"},
      {5, u"িলাম িলেন িতাম িতেন িবেন ছিলি ছিলে ছিলা তেছে িতেছ খানা খানি গুলো গুলি য়েরা েদের"},
      {4,
       u"লাম িলি ইলি িলে ইলে লেন িলা ইলা তাম িতি ইতি িতে ইতে তেন িতা িবা ইবা িবি ইবি বেন িবে ইবে ছেন য়োন "
       u"য়ের েরা দের"},
      {3, u"িস েন লি লে লা তি তে তা বি বে বা ছি ছা ছে ুন ুক টা টি নি ের তে রা কে"},
      {2, u"ি ী া ো ে ব ত"}};
  kStep.apply(word);
}

void stem_sorani(std::u16string& word) {
  static const SuffixStep kPostposition{{5, u"دا"}, {4, u"نا", 1}, {6, u"ەوە"}};
  static const SuffixStep kPossessive{{6, u"مان یان تان"}};
  static const SuffixStep kEnding{{6, u"ێکی"}, {7, u"یەکی"}, {5, u"ێک"},   {6, u"یەک"},  {6, u"ەکە"},
                                  {5, u"کە"},  {7, u"ەکان"}, {6, u"کان"},  {7, u"یانی"}, {6, u"انی"},
                                  {6, u"یان"}, {5, u"ان"},   {7, u"یانە"}, {6, u"انە"},  {5, u"ایە ەیە", 1},
                                  {4, u"ە"},   {4, u"ی"}};
  kPostposition.apply(word);
  kPossessive.apply(word);
  kEnding.apply(word);
}

namespace {

// What was taken off an Indonesian word, by which later rules know what cannot follow.
enum Removed : unsigned { kKe = 1, kPeng = 2, kDi = 4, kMeng = 8, kTer = 16, kBer = 32, kPe = 64 };

class Indonesian {
 public:
  explicit Indonesian(std::u16string& word) : word_(word) {
    for (const char16_t c : word) syllables_ += is_vowel(c) ? 1 : 0;
  }

  void run() {
    static const SuffixStep kParticle{{0, u"kah lah pun"}};
    static const SuffixStep kPossessive{{0, u"ku mu nya"}};
    if (syllables_ > 2 && kParticle.apply(word_)) --syllables_;
    if (syllables_ > 2 && kPossessive.apply(word_)) --syllables_;
    if (syllables_ > 2 && first_prefix()) {
      if (syllables_ > 2 && suffix() && syllables_ > 2) second_prefix();
      return;
    }
    if (syllables_ > 2) second_prefix();
    if (syllables_ > 2) suffix();
  }

 private:
  static bool is_vowel(char16_t c) { return is_any(c, u"aeiou"); }

  // Takes `size` letters off the beginning, one syllable.
  bool take(std::size_t size, unsigned removed) {
    word_.erase(0, size);
    removed_ |= removed;
    --syllables_;
    return true;
  }

  bool first_prefix() {
    const auto vowel_at = [&](std::size_t i) { return word_.size() > i && is_vowel(word_[i]); };
    for (const auto& [nasal, removed] : {std::pair(u"me", kMeng), std::pair(u"pe", kPeng)}) {
      if (!word_.starts_with(nasal)) continue;
      const std::u16string_view rest = std::u16string_view(word_).substr(2);
      const bool active = removed == kMeng;
      if (rest.starts_with(u"ng")) return take(4, removed);
      if (rest.starts_with(u"ny") && vowel_at(4)) {
        word_[3] = u's';
        return take(3, removed);
      }
      if (!active && rest.starts_with(u"ny")) return take(4, removed);
      if (!active && rest.starts_with(u"n") && vowel_at(3)) {
        word_[2] = u't';
        return take(2, removed);
      }
      if (rest.starts_with(u"n") || rest.starts_with(u"m")) return take(3, removed);
      if (active) return take(2, removed);
    }
    if (word_.starts_with(u"di")) return take(2, kDi);
    if (word_.starts_with(u"ter")) return take(3, kTer);
    return word_.starts_with(u"ke") && take(2, kKe);
  }

  void second_prefix() {
    if (word_.starts_with(u"ber") || word_ == u"belajar") {
      take(3, kBer);
    } else if (word_.starts_with(u"be") && word_.size() > 4 && !is_vowel(word_[2]) && word_[3] == u'e' &&
               word_[4] == u'r') {
      take(2, kBer);
    } else if (word_.starts_with(u"per") || word_ == u"pelajar") {
      take(3, 0);
    } else if (word_.starts_with(u"pe")) {
      take(2, kPe);
    }
  }

  bool drop(std::size_t size) {
    word_.resize(word_.size() - size);
    --syllables_;
    return true;
  }

  bool suffix() {
    if (word_.ends_with(u"kan") && (removed_ & (kKe | kPeng | kPe)) == 0) return drop(3);
    if (word_.ends_with(u"an") && (removed_ & (kDi | kMeng | kTer)) == 0) return drop(2);
    return word_.ends_with(u"i") && !word_.ends_with(u"si") && (removed_ & (kBer | kKe | kPeng)) == 0 &&
           drop(1);
  }

  std::u16string& word_;
  int syllables_ = 0;
  unsigned removed_ = 0;
};

}  // namespace

void stem_indonesian(std::u16string& word) {
  Indonesian(word).run();
}

}  // namespace stele::text
