#include "text/stemmers/porter.h"

#include <array>
#include <string_view>

#include "text/unicode.h"

namespace stele::text {
namespace {

struct Replacement {
  std::string_view suffix;
  std::string_view with;
};

// One word on its way through the steps. Char is char for ASCII words, char32_t for others, so that no step
// looks at or cuts within a character.
template <class Char>
class Stemmer {
 public:
  explicit Stemmer(std::basic_string<Char>& word) : word_(word) {}

  void run() {
    if (word_.size() <= 2) return;
    plurals_and_participles();
    y_to_i();
    double_suffixes();
    full_suffixes();
    single_suffixes();
    final_e();
  }

 private:
  bool is_consonant(std::size_t i) const {
    switch (word_[i]) {
      case 'a':
      case 'e':
      case 'i':
      case 'o':
      case 'u':
        return false;
      case 'y':
        return i == 0 || !is_consonant(i - 1);
      default:
        return true;
    }
  }

  // How often a run of vowels is followed by a run of consonants in the first `length` letters.
  int measure(std::size_t length) const {
    int sequences = 0;
    bool after_vowel = false;
    bool consonant = true;  // of the letter before; a 'y' needs it, and asking anew would be quadratic
    for (std::size_t i = 0; i < length; ++i) {
      consonant = word_[i] == 'y' ? (i == 0 || !consonant) : is_consonant(i);
      if (consonant && after_vowel) ++sequences;
      after_vowel = !consonant;
    }
    return sequences;
  }

  bool has_vowel(std::size_t length) const {
    for (std::size_t i = 0; i < length; ++i)
      if (!is_consonant(i)) return true;
    return false;
  }

  bool ends_in_double_consonant() const {
    const std::size_t n = word_.size();
    return n >= 2 && word_[n - 1] == word_[n - 2] && is_consonant(n - 1);
  }

  // consonant, vowel, consonant at the end of the first `length` letters, the last not w, x or y.
  bool ends_in_cvc(std::size_t length) const {
    if (length < 3) return false;
    const Char last = word_[length - 1];
    if (!is_consonant(length - 1) || is_consonant(length - 2) || !is_consonant(length - 3)) return false;
    return last != 'w' && last != 'x' && last != 'y';
  }

  bool ends(std::string_view suffix) const {
    if (word_.size() < suffix.size()) return false;
    const std::size_t from = word_.size() - suffix.size();
    for (std::size_t i = 0; i < suffix.size(); ++i)
      if (word_[from + i] != static_cast<Char>(suffix[i])) return false;
    return true;
  }

  void replace(std::size_t suffix_size, std::string_view with) {
    word_.resize(word_.size() - suffix_size);
    word_.append(with.begin(), with.end());
  }

  // Step 1a and 1b: caresses → caress, ponies → poni; agreed → agree, plastered → plaster, motoring → motor.
  void plurals_and_participles() {
    if (word_.back() == 's') {
      if (ends("sses") || ends("ies"))
        replace(2, "");
      else if (!ends("ss"))
        replace(1, "");
    }
    if (ends("eed")) {
      if (measure(word_.size() - 3) > 0) replace(1, "");
      return;
    }
    const std::size_t suffix = ends("ed") ? 2 : (ends("ing") ? 3 : 0);
    if (suffix == 0 || !has_vowel(word_.size() - suffix)) return;
    replace(suffix, "");
    if (ends("at") || ends("bl") || ends("iz")) {
      replace(0, "e");
    } else if (ends_in_double_consonant()) {
      const Char last = word_.back();
      if (last != 'l' && last != 's' && last != 'z') replace(1, "");
    } else if (measure(word_.size()) == 1 && ends_in_cvc(word_.size())) {
      replace(0, "e");
    }
  }

  // Step 1c.
  void y_to_i() {
    if (word_.size() > 1 && ends("y") && has_vowel(word_.size() - 1)) word_.back() = 'i';
  }

  // The first suffix of the table that the word ends in decides, whether or not its stem is long enough.
  template <std::size_t kSize>
  void replace_first(const std::array<Replacement, kSize>& table) {
    for (const Replacement& row : table) {
      if (!ends(row.suffix)) continue;
      if (measure(word_.size() - row.suffix.size()) > 0) replace(row.suffix.size(), row.with);
      return;
    }
  }

  // Step 2: -ization → -ize and so on.
  void double_suffixes() {
    static constexpr std::array<Replacement, 21> kTable = {{
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
        {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
        {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
        {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
        {"logi", "log"},
    }};
    if (word_.size() > 1) replace_first(kTable);
  }

  // Step 3.
  void full_suffixes() {
    static constexpr std::array<Replacement, 7> kTable = {{{"icate", "ic"},
                                                           {"ative", ""},
                                                           {"alize", "al"},
                                                           {"iciti", "ic"},
                                                           {"ical", "ic"},
                                                           {"ful", ""},
                                                           {"ness", ""}}};
    replace_first(kTable);
  }

  // Step 4: suffixes that go where a longer stem is left.
  void single_suffixes() {
    static constexpr std::array<std::string_view, 19> kSuffixes = {
        "al",  "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement", "ment",
        "ent", "ion",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize"};
    for (const std::string_view suffix : kSuffixes) {
      if (!ends(suffix)) continue;
      const std::size_t stem = word_.size() - suffix.size();
      if (suffix == "ion" && (stem == 0 || (word_[stem - 1] != 's' && word_[stem - 1] != 't'))) continue;
      if (measure(stem) > 1) replace(suffix.size(), "");
      return;
    }
  }

  // Step 5.
  void final_e() {
    if (word_.back() == 'e') {
      const int sequences = measure(word_.size() - 1);
      if (sequences > 1 || (sequences == 1 && !ends_in_cvc(word_.size() - 1))) replace(1, "");
    }
    if (word_.size() > 1 && ends("ll") && measure(word_.size()) > 1) replace(1, "");
  }

  std::basic_string<Char>& word_;
};

}  // namespace

void porter_stem(std::string& word) {
  bool ascii = true;
  for (const char c : word) ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  if (ascii) {
    Stemmer<char>(word).run();
    return;
  }
  std::u32string wide;
  for (std::size_t at = 0; at < word.size();) {
    const CodePoint point = decode_at(word, at);
    if (point.value == kBadByte) return;
    wide += static_cast<char32_t>(point.value);
    at += point.bytes;
  }
  Stemmer<char32_t>(wide).run();
  word.clear();
  for (const char32_t c : wide) append_utf8(word, c);
}

}  // namespace stele::text
