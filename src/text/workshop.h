#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "text/analyzer.h"
#include "text/parameters.h"
#include "text/registry.h"

namespace stele::text {

// What a component may look at while it is made.
struct Workshop {
  const Registry& registry;
  const Chain& before;  // of token filters: what the text has passed
};

// A component's name and how it is made. Parameters are empty where the name alone was given.
struct CharFilterRow {
  std::string_view name;
  Result<CharFilterPtr> (*make)(const Parameters&, const Workshop&);
};
struct TokenizerRow {
  std::string_view name;
  Result<TokenizerPtr> (*make)(const Parameters&, const Workshop&);
};
struct TokenFilterRow {
  std::string_view name;
  Result<TokenFilterPtr> (*make)(const Parameters&, const Workshop&);
};
struct AnalyzerRow {
  std::string_view name;
  Result<Chain> (*make)(std::string_view name, const Parameters&, const Registry&);
};

// The rows, a function a family; registry.cc knows them all.
std::span<const CharFilterRow> char_filter_rows();
std::span<const TokenizerRow> simple_tokenizer_rows();
std::span<const TokenizerRow> gram_tokenizer_rows();
std::span<const TokenizerRow> pattern_tokenizer_rows();
std::span<const TokenizerRow> grammar_tokenizer_rows();
std::span<const TokenFilterRow> case_filter_rows();
std::span<const TokenFilterRow> selecting_filter_rows();
std::span<const TokenFilterRow> shaping_filter_rows();
std::span<const TokenFilterRow> folding_filter_rows();
std::span<const TokenFilterRow> elision_filter_rows();
std::span<const TokenFilterRow> gram_filter_rows();
std::span<const TokenFilterRow> shingle_filter_rows();
std::span<const TokenFilterRow> cjk_filter_rows();
std::span<const TokenFilterRow> keyword_filter_rows();
std::span<const TokenFilterRow> pattern_filter_rows();
std::span<const TokenFilterRow> word_delimiter_filter_rows();
std::span<const TokenFilterRow> synonym_filter_rows();
std::span<const TokenFilterRow> graph_filter_rows();
std::span<const TokenFilterRow> branching_filter_rows();
std::span<const TokenFilterRow> normalization_filter_rows();
std::span<const TokenFilterRow> stemmer_filter_rows();
std::span<const AnalyzerRow> general_analyzer_rows();
std::span<const AnalyzerRow> language_analyzer_rows();

}  // namespace stele::text
