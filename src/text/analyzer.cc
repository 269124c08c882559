#include "text/analyzer.h"

#include <utility>

namespace stele::text {

Analyzer::Analyzer(std::string name, Chain chain)
    : name_(std::move(name)), chain_(std::move(chain)), first_pass_(chain_.tokenizer.part) {
  if (chain_.filters.empty() || !chain_.filters[0].part->is_plain_lowercase()) return;
  if (TokenizerPtr both = first_pass_->in_lower_case()) {
    first_pass_ = std::move(both);
    filters_done_ = 1;
  }
}

namespace {
Chain make_chain(TokenizerPtr tokenizer, std::vector<TokenFilterPtr> filters) {
  Chain chain;
  chain.tokenizer.part = std::move(tokenizer);
  for (TokenFilterPtr& filter : filters) chain.filters.push_back({"", std::move(filter)});
  return chain;
}
}  // namespace

Analyzer::Analyzer(std::string name, TokenizerPtr tokenizer, std::vector<TokenFilterPtr> filters)
    : Analyzer(std::move(name), make_chain(std::move(tokenizer), std::move(filters))) {}

void Analyzer::analyze(std::string_view text, Tokens& tokens) const {
  tokens.clear();
  tokens.holes_at_end = 0;
  tokens.text_size = text.size();
  if (chain_.char_filters.empty()) {
    first_pass_->tokenize(text, tokens);
  } else {
    const FilteredText filtered(text, chain_.char_filters);
    first_pass_->tokenize(filtered.text(), tokens);
    filtered.correct(tokens);
  }
  for (std::size_t i = filters_done_; i < chain_.filters.size(); ++i) chain_.filters[i].part->filter(tokens);
}

Tokens Analyzer::analyze(std::string_view text) const {
  Tokens tokens;
  analyze(text, tokens);
  return tokens;
}

std::string Analyzer::normalize(std::string_view text) const {
  Tokens tokens;
  analyze(text, tokens);
  return tokens.empty() ? std::string() : std::move(tokens.front().term);
}

FilteredText::FilteredText(std::string_view text, const std::vector<Named<CharFilter>>& filters)
    : text_(text) {
  for (const Named<CharFilter>& filter : filters) {
    maps_.emplace_back();
    held_ = filter.part->filter(text_, maps_.back());
    text_ = held_;
  }
}

void FilteredText::correct(Tokens& tokens) const {
  for (auto map = maps_.rbegin(); map != maps_.rend(); ++map) {
    if (map->empty()) continue;
    for (Token& token : tokens) {
      token.start = map->correct(token.start);
      token.end = map->correct(token.end);
    }
  }
}

}  // namespace stele::text
