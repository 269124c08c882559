#include "text/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "text/workshop.h"

namespace stele::text {
namespace {

template <class Row>
using Rows = std::map<std::string_view, const Row*>;

template <class Row>
Rows<Row> join(std::initializer_list<std::span<const Row>> families) {
  Rows<Row> rows;
  for (const std::span<const Row> family : families)
    for (const Row& row : family) rows.emplace(row.name, &row);
  return rows;
}

const Rows<CharFilterRow>& all_char_filters() {
  static const auto kRows = join<CharFilterRow>({char_filter_rows()});
  return kRows;
}

const Rows<TokenizerRow>& all_tokenizers() {
  static const auto kRows = join<TokenizerRow>(
      {simple_tokenizer_rows(), gram_tokenizer_rows(), pattern_tokenizer_rows(), grammar_tokenizer_rows()});
  return kRows;
}

const Rows<TokenFilterRow>& all_filters() {
  static const auto kRows = join<TokenFilterRow>(
      {case_filter_rows(), selecting_filter_rows(), shaping_filter_rows(), folding_filter_rows(),
       elision_filter_rows(), gram_filter_rows(), shingle_filter_rows(), cjk_filter_rows(),
       keyword_filter_rows(), pattern_filter_rows(), word_delimiter_filter_rows(), synonym_filter_rows(),
       graph_filter_rows(), branching_filter_rows(), normalization_filter_rows(), stemmer_filter_rows()});
  return kRows;
}

const Rows<AnalyzerRow>& all_analyzers() {
  static const auto kRows = join<AnalyzerRow>({general_analyzer_rows(), language_analyzer_rows()});
  return kRows;
}

template <class Row>
std::vector<std::string> names_of(const Rows<Row>& rows) {
  std::vector<std::string> names;
  for (const auto& [name, row] : rows) names.emplace_back(name);
  return names;
}

template <class Row>
Result<const Row*> row_of(const Rows<Row>& rows, std::string_view kind, std::string_view type,
                          std::string_view name) {
  const auto found = rows.find(type);
  if (found != rows.end()) return found->second;
  if (type.empty())
    return illegal(fmt::format("{} [{}] must specify either an analyzer type, or a tokenizer", kind, name));
  return illegal(fmt::format("Unknown {} type [{}] for [{}]", kind, type, name));
}

Error not_found(std::string_view kind, std::string_view name) {
  return make_error(ErrorCode::kNotFound, fmt::format("no {} [{}]", kind, name));
}

// A name's meaning: its definition, or the built-in row of that name.
template <class Row, class Make>
auto find(const Analysis::Definitions& definitions, const Rows<Row>& rows, std::string_view kind,
          std::string_view name, const Make& make) -> decltype(make(std::string_view(), Parameters())) {
  const auto defined = definitions.find(name);
  if (defined != definitions.end()) return make(defined->second.text("type"), defined->second);
  if (!rows.contains(name)) return not_found(kind, name);
  return make(name, Parameters());
}

// An error in a chain: what is missing, in Elasticsearch's words.
Error chain_error(Error error, std::string_view what, std::string_view analyzer, std::string_view kind,
                  std::string_view part) {
  if (error.code != ErrorCode::kNotFound) return error;
  return illegal(fmt::format("Custom {} [{}] failed to find {} under name [{}]", what, analyzer, kind, part));
}

}  // namespace

Result<CharFilterPtr> Registry::char_filter(std::string_view name) const {
  return find(analysis_.char_filters, all_char_filters(), "char_filter", name,
              [&](std::string_view type, const Parameters& parameters) -> Result<CharFilterPtr> {
                STELE_TRY(const auto* row, row_of(all_char_filters(), "char_filter", type, name));
                return row->make(parameters, Workshop{*this, Chain()});
              });
}

Result<TokenizerPtr> Registry::tokenizer(std::string_view name) const {
  return find(analysis_.tokenizers, all_tokenizers(), "tokenizer", name,
              [&](std::string_view type, const Parameters& parameters) -> Result<TokenizerPtr> {
                STELE_TRY(const auto* row, row_of(all_tokenizers(), "tokenizer", type, name));
                return row->make(parameters, Workshop{*this, Chain()});
              });
}

Result<TokenFilterPtr> Registry::filter(std::string_view name, const Chain& before) const {
  return find(analysis_.filters, all_filters(), "filter", name,
              [&](std::string_view type, const Parameters& parameters) -> Result<TokenFilterPtr> {
                STELE_TRY(const auto* row, row_of(all_filters(), "filter", type, name));
                return row->make(parameters, Workshop{*this, before});
              });
}

Result<CharFilterPtr> Registry::make_char_filter(std::string_view name, const Parameters& definition) const {
  STELE_TRY(const auto* row, row_of(all_char_filters(), "char_filter", definition.text("type"), name));
  return row->make(definition, Workshop{*this, Chain()});
}

Result<TokenizerPtr> Registry::make_tokenizer(std::string_view name, const Parameters& definition) const {
  STELE_TRY(const auto* row, row_of(all_tokenizers(), "tokenizer", definition.text("type"), name));
  return row->make(definition, Workshop{*this, Chain()});
}

Result<TokenFilterPtr> Registry::make_filter(std::string_view name, const Parameters& definition,
                                             const Chain& before) const {
  STELE_TRY(const auto* row, row_of(all_filters(), "filter", definition.text("type"), name));
  return row->make(definition, Workshop{*this, before});
}

Result<AnalyzerPtr> Registry::analyzer(std::string_view name) const {
  const auto defined = analysis_.analyzers.find(name);
  if (defined != analysis_.analyzers.end()) return make_analyzer(name, defined->second);
  if (!all_analyzers().contains(name)) return not_found("analyzer", name);
  STELE_TRY(Chain chain, all_analyzers().at(name)->make(name, Parameters(), *this));
  return std::make_shared<const Analyzer>(std::string(name), std::move(chain));
}

Result<AnalyzerPtr> Registry::make_analyzer(std::string_view name, const Parameters& definition) const {
  std::string type = definition.text("type");
  if (type.empty() && definition.has("tokenizer")) type = "custom";
  if (type == "custom") {
    if (!definition.has("tokenizer"))
      return illegal(fmt::format("analyzer [{}] must specify either an analyzer type, or a tokenizer", name));
    Chain chain;
    for (const std::string& one : definition.list("char_filter")) {
      Result<CharFilterPtr> part = char_filter(one);
      if (!part) return chain_error(part.error(), "Analyzer", name, "char_filter", one);
      chain.char_filters.push_back({one, *std::move(part)});
    }
    const std::string tokenizer_name = definition.text("tokenizer");
    Result<TokenizerPtr> first = tokenizer(tokenizer_name);
    if (!first) return chain_error(first.error(), "Analyzer", name, "tokenizer", tokenizer_name);
    chain.tokenizer = {tokenizer_name, *std::move(first)};
    for (const std::string& one : definition.list("filter")) {
      Result<TokenFilterPtr> part = filter(one, chain);
      if (!part) return chain_error(part.error(), "Analyzer", name, "filter", one);
      chain.filters.push_back({one, *std::move(part)});
    }
    STELE_TRY(const std::int64_t gap, definition.integer("position_increment_gap", 100));
    auto made = std::make_shared<Analyzer>(std::string(name), std::move(chain));
    made->set_custom();
    made->set_position_increment_gap(static_cast<int>(gap));
    return made;
  }
  STELE_TRY(const AnalyzerRow* row, row_of(all_analyzers(), "analyzer", type, name));
  STELE_TRY(Chain chain, row->make(type, definition, *this));
  return std::make_shared<const Analyzer>(std::string(name), std::move(chain));
}

Result<AnalyzerPtr> Registry::normalizer(std::string_view name) const {
  const auto defined = analysis_.normalizers.find(name);
  if (defined != analysis_.normalizers.end()) return make_normalizer(name, defined->second);
  if (name != "lowercase") return not_found("normalizer", name);
  Parameters lowercase;
  lowercase.set_list("filter", {"lowercase"});
  return make_normalizer(name, lowercase);
}

Result<AnalyzerPtr> Registry::make_normalizer(std::string_view name, const Parameters& definition) const {
  const std::string type = definition.text("type", "custom");
  if (type == "lowercase") return Registry().normalizer("lowercase");
  if (type != "custom") return illegal(fmt::format("Unknown normalizer type [{}] for [{}]", type, name));
  if (definition.has("tokenizer"))
    return illegal(fmt::format("Custom normalizer [{}] cannot configure a tokenizer", name));
  Chain chain;
  for (const std::string& one : definition.list("char_filter")) {
    Result<CharFilterPtr> part = char_filter(one);
    if (!part) return chain_error(part.error(), "normalizer", name, "char_filter", one);
    const auto own = analysis_.char_filters.find(one);
    const std::string part_type = own == analysis_.char_filters.end() ? one : own->second.text("type");
    if (part_type == "html_strip")
      return illegal(fmt::format("Custom normalizer [{}] may not use char filter [{}]", name, one));
    chain.char_filters.push_back({one, *std::move(part)});
  }
  STELE_TRY(chain.tokenizer.part, tokenizer("keyword"));
  chain.tokenizer.name = "keyword";
  for (const std::string& one : definition.list("filter")) {
    Result<TokenFilterPtr> part = filter(one, chain);
    if (!part) return chain_error(part.error(), "normalizer", name, "filter", one);
    if (!(*part)->is_normalizing())
      return illegal(fmt::format("Custom normalizer [{}] may not use filter [{}]", name, one));
    chain.filters.push_back({one, *std::move(part)});
  }
  auto made = std::make_shared<Analyzer>(std::string(name), std::move(chain));
  made->set_custom();
  return made;
}

Result<void> Registry::check() const {
  for (const auto& [name, definition] : analysis_.char_filters)
    STELE_RETURN_IF_ERROR(make_char_filter(name, definition));
  for (const auto& [name, definition] : analysis_.tokenizers)
    STELE_RETURN_IF_ERROR(make_tokenizer(name, definition));
  Chain plain;
  STELE_TRY(plain.tokenizer.part, tokenizer("standard"));
  for (const auto& [name, definition] : analysis_.filters)
    STELE_RETURN_IF_ERROR(make_filter(name, definition, plain));
  for (const auto& [name, definition] : analysis_.normalizers)
    STELE_RETURN_IF_ERROR(make_normalizer(name, definition));
  for (const auto& [name, definition] : analysis_.analyzers)
    STELE_RETURN_IF_ERROR(make_analyzer(name, definition));
  return {};
}

std::vector<std::string> char_filter_names() {
  return names_of(all_char_filters());
}
std::vector<std::string> tokenizer_names() {
  return names_of(all_tokenizers());
}
std::vector<std::string> token_filter_names() {
  return names_of(all_filters());
}
std::vector<std::string> analyzer_names() {
  return names_of(all_analyzers());
}

}  // namespace stele::text
