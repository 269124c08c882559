#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "text/stemmers/light.h"
#include "text/stemmers/porter.h"
#include "text/stemmers/snowball.h"
#include "text/term_filter.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// Takes "'s" off the end, also with U+2019 or U+FF07 as the apostrophe.
void stem_possessive(std::string& term) {
  static constexpr std::array<std::string_view, 3> kApostrophes = {"'", "\u2019", "\uFF07"};
  if (!term.ends_with('s') && !term.ends_with('S')) return;
  const std::string_view rest = std::string_view(term).substr(0, term.size() - 1);
  for (const std::string_view apostrophe : kApostrophes) {
    if (!rest.ends_with(apostrophe)) continue;
    term.resize(rest.size() - apostrophe.size());
    return;
  }
}

template <void (*stem)(std::u16string&)>
TokenFilterPtr light() {
  return make_stemming(on_utf16(stem));
}
TokenFilterPtr porter() {
  return make_stemming(porter_stem);
}
TokenFilterPtr possessive() {
  return make_normalizing(stem_possessive);
}

// Names of Elasticsearch's `stemmer` and what they mean: a stemmer of ours, or one of Snowball's by its name.
struct StemmerRow {
  std::string_view name;
  TokenFilterPtr (*make)();
  std::string_view snowball = {};
};
constexpr std::array kStemmers = {
    StemmerRow{"arabic", light<stem_arabic>},
    StemmerRow{"armenian", nullptr, "armenian"},
    StemmerRow{"basque", nullptr, "basque"},
    StemmerRow{"bengali", light<stem_bengali>},
    StemmerRow{"brazilian", light<stem_brazilian>},
    StemmerRow{"bulgarian", light<stem_bulgarian>},
    StemmerRow{"catalan", nullptr, "catalan"},
    StemmerRow{"czech", light<stem_czech>},
    StemmerRow{"danish", nullptr, "danish"},
    StemmerRow{"dutch", nullptr, "dutch"},
    StemmerRow{"english", porter},
    StemmerRow{"porter", porter},
    StemmerRow{"porter2", nullptr, "english"},
    StemmerRow{"minimal_english", light<stem_english_minimal>},
    StemmerRow{"minimalEnglish", light<stem_english_minimal>},
    StemmerRow{"possessive_english", possessive},
    StemmerRow{"possessiveEnglish", possessive},
    StemmerRow{"estonian", light<stem_estonian>},
    StemmerRow{"finnish", nullptr, "finnish"},
    StemmerRow{"light_finnish", light<stem_finnish_light>},
    StemmerRow{"lightFinnish", light<stem_finnish_light>},
    StemmerRow{"french", nullptr, "french"},
    StemmerRow{"light_french", light<stem_french_light>},
    StemmerRow{"lightFrench", light<stem_french_light>},
    StemmerRow{"minimal_french", light<stem_french_minimal>},
    StemmerRow{"minimalFrench", light<stem_french_minimal>},
    StemmerRow{"galician", light<stem_galician>},
    StemmerRow{"minimal_galician", light<stem_galician_minimal>},
    StemmerRow{"german", nullptr, "german"},
    StemmerRow{"german2", nullptr, "german2"},
    StemmerRow{"light_german", light<stem_german_light>},
    StemmerRow{"lightGerman", light<stem_german_light>},
    StemmerRow{"minimal_german", light<stem_german_minimal>},
    StemmerRow{"minimalGerman", light<stem_german_minimal>},
    StemmerRow{"greek", light<stem_greek>},
    StemmerRow{"hindi", light<stem_hindi>},
    StemmerRow{"hungarian", nullptr, "hungarian"},
    StemmerRow{"light_hungarian", light<stem_hungarian_light>},
    StemmerRow{"lightHungarian", light<stem_hungarian_light>},
    StemmerRow{"indonesian", light<stem_indonesian>},
    StemmerRow{"irish", nullptr, "irish"},
    StemmerRow{"italian", nullptr, "italian"},
    StemmerRow{"light_italian", light<stem_italian_light>},
    StemmerRow{"lightItalian", light<stem_italian_light>},
    StemmerRow{"latvian", light<stem_latvian>},
    StemmerRow{"lithuanian", nullptr, "lithuanian"},
    StemmerRow{"norwegian", nullptr, "norwegian"},
    StemmerRow{"light_norwegian", light<stem_norwegian_light>},
    StemmerRow{"lightNorwegian", light<stem_norwegian_light>},
    StemmerRow{"minimal_norwegian", light<stem_norwegian_minimal>},
    StemmerRow{"minimalNorwegian", light<stem_norwegian_minimal>},
    StemmerRow{"light_nynorsk", light<stem_nynorsk_light>},
    StemmerRow{"lightNynorsk", light<stem_nynorsk_light>},
    StemmerRow{"minimal_nynorsk", light<stem_nynorsk_minimal>},
    StemmerRow{"minimalNynorsk", light<stem_nynorsk_minimal>},
    StemmerRow{"portuguese", nullptr, "portuguese"},
    StemmerRow{"light_portuguese", light<stem_portuguese_light>},
    StemmerRow{"lightPortuguese", light<stem_portuguese_light>},
    StemmerRow{"minimal_portuguese", light<stem_portuguese_minimal>},
    StemmerRow{"minimalPortuguese", light<stem_portuguese_minimal>},
    StemmerRow{"portuguese_rslp", light<stem_portuguese_rslp>},
    StemmerRow{"romanian", nullptr, "romanian"},
    StemmerRow{"russian", nullptr, "russian"},
    StemmerRow{"light_russian", light<stem_russian_light>},
    StemmerRow{"lightRussian", light<stem_russian_light>},
    StemmerRow{"serbian", nullptr, "serbian"},
    StemmerRow{"sorani", light<stem_sorani>},
    StemmerRow{"spanish", nullptr, "spanish"},
    StemmerRow{"light_spanish", light<stem_spanish_light>},
    StemmerRow{"lightSpanish", light<stem_spanish_light>},
    StemmerRow{"swedish", nullptr, "swedish"},
    StemmerRow{"light_swedish", light<stem_swedish_light>},
    StemmerRow{"lightSwedish", light<stem_swedish_light>},
    StemmerRow{"minimal_swedish", light<stem_swedish_minimal>},
    StemmerRow{"turkish", nullptr, "turkish"},
};

constexpr std::array<std::string_view, 7> kMissing = {"kstem",    "light_english", "lightEnglish", "kp",
                                                      "dutch_kp", "dutchKp",       "lovins"};

Result<TokenFilterPtr> stemmer(std::string_view language) {
  const auto row = std::ranges::find(kStemmers, language, &StemmerRow::name);
  if (row != kStemmers.end()) return row->make != nullptr ? row->make() : make_snowball(row->snowball);
  if (std::ranges::find(kMissing, language) != kMissing.end())
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("the stemmer [{}] is not supported by Stele yet", language));
  return illegal(fmt::format("Invalid stemmer class specified: {}", language));
}

Result<TokenFilterPtr> make_stemmer(const Parameters& parameters, const Workshop&) {
  return stemmer(parameters.text("language", parameters.text("name", "porter")));
}

Result<TokenFilterPtr> make_snowball_filter(const Parameters& parameters, const Workshop&) {
  std::string language = parameters.text("language", parameters.text("name", "English"));
  if (language == "Kp" || language == "Lovins") return stemmer(language == "Kp" ? "kp" : "lovins");
  if (!language.empty() && language[0] >= 'A' && language[0] <= 'Z') {
    language[0] = static_cast<char>(language[0] - 'A' + 'a');
    if (language == "estonian") return light<stem_estonian>();
    if (has_snowball(language)) return make_snowball(language);
  }
  return illegal(fmt::format("Invalid stemmer class specified: {}", parameters.text("language", "English")));
}

template <std::size_t n>
struct Name {
  constexpr Name(const char (&text)[n]) { std::copy_n(text, n, value); }
  char value[n];
};
// A filter that is a stemmer by name: arabic_stem, porter_stem, …
template <Name language>
Result<TokenFilterPtr> make_named(const Parameters&, const Workshop&) {
  return stemmer(language.value);
}

Result<TokenFilterPtr> make_kstem(const Parameters&, const Workshop&) {
  return stemmer("kstem");
}

constexpr std::array kRows = {
    TokenFilterRow{"stemmer", make_stemmer},
    TokenFilterRow{"snowball", make_snowball_filter},
    TokenFilterRow{"porter_stem", make_named<"porter">},
    TokenFilterRow{"porterStem", make_named<"porter">},
    TokenFilterRow{"kstem", make_kstem},
    TokenFilterRow{"possessive_english", make_named<"possessive_english">},
    TokenFilterRow{"arabic_stem", make_named<"arabic">},
    TokenFilterRow{"brazilian_stem", make_named<"brazilian">},
    TokenFilterRow{"czech_stem", make_named<"czech">},
    TokenFilterRow{"dutch_stem", make_named<"dutch">},
    TokenFilterRow{"french_stem", make_named<"french">},
    TokenFilterRow{"german_stem", make_named<"german">},
    TokenFilterRow{"russian_stem", make_named<"russian">},
};

}  // namespace

std::span<const TokenFilterRow> stemmer_filter_rows() {
  return kRows;
}

}  // namespace stele::text
