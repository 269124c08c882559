#include <fmt/format.h>

#include <array>

#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

class LowercaseFilter final : public TokenFilter {
 public:
  void filter(Tokens& tokens) const override {
    for (Token& token : tokens) lowercase(token.term);
  }
  bool is_plain_lowercase() const override { return true; }
  bool is_normalizing() const override { return true; }
};

// Lower case without accents, and one sigma.
char16_t greek_lower(char16_t c) {
  constexpr std::array<std::pair<std::u16string_view, char16_t>, 8> kFolded = {{{u"ς", u'σ'},
                                                                                {u"Άά", u'α'},
                                                                                {u"Έέ", u'ε'},
                                                                                {u"Ήή", u'η'},
                                                                                {u"ΊΪίϊΐ", u'ι'},
                                                                                {u"ΎΫύϋΰ", u'υ'},
                                                                                {u"Όό", u'ο'},
                                                                                {u"Ώώ", u'ω'}}};
  if (c < 0x0386 || c > 0x03CF) return static_cast<char16_t>(to_lower(c));
  for (const auto& [letters, folded] : kFolded)
    if (letters.find(c) != std::u16string_view::npos) return folded;
  return static_cast<char16_t>(to_lower(c));
}

void lower_greek(std::u16string& word) {
  for (char16_t& c : word) c = greek_lower(c);
}

// A capital vowel behind n or t at the beginning is a mutation: tAthair → t-athair.
void lower_irish(std::string& term) {
  std::u16string wide;
  if (!to_utf16(term, wide)) return;
  constexpr std::u16string_view kVowels = u"AEIOUÁÉÍÓÚ";
  if (wide.size() > 1 && (wide[0] == u'n' || wide[0] == u't') &&
      kVowels.find(wide[1]) != std::u16string_view::npos)
    wide.insert(1, u"-");
  term = to_utf8(wide);
  lowercase(term);
}

bool dot_follows(std::u16string_view word, std::size_t at) {
  for (; at < word.size() && is_nonspacing_mark(word[at]); ++at)
    if (word[at] == u'\u0307') return true;
  return false;
}

// I → ı, İ → i; I with a combining dot somewhere above → i.
void lower_turkish(std::u16string& word) {
  std::u16string out;
  bool after_i = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char16_t c = word[i];
    after_i = c == u'I' || (after_i && is_nonspacing_mark(c));
    if (after_i && c == u'\u0307') continue;
    if (c == u'I') {
      after_i = dot_follows(word, i + 1);
      out += after_i ? u'i' : u'ı';
      continue;
    }
    out += static_cast<char16_t>(to_lower(c));
  }
  word = std::move(out);
}

Result<TokenFilterPtr> make_lowercase(const Parameters& parameters, const Workshop&) {
  const std::string language = parameters.text("language");
  if (language.empty()) return std::make_shared<const LowercaseFilter>();
  if (language == "greek") return make_normalizing(on_utf16(lower_greek));
  if (language == "irish") return make_normalizing(lower_irish);
  if (language == "turkish") return make_normalizing(on_utf16(lower_turkish));
  return illegal(fmt::format("language [{}] not support for lower case", language));
}

Result<TokenFilterPtr> make_uppercase(const Parameters&, const Workshop&) {
  return make_normalizing(uppercase);
}

constexpr std::array kRows = {TokenFilterRow{"lowercase", make_lowercase},
                              TokenFilterRow{"uppercase", make_uppercase}};

}  // namespace

std::span<const TokenFilterRow> case_filter_rows() {
  return kRows;
}

}  // namespace stele::text
