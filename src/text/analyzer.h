#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/component.h"
#include "text/token.h"

namespace stele::text {

// A part of a chain and what it is called there.
template <class Part>
struct Named {
  std::string name;
  std::shared_ptr<const Part> part;
};

// Of what an analyzer is made, in the order in which a text passes.
struct Chain {
  std::vector<Named<CharFilter>> char_filters;
  Named<Tokenizer> tokenizer;
  std::vector<Named<TokenFilter>> filters;
};

// What are the terms of this text? Character filters, a tokenizer and token filters in order. Threads:
// immutable, share freely; no state between calls. Cost: linear; a chain of standard and lowercase is one
// pass over ASCII text (figures in docs/benchmarks.md).
class Analyzer {
 public:
  Analyzer(std::string name, Chain chain);
  Analyzer(std::string name, TokenizerPtr tokenizer, std::vector<TokenFilterPtr> filters);

  const std::string& name() const { return name_; }
  const Chain& chain() const { return chain_; }
  // Built in, not `custom`: what explain names by the analyzer alone.
  bool is_custom() const { return custom_; }
  void set_custom() { custom_ = true; }
  // Positions between the values of a field; the mapping's own parameter comes first.
  int position_increment_gap() const { return position_increment_gap_; }
  void set_position_increment_gap(int gap) { position_increment_gap_ = gap; }

  // Replaces what `tokens` holds (and reuses its memory). Offsets are those of `text`.
  void analyze(std::string_view text, Tokens& tokens) const;
  Tokens analyze(std::string_view text) const;
  // For a normalizer, whose tokenizer is keyword: the one term.
  std::string normalize(std::string_view text) const;

 private:
  std::string name_;
  Chain chain_;
  bool custom_ = false;
  int position_increment_gap_ = 100;
  // What runs: the chain's tokenizer, or it and its first filter in one.
  TokenizerPtr first_pass_;
  std::size_t filters_done_ = 0;
};

using AnalyzerPtr = std::shared_ptr<const Analyzer>;

// Text after a chain's character filters, and the way back.
class FilteredText {
 public:
  FilteredText(std::string_view text, const std::vector<Named<CharFilter>>& filters);
  FilteredText(const FilteredText&) = delete;
  FilteredText& operator=(const FilteredText&) = delete;
  std::string_view text() const { return text_; }
  void correct(Tokens& tokens) const;

 private:
  std::string held_;
  std::string_view text_;
  std::vector<OffsetMap> maps_;  // in the order of the filters
};

// The built-in analyzer of that name (standard, simple, whitespace, keyword, stop, pattern, fingerprint and
// the languages), or the one that a spelling (Analysis::spell) describes. kNotFound for other names,
// kInvalidArgument for a spelling that is none. One object a name for the process.
Result<AnalyzerPtr> find_analyzer(std::string_view name);
// "lowercase", or a spelling.
Result<AnalyzerPtr> find_normalizer(std::string_view name);

// Built-in parts with their defaults, by Elasticsearch's names. kNotFound else.
Result<TokenizerPtr> find_tokenizer(std::string_view name);
Result<TokenFilterPtr> find_token_filter(std::string_view name);

}  // namespace stele::text
