#include "text/stemmers/snowball.h"

#include <libstemmer.h>

#include <array>
#include <map>
#include <memory>

#include "base/check.h"
#include "text/stemmers/suffixes.h"
#include "text/term_filter.h"

namespace stele::text {
namespace {

constexpr std::size_t kTermBytesMax = 10'000;

struct Close {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, Close>;

sb_stemmer* stemmer_of_thread(const std::string& algorithm) {
  thread_local std::map<std::string, Stemmer, std::less<>> stemmers;
  Stemmer& stemmer = stemmers[algorithm];
  if (!stemmer) stemmer.reset(sb_stemmer_new(algorithm.c_str(), "UTF_8"));
  return stemmer.get();
}

// German2 is German after ae, oe and ue have become umlauts: not ue behind a q, and no u between vowels.
void write_umlauts(std::u16string& word) {
  constexpr std::u16string_view kVowels = u"aeiouyäöü";
  std::u16string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char16_t c = word[i];
    const bool before_e = i + 1 < word.size() && word[i + 1] == u'e';
    const bool between =
        i > 0 && is_any(word[i - 1], kVowels) && i + 1 < word.size() && is_any(word[i + 1], kVowels);
    if (c == u'q' && i + 1 < word.size() && word[i + 1] == u'u') {
      out += u"qu";
      ++i;
    } else if (before_e && (c == u'a' || c == u'o' || (c == u'u' && !between))) {
      out += c == u'a' ? u'ä' : (c == u'o' ? u'ö' : u'ü');
      ++i;
    } else {
      out += c;
    }
  }
  word = std::move(out);
}

// Letters that the algorithm of Lucene 8 and 9 sees otherwise than libstemmer, which is a later one, written
// "letter stand-in": libstemmer gets the stand-ins, and what is left of them is put back.
struct StandIns {
  std::string_view algorithm;
  std::u16string_view pairs;
};
constexpr std::array kStandIns = {
    StandIns{"russian", u"ё\uE000"},               // not е, but a letter of its own
    StandIns{"hungarian", u"ő\uE000ű\uE001õőûű"},  // õ and û, as in Latin-1, are the vowels
};
// Algorithms where anything that is no vowel is a consonant, digits too.
struct Vowels {
  std::string_view algorithm;
  std::u16string_view vowels;
  std::u16string_view free;  // consonants that its endings do not know
};
constexpr std::array kVowels = {Vowels{"finnish", u"aeiouyäö", u"qwxzcbf"},
                                Vowels{"danish", u"aeiouyæåø", u"qwx"}};
constexpr std::u16string_view kConsonants = u"bcdfghjklmnpqrstvwxz";

// Exchanges letters before and after stemming.
class Exchange {
 public:
  Exchange(std::string_view algorithm, std::u16string_view word) {
    for (const StandIns& row : kStandIns)
      if (row.algorithm == algorithm) pairs_ = row.pairs;
    for (const Vowels& row : kVowels)
      if (row.algorithm == algorithm) choose_consonants(word, row);
  }
  bool empty() const { return pairs_.empty(); }
  void there(std::u16string& word) const { swap(word, 0); }
  void back(std::u16string& word) const { swap(word, 1); }

 private:
  // A free consonant that the word has not, for each foreign letter; from the end, where it matters.
  void choose_consonants(std::u16string_view word, const Vowels& row) {
    std::size_t next = 0;
    for (auto at = word.rbegin(); at != word.rend(); ++at) {
      const char16_t c = *at;
      if (is_any(c, row.vowels) || is_any(c, kConsonants) || c == u'\'' || c >= 0xD800) continue;
      if (pairs_.find(c) != std::u16string::npos) continue;
      while (next < row.free.size() && word.find(row.free[next]) != std::u16string_view::npos) ++next;
      if (next == row.free.size()) return;
      pairs_ += c;
      pairs_ += row.free[next++];
    }
  }
  void swap(std::u16string& word, std::size_t from) const {
    for (char16_t& c : word) {
      for (std::size_t i = 0; i + 1 < pairs_.size(); i += 2) {
        if (pairs_[i + from] != c) continue;
        c = pairs_[i + 1 - from];
        break;
      }
    }
  }

  std::u16string pairs_;
};

void stem_with(sb_stemmer* stemmer, std::string& term) {
  const sb_symbol* const stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(term.data()),
                                                static_cast<int>(term.size()));
  if (stem == nullptr) return;
  const auto length = static_cast<std::size_t>(sb_stemmer_length(stemmer));
  term = std::string(reinterpret_cast<const char*>(stem), length);
}

bool needs_exchange(std::string_view algorithm) {
  return algorithm == "russian" || algorithm == "hungarian" || algorithm == "finnish" ||
         algorithm == "danish";
}

}  // namespace

bool has_snowball(std::string_view algorithm) {
  if (algorithm == "german2") return true;
  return Stemmer(sb_stemmer_new(std::string(algorithm).c_str(), "UTF_8")) != nullptr;
}

TokenFilterPtr make_snowball(std::string_view algorithm) {
  const bool german2 = algorithm == "german2";
  return make_stemming([name = std::string(german2 ? "german" : algorithm), german2,
                        exchanges = needs_exchange(algorithm)](std::string& term) {
    if (term.size() > kTermBytesMax) return;
    if (german2) on_utf16(write_umlauts)(term);
    sb_stemmer* const stemmer = stemmer_of_thread(name);
    STELE_CHECK(stemmer != nullptr);
    std::u16string wide;
    if (exchanges || !is_ascii(term)) {
      if (!to_utf16(term, wide)) return;  // what is no UTF-8 is left alone
    }
    const Exchange exchange(exchanges ? name : "", wide);
    if (exchange.empty()) return stem_with(stemmer, term);
    exchange.there(wide);
    term = to_utf8(wide);
    stem_with(stemmer, term);
    to_utf16(term, wide);
    exchange.back(wide);
    term = to_utf8(wide);
  });
}

}  // namespace stele::text
