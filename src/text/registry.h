#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/analysis.h"
#include "text/analyzer.h"

namespace stele::text {

// What is meant by a component's or analyzer's name in this index? First what its settings define, then what
// is built in. Threads: immutable, share freely. Cost: a component is made anew for each chain. Errors:
// kInvalidArgument with Elasticsearch's words, kNotFound for a name that means nothing.
class Registry {
 public:
  Registry() = default;
  explicit Registry(Analysis analysis) : analysis_(std::move(analysis)) {}

  const Analysis& analysis() const { return analysis_; }
  // Makes each definition once, so that wrong ones are found when the settings come.
  Result<void> check() const;

  Result<AnalyzerPtr> analyzer(std::string_view name) const;
  Result<AnalyzerPtr> normalizer(std::string_view name) const;
  // Of a definition without a name, or that has one but is not among the settings.
  Result<AnalyzerPtr> make_analyzer(std::string_view name, const Parameters& definition) const;
  Result<AnalyzerPtr> make_normalizer(std::string_view name, const Parameters& definition) const;

  Result<CharFilterPtr> char_filter(std::string_view name) const;
  Result<TokenizerPtr> tokenizer(std::string_view name) const;
  // `before`: the chain as far as it is built, which synonyms pass through.
  Result<TokenFilterPtr> filter(std::string_view name, const Chain& before) const;

  // By the `type` in the definition.
  Result<CharFilterPtr> make_char_filter(std::string_view name, const Parameters& definition) const;
  Result<TokenizerPtr> make_tokenizer(std::string_view name, const Parameters& definition) const;
  Result<TokenFilterPtr> make_filter(std::string_view name, const Parameters& definition,
                                     const Chain& before) const;

 private:
  Analysis analysis_;
};

// The names of all built-in components and analyzers, sorted.
std::vector<std::string> char_filter_names();
std::vector<std::string> tokenizer_names();
std::vector<std::string> token_filter_names();
std::vector<std::string> analyzer_names();

}  // namespace stele::text
