#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "text/stop_words/stop_words.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// A language's chain as Lucene has it. Filters stand between spaces, with their one parameter behind a colon;
// `stop` takes the analyzer's own `stopwords`, `exclusion` its `stem_exclusion`.
struct Language {
  std::string_view name;
  std::string_view filters;
  std::string_view tokenizer = "standard";
};

constexpr std::array kLanguages = {
    Language{"arabic", "lowercase decimal_digit stop arabic_normalization exclusion stemmer:arabic"},
    Language{"armenian", "lowercase stop exclusion stemmer:armenian"},
    Language{"basque", "lowercase stop exclusion stemmer:basque"},
    Language{
        "bengali",
        "lowercase decimal_digit exclusion indic_normalization bengali_normalization stop stemmer:bengali"},
    Language{"brazilian", "lowercase stop exclusion stemmer:brazilian"},
    Language{"bulgarian", "lowercase stop exclusion stemmer:bulgarian"},
    Language{"catalan", "elision:_catalan_ lowercase stop exclusion stemmer:catalan"},
    Language{"cjk", "cjk_width lowercase cjk_bigram stop"},
    Language{"czech", "lowercase stop exclusion stemmer:czech"},
    Language{"danish", "lowercase stop exclusion stemmer:danish"},
    Language{"dutch", "lowercase stop exclusion dutch_override stemmer:dutch"},
    Language{"english", "possessive_english lowercase stop exclusion porter_stem"},
    Language{"estonian", "lowercase stop exclusion stemmer:estonian"},
    Language{"finnish", "lowercase stop exclusion stemmer:finnish"},
    Language{"french", "elision:_french_ lowercase stop exclusion stemmer:light_french"},
    Language{"galician", "lowercase stop exclusion stemmer:galician"},
    Language{"german", "lowercase stop exclusion german_normalization stemmer:light_german"},
    Language{"greek", "lowercase:greek stop exclusion stemmer:greek"},
    Language{"hindi",
             "lowercase decimal_digit exclusion indic_normalization hindi_normalization stop stemmer:hindi"},
    Language{"hungarian", "lowercase stop exclusion stemmer:hungarian"},
    Language{"indonesian", "lowercase stop exclusion stemmer:indonesian"},
    Language{"irish", "irish_hyphens elision:_irish_ lowercase:irish stop exclusion stemmer:irish"},
    Language{"italian", "elision:_italian_ lowercase stop exclusion stemmer:light_italian"},
    Language{"latvian", "lowercase stop exclusion stemmer:latvian"},
    Language{"lithuanian", "lowercase stop exclusion stemmer:lithuanian"},
    Language{"norwegian", "lowercase stop exclusion stemmer:norwegian"},
    Language{"persian", "lowercase decimal_digit arabic_normalization persian_normalization stop"},
    Language{"portuguese", "lowercase stop exclusion stemmer:light_portuguese"},
    Language{"romanian", "lowercase stop exclusion stemmer:romanian"},
    Language{"russian", "lowercase stop exclusion stemmer:russian"},
    Language{"sorani", "sorani_normalization lowercase decimal_digit stop exclusion stemmer:sorani"},
    Language{"spanish", "lowercase stop exclusion stemmer:light_spanish"},
    Language{"swedish", "lowercase stop exclusion stemmer:swedish"},
    Language{"thai", "lowercase decimal_digit stop", "thai"},
    Language{"turkish", "apostrophe lowercase:turkish stop exclusion stemmer:turkish"},
};

// The filter that a step means, as a definition; without a type: nothing.
Parameters definition_of(std::string_view step, std::string_view language, const Parameters& analyzer) {
  Parameters definition;
  const std::size_t colon = std::min(step.find(':'), step.size());
  const std::string_view type = step.substr(0, colon);
  if (type == "exclusion") {
    if (!analyzer.has("stem_exclusion")) return definition;
    definition.set("type", "keyword_marker");
    definition.set_list("keywords", analyzer.list("stem_exclusion"));
  } else if (type == "stop") {
    definition.set("type", "stop");
    definition.set_list(
        "stopwords", read_stop_words(analyzer, "stopwords", std::string("_") + std::string(language) + "_"));
  } else if (type == "irish_hyphens") {
    definition.set("type", "stop");
    definition.set_list("stopwords", {"h", "n", "t"});
    definition.set("ignore_case", "true");
  } else if (type == "dutch_override") {
    definition.set("type", "stemmer_override");
    definition.set_list("rules",
                        {"fiets => fiets", "bromfiets => bromfiets", "ei => eier", "kind => kinder"});
  } else {
    definition.set("type", std::string(type));
    if (colon < step.size())
      definition.set(type == "elision" ? "articles" : "language", std::string(step.substr(colon + 1)));
  }
  return definition;
}

Result<Chain> make(std::string_view name, const Parameters& parameters, const Registry&) {
  const auto* const language = std::ranges::find(kLanguages, name, &Language::name);
  const Registry built_in;
  Chain chain;
  STELE_TRY(chain.tokenizer.part, built_in.tokenizer(language->tokenizer));
  chain.tokenizer.name = language->tokenizer;
  if (name == "persian") {
    Parameters zero_width;  // between the parts of a word stands no joiner but a non-joiner
    zero_width.set("type", "mapping");
    zero_width.set_list("mappings", {"\\u200C => \\u0020"});
    STELE_TRY(CharFilterPtr part, built_in.make_char_filter("persian", zero_width));
    chain.char_filters.push_back({"persian", std::move(part)});
  }
  std::string_view rest = language->filters;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    const std::string_view step = rest.substr(0, space);
    rest.remove_prefix(std::min(space + 1, rest.size()));
    const Parameters definition = definition_of(step, name, parameters);
    if (!definition.has("type")) continue;
    STELE_TRY(TokenFilterPtr part, built_in.make_filter(step, definition, chain));
    chain.filters.push_back({std::string(step.substr(0, step.find(':'))), std::move(part)});
  }
  return chain;
}

constexpr std::array<AnalyzerRow, kLanguages.size()> make_rows() {
  std::array<AnalyzerRow, kLanguages.size()> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {kLanguages[i].name, make};
  return rows;
}
constexpr std::array kRows = make_rows();

}  // namespace

std::span<const AnalyzerRow> language_analyzer_rows() {
  return kRows;
}

}  // namespace stele::text
