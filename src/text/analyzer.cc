#include "text/analyzer.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "text/filters.h"
#include "text/standard_tokenizer.h"

namespace stele::text {
namespace {

template <class Part>
using Table = std::map<std::string, std::shared_ptr<const Part>, std::less<>>;

const Table<Tokenizer>& tokenizers() {
  static const Table<Tokenizer> kTable = {
      {"standard", std::make_shared<StandardTokenizer>()},
      {"letter", std::make_shared<RunTokenizer>(RunTokenizer::Kind::kLetters)},
      {"whitespace", std::make_shared<RunTokenizer>(RunTokenizer::Kind::kNonWhitespace)},
      {"keyword", std::make_shared<KeywordTokenizer>()},
  };
  return kTable;
}

const Table<TokenFilter>& token_filters() {
  static const Table<TokenFilter> kTable = {
      {"lowercase", std::make_shared<LowercaseFilter>()},
      {"stop", std::make_shared<EnglishStopFilter>()},
      {"possessive_english", std::make_shared<EnglishPossessiveFilter>()},
      {"porter_stem", std::make_shared<PorterStemFilter>()},
  };
  return kTable;
}

struct Recipe {
  std::string_view name;
  std::string_view tokenizer;
  std::vector<std::string_view> filters;
};

Table<Analyzer> make_analyzers() {
  const std::vector<Recipe> recipes = {
      {"standard", "standard", {"lowercase"}},
      {"simple", "letter", {"lowercase"}},
      {"whitespace", "whitespace", {}},
      {"keyword", "keyword", {}},
      {"stop", "letter", {"lowercase", "stop"}},
      {"english", "standard", {"possessive_english", "lowercase", "stop", "porter_stem"}},
  };
  Table<Analyzer> table;
  for (const Recipe& recipe : recipes) {
    std::vector<std::shared_ptr<const TokenFilter>> filters;
    for (const std::string_view filter : recipe.filters)
      filters.push_back(token_filters().find(filter)->second);
    table.emplace(recipe.name,
                  std::make_shared<Analyzer>(std::string(recipe.name),
                                             tokenizers().find(recipe.tokenizer)->second, filters));
  }
  return table;
}

template <class Part>
Result<std::shared_ptr<const Part>> find_in(const Table<Part>& table, std::string_view kind,
                                            std::string_view name) {
  const auto found = table.find(name);
  if (found == table.end()) return make_error(ErrorCode::kNotFound, fmt::format("no {} [{}]", kind, name));
  return found->second;
}

}  // namespace

Analyzer::Analyzer(std::string name, std::shared_ptr<const Tokenizer> tokenizer,
                   std::vector<std::shared_ptr<const TokenFilter>> filters)
    : name_(std::move(name)), tokenizer_(std::move(tokenizer)), filters_(std::move(filters)) {}

void Analyzer::analyze(std::string_view text, Tokens& tokens) const {
  tokens.clear();
  tokenizer_->tokenize(text, tokens);
  for (const auto& filter : filters_) filter->filter(tokens);
}

Tokens Analyzer::analyze(std::string_view text) const {
  Tokens tokens;
  analyze(text, tokens);
  return tokens;
}

Result<std::shared_ptr<const Analyzer>> find_analyzer(std::string_view name) {
  static const Table<Analyzer> kTable = make_analyzers();
  return find_in(kTable, "analyzer", name);
}

Result<std::shared_ptr<const Tokenizer>> find_tokenizer(std::string_view name) {
  return find_in(tokenizers(), "tokenizer", name);
}

Result<std::shared_ptr<const TokenFilter>> find_token_filter(std::string_view name) {
  return find_in(token_filters(), "token filter", name);
}

}  // namespace stele::text
