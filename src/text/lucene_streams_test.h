#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/registry.h"
#include "text/unicode.h"

namespace stele::text {

// A text and what Lucene makes of it.
struct LuceneStream {
  std::string_view analyzer;  // a name, or a chain
  std::string_view text;
  std::string_view tokens;
};

// "term|start|end|position" of each token, offsets in UTF-16 units, "+n" behind the position for a position
// length; spaces in terms as '~'.
inline std::string spelled(const Analyzer& analyzer, std::string_view text) {
  std::string out;
  for (const Token& token : analyzer.analyze(text)) {
    std::string term = token.term;
    for (char& c : term)
      if (c == ' ') c = '~';
    out +=
        fmt::format("{}{}|{}|{}|{}", out.empty() ? "" : " ", term, count_units(text.substr(0, token.start)),
                    count_units(text.substr(0, token.end)), token.position);
    if (token.position_length != 1) out += fmt::format("+{}", token.position_length);
  }
  return out;
}

inline std::vector<std::string> split_at(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

// "type key=value key=^a^^b": a component.
inline Parameters component_of(std::string_view text) {
  const std::vector<std::string> words = split_at(text, " ");
  Parameters parameters;
  parameters.set("type", words[0]);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    std::string value = words[i].substr(equals + 1);
    for (std::size_t at = value.find("\\s"); at != std::string::npos; at = value.find("\\s"))
      value.replace(at, 2, " ");
    const std::string key = words[i].substr(0, equals);
    if (value.starts_with('^'))
      parameters.set_list(key, split_at(std::string_view(value).substr(1), "^^"));
    else
      parameters.set(key, value);
  }
  return parameters;
}

// "c:char_filter|tokenizer|filter|filter".
inline Result<AnalyzerPtr> chain_of(std::string_view text) {
  Analysis limits;
  limits.max_ngram_diff = limits.max_shingle_diff = 100;
  const Registry registry(limits);
  Chain chain;
  for (const std::string& part : split_at(text, "|")) {
    if (part.starts_with("c:")) {
      STELE_TRY(CharFilterPtr made, registry.make_char_filter(part, component_of(part.substr(2))));
      chain.char_filters.push_back({part, std::move(made)});
    } else if (!chain.tokenizer.part) {
      STELE_TRY(chain.tokenizer.part, registry.make_tokenizer(part, component_of(part)));
    } else {
      STELE_TRY(TokenFilterPtr made, registry.make_filter(part, component_of(part), chain));
      chain.filters.push_back({part, std::move(made)});
    }
  }
  return std::make_shared<const Analyzer>("chain", std::move(chain));
}

}  // namespace stele::text
