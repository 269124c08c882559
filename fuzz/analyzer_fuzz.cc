// fuzz: text
// Any bytes through every analyzer and every component with its defaults: tokens lie within the text, and
// positions never fall. The first byte chooses, so that each input costs little.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "text/registry.h"

namespace {

using namespace stele::text;

// A chain for each component, and each analyzer.
std::vector<AnalyzerPtr> make_subjects() {
  std::vector<AnalyzerPtr> subjects;
  const Registry registry;
  for (const std::string& name : analyzer_names()) subjects.push_back(*find_analyzer(name));
  for (const std::string& name : tokenizer_names()) {
    if (auto tokenizer = registry.tokenizer(name))
      subjects.push_back(std::make_shared<const Analyzer>(name, *tokenizer, std::vector<TokenFilterPtr>()));
  }
  Chain chain;
  chain.tokenizer.part = *registry.tokenizer("standard");
  for (const std::string& name : token_filter_names()) {
    if (auto filter = registry.filter(name, chain))
      subjects.push_back(std::make_shared<const Analyzer>(name, chain.tokenizer.part, std::vector{*filter}));
  }
  const auto add = [&](std::string_view type, std::string_view key, std::vector<std::string> values) {
    Parameters parameters;
    parameters.set("type", std::string(type));
    parameters.set_list(std::string(key), std::move(values));
    auto filter = registry.make_filter(type, parameters, chain);
    STELE_CHECK(filter.has_value());
    subjects.push_back(std::make_shared<const Analyzer>(std::string(type), chain.tokenizer.part,
                                                        std::vector{*std::move(filter)}));
  };
  add("synonym_graph", "synonyms", {"a b, c", "d => e f g"});
  add("synonym", "synonyms", {"a b, c", "d => e f g"});
  add("pattern_capture", "patterns", {"([a-z]+)([0-9]*)"});
  add("multiplexer", "filters", {"lowercase", "ngram, reverse"});
  for (const char* name :
       {"german2", "light_finnish", "light_hungarian", "portuguese_rslp", "galician", "greek", "estonian",
        "brazilian", "light_french", "minimal_french", "light_russian"})
    add("stemmer", "language", {name});
  Chain html;
  html.tokenizer.part = chain.tokenizer.part;
  html.char_filters.push_back({"html_strip", *registry.char_filter("html_strip")});
  subjects.push_back(std::make_shared<const Analyzer>("html_strip", html));
  return subjects;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<AnalyzerPtr> subjects = make_subjects();
  if (size == 0 || size > 2000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Analyzer& analyzer = *subjects[data[0] % subjects.size()];
  std::uint32_t position = 0;
  for (const Token& token : analyzer.analyze(text)) {
    STELE_CHECK(token.start <= token.end && token.end <= text.size());
    STELE_CHECK(token.position >= position && token.position_length >= 1);
    position = token.position;
  }
  return 0;
}
