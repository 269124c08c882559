#include <array>
#include <string_view>

#include "text/filters/indic.h"
#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

using Word = std::u16string;

// Letters that become one letter each, written "from to from to"; a letter of `dropped` goes.
template <std::size_t n>
void map_letters(Word& word, const char16_t (&pairs)[n], std::u16string_view dropped) {
  std::size_t kept = 0;
  for (const char16_t c : word) {
    if (dropped.find(c) != std::u16string_view::npos) continue;
    char16_t mapped = c;
    for (std::size_t i = 0; i + 1 < n; i += 2)
      if (pairs[i] == c) mapped = pairs[i + 1];
    word[kept++] = mapped;
  }
  word.resize(kept);
}

constexpr std::u16string_view kHarakat = u"\u0640\u064B\u064C\u064D\u064E\u064F\u0650\u0651\u0652";

void arabic(Word& word) {
  map_letters(word, u"\u0622\u0627\u0623\u0627\u0625\u0627\u0649\u064A\u0629\u0647", kHarakat);
}

void persian(Word& word) {
  map_letters(word, u"\u06CC\u064A\u06D2\u064A\u06A9\u0643\u06C0\u0647\u06C1\u0647", u"\u0654");
}

void sorani(Word& word) {
  constexpr char16_t kHeh = u'\u0647';
  constexpr char16_t kAe = u'\u06D5';
  Word out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char16_t c = word[i];
    const bool last = i + 1 == word.size();
    if (c == u'\u064A' || c == u'\u0649')
      out += u'\u06CC';
    else if (c == u'\u0643')
      out += u'\u06A9';
    else if (c == u'\u200C') {
      if (!out.empty() && out.back() == kHeh) out.back() = kAe;
    } else if (c == kHeh)
      out += last ? kAe : kHeh;
    else if (c == u'\u0629')
      out += kAe;
    else if (c == u'\u06BE')
      out += kHeh;
    else if (c == u'\u0631')
      out += out.empty() ? u'\u0695' : c;
    else if (c == u'\u0692')
      out += u'\u0695';
    else if (kHarakat.find(c) == std::u16string_view::npos && !is_format(c))
      out += c;
  }
  word = std::move(out);
}

// ae, oe and ue (but not behind a vowel or q) are how umlauts are written without them; all lose their dots.
void german(Word& word) {
  enum class State { kPlain, kNoUmlaut, kUmlaut } state = State::kPlain;
  Word out;
  for (const char16_t c : word) {
    switch (c) {
      case u'a':
      case u'o':
        state = State::kUmlaut;
        out += c;
        break;
      case u'u':
        state = state == State::kPlain ? State::kUmlaut : State::kNoUmlaut;
        out += c;
        break;
      case u'e':
        if (state != State::kUmlaut) out += c;
        state = State::kNoUmlaut;
        break;
      case u'i':
      case u'q':
      case u'y':
        state = State::kNoUmlaut;
        out += c;
        break;
      case u'ä':
      case u'ö':
      case u'ü':
        out += c == u'ä' ? u'a' : (c == u'ö' ? u'o' : u'u');
        state = State::kNoUmlaut;
        break;
      case u'ß':
        out += u"ss";
        state = State::kPlain;
        break;
      default:
        out += c;
        state = State::kPlain;
    }
  }
  word = std::move(out);
}

// å, ä, ø, ö and how they are written without them: one letter each (åæø), or folded to a and o.
void scandinavian(Word& word, bool fold) {
  Word out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char16_t c = word[i];
    const char16_t next = i + 1 < word.size() ? static_cast<char16_t>(to_lower(word[i + 1])) : u'\0';
    const bool upper =
        c == u'A' || c == u'O' || c == u'Ä' || c == u'Ö' || c == u'Å' || c == u'Æ' || c == u'Ø';
    const auto lower = static_cast<char16_t>(to_lower(c));
    const bool a_pair = lower == u'a' && (next == u'a' || next == u'e' || next == u'o');
    const bool o_pair = lower == u'o' && (next == u'e' || next == u'o');
    char16_t mapped = c;
    if (fold) {
      if (lower == u'å' || lower == u'ä' || lower == u'æ' || a_pair) mapped = upper ? u'A' : u'a';
      if (lower == u'ø' || lower == u'ö' || o_pair) mapped = upper ? u'O' : u'o';
    } else {
      if (lower == u'ä') mapped = upper ? u'Æ' : u'æ';
      if (lower == u'ö') mapped = upper ? u'Ø' : u'ø';
      if (a_pair) mapped = next == u'e' ? (upper ? u'Æ' : u'æ') : (upper ? u'Å' : u'å');
      if (a_pair && next == u'o') mapped = upper ? u'Å' : u'å';
      if (o_pair) mapped = upper ? u'Ø' : u'ø';
    }
    out += mapped;
    if (a_pair || o_pair) ++i;
  }
  word = std::move(out);
}

// Serbian in Latin letters without marks.
void serbian(Word& word) {
  constexpr std::u16string_view kCyrillic = u"абвгдежзијклмнопрстћуфхцчшђљњџ";
  constexpr std::array<std::u16string_view, 30> kLatin = {
      u"a", u"b", u"v", u"g", u"d", u"e", u"z", u"z", u"i", u"j", u"k", u"l",  u"m",  u"n",  u"o",
      u"p", u"r", u"s", u"t", u"c", u"u", u"f", u"h", u"c", u"c", u"s", u"dj", u"lj", u"nj", u"dz"};
  constexpr std::u16string_view kMarked = u"čćžšđ";
  constexpr std::array<std::u16string_view, 5> kBald = {u"c", u"c", u"z", u"s", u"dj"};
  Word out;
  for (const char16_t c : word) {
    if (const std::size_t i = kCyrillic.find(c); i != std::u16string_view::npos)
      out += kLatin[i];
    else if (const std::size_t j = kMarked.find(c); j != std::u16string_view::npos)
      out += kBald[j];
    else
      out += c;
  }
  word = std::move(out);
}

template <void (*change)(Word&)>
Result<TokenFilterPtr> make(const Parameters&, const Workshop&) {
  return make_normalizing(on_utf16(change));
}

void scandinavian_letters(Word& word) {
  scandinavian(word, false);
}
void scandinavian_folded(Word& word) {
  scandinavian(word, true);
}

constexpr std::array kRows = {
    TokenFilterRow{"arabic_normalization", make<arabic>},
    TokenFilterRow{"persian_normalization", make<persian>},
    TokenFilterRow{"sorani_normalization", make<sorani>},
    TokenFilterRow{"german_normalization", make<german>},
    TokenFilterRow{"indic_normalization", make<normalize_indic>},
    TokenFilterRow{"hindi_normalization", make<normalize_hindi>},
    TokenFilterRow{"bengali_normalization", make<normalize_bengali>},
    TokenFilterRow{"scandinavian_normalization", make<scandinavian_letters>},
    TokenFilterRow{"scandinavian_folding", make<scandinavian_folded>},
    TokenFilterRow{"serbian_normalization", make<serbian>},
};

}  // namespace

std::span<const TokenFilterRow> normalization_filter_rows() {
  return kRows;
}

}  // namespace stele::text
