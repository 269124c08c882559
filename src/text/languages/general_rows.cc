#include <array>

#include "text/stop_words/stop_words.h"
#include "text/workshop.h"

namespace stele::text {
namespace {

// A chain of a tokenizer and filters, each by a definition.
class ChainBuilder {
 public:
  Result<void> tokenizer(std::string name, Parameters definition = {}) {
    definition.set("type", name);
    STELE_TRY(chain_.tokenizer.part, registry_.make_tokenizer(name, definition));
    chain_.tokenizer.name = std::move(name);
    return {};
  }
  Result<void> filter(std::string name, Parameters definition = {}) {
    definition.set("type", name);
    STELE_TRY(TokenFilterPtr part, registry_.make_filter(name, definition, chain_));
    chain_.filters.push_back({std::move(name), std::move(part)});
    return {};
  }
  // The stop words that were asked for, or those of the list `otherwise`; none, no filter.
  Result<void> stop(const Parameters& parameters, std::string_view otherwise) {
    std::vector<std::string> words = read_stop_words(parameters, "stopwords", otherwise);
    if (words.empty()) return {};
    Parameters definition;
    definition.set_list("stopwords", std::move(words));
    return filter("stop", std::move(definition));
  }
  Chain take() { return std::move(chain_); }

 private:
  Registry registry_;
  Chain chain_;
};

void pass_on(const Parameters& from, std::string_view name, Parameters& to) {
  if (from.has(name)) to.set(std::string(name), from.text(name));
}

Result<Chain> make_standard(std::string_view, const Parameters& parameters, const Registry&) {
  ChainBuilder chain;
  Parameters tokenizer;
  pass_on(parameters, "max_token_length", tokenizer);
  STELE_RETURN_IF_ERROR(chain.tokenizer("standard", std::move(tokenizer)));
  STELE_RETURN_IF_ERROR(chain.filter("lowercase"));
  STELE_RETURN_IF_ERROR(chain.stop(parameters, "_none_"));
  return chain.take();
}

Result<Chain> make_simple(std::string_view, const Parameters&, const Registry&) {
  ChainBuilder chain;
  STELE_RETURN_IF_ERROR(chain.tokenizer("lowercase"));
  return chain.take();
}

Result<Chain> make_whitespace(std::string_view, const Parameters&, const Registry&) {
  ChainBuilder chain;
  STELE_RETURN_IF_ERROR(chain.tokenizer("whitespace"));
  return chain.take();
}

Result<Chain> make_keyword(std::string_view, const Parameters&, const Registry&) {
  ChainBuilder chain;
  STELE_RETURN_IF_ERROR(chain.tokenizer("keyword"));
  return chain.take();
}

Result<Chain> make_stop(std::string_view, const Parameters& parameters, const Registry&) {
  ChainBuilder chain;
  STELE_RETURN_IF_ERROR(chain.tokenizer("lowercase"));
  STELE_RETURN_IF_ERROR(chain.stop(parameters, "_english_"));
  return chain.take();
}

Result<Chain> make_pattern(std::string_view, const Parameters& parameters, const Registry&) {
  ChainBuilder chain;
  Parameters tokenizer;
  pass_on(parameters, "pattern", tokenizer);
  pass_on(parameters, "flags", tokenizer);
  STELE_RETURN_IF_ERROR(chain.tokenizer("pattern", std::move(tokenizer)));
  STELE_TRY(const bool lower, parameters.boolean("lowercase", true));
  if (lower) STELE_RETURN_IF_ERROR(chain.filter("lowercase"));
  STELE_RETURN_IF_ERROR(chain.stop(parameters, "_none_"));
  return chain.take();
}

Result<Chain> make_fingerprint(std::string_view, const Parameters& parameters, const Registry&) {
  ChainBuilder chain;
  STELE_RETURN_IF_ERROR(chain.tokenizer("standard"));
  STELE_RETURN_IF_ERROR(chain.filter("lowercase"));
  STELE_RETURN_IF_ERROR(chain.filter("asciifolding"));
  STELE_RETURN_IF_ERROR(chain.stop(parameters, "_none_"));
  Parameters fingerprint;
  pass_on(parameters, "separator", fingerprint);
  pass_on(parameters, "max_output_size", fingerprint);
  STELE_RETURN_IF_ERROR(chain.filter("fingerprint", std::move(fingerprint)));
  return chain.take();
}

Result<Chain> make_snowball(std::string_view, const Parameters& parameters, const Registry&) {
  ChainBuilder chain;
  const std::string language = parameters.text("language", "English");
  STELE_RETURN_IF_ERROR(chain.tokenizer("standard"));
  if (language == "English") STELE_RETURN_IF_ERROR(chain.filter("possessive_english"));
  STELE_RETURN_IF_ERROR(chain.filter("lowercase"));
  STELE_RETURN_IF_ERROR(chain.stop(parameters, language == "English" ? "_english_" : "_none_"));
  Parameters stemmer;
  stemmer.set("language", language);
  STELE_RETURN_IF_ERROR(chain.filter("snowball", std::move(stemmer)));
  return chain.take();
}

constexpr std::array kRows = {
    AnalyzerRow{"standard", make_standard}, AnalyzerRow{"default", make_standard},
    AnalyzerRow{"simple", make_simple},     AnalyzerRow{"whitespace", make_whitespace},
    AnalyzerRow{"keyword", make_keyword},   AnalyzerRow{"stop", make_stop},
    AnalyzerRow{"pattern", make_pattern},   AnalyzerRow{"fingerprint", make_fingerprint},
    AnalyzerRow{"snowball", make_snowball},
};

}  // namespace

std::span<const AnalyzerRow> general_analyzer_rows() {
  return kRows;
}

}  // namespace stele::text
