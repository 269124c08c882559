#include "protocols/elastic/index/analysis.h"

#include <fmt/format.h>

#include <array>

#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

struct GroupRow {
  std::string_view prefix;
  text::Analysis::Definitions text::Analysis::* definitions;
};
constexpr std::array kGroups = {GroupRow{"index.analysis.char_filter.", &text::Analysis::char_filters},
                                GroupRow{"index.analysis.tokenizer.", &text::Analysis::tokenizers},
                                GroupRow{"index.analysis.filter.", &text::Analysis::filters},
                                GroupRow{"index.analysis.analyzer.", &text::Analysis::analyzers},
                                GroupRow{"index.analysis.normalizer.", &text::Analysis::normalizers}};

void set_parameter(text::Parameters& parameters, std::string name, json::Value value) {
  if (!value.is_array()) {
    parameters.set(std::move(name), scalar_text(value).value_or(""));
    return;
  }
  std::vector<std::string> texts;
  for (const json::Value element : value.elements()) texts.push_back(scalar_text(element).value_or(""));
  parameters.set_list(std::move(name), std::move(texts));
}

std::int64_t limit_of(const std::map<std::string, std::string>& settings, const std::string& name,
                      std::int64_t otherwise) {
  const auto found = settings.find(name);
  if (found == settings.end()) return otherwise;
  Result<json::Document> parsed = json::Document::parse_borrowed(found->second);
  return parsed ? parse_integer(scalar_text(parsed->root()).value_or("")).value_or(otherwise) : otherwise;
}

}  // namespace

text::Analysis analysis_of(const std::map<std::string, std::string>& settings) {
  text::Analysis analysis;
  analysis.max_ngram_diff = limit_of(settings, "index.max_ngram_diff", analysis.max_ngram_diff);
  analysis.max_shingle_diff = limit_of(settings, "index.max_shingle_diff", analysis.max_shingle_diff);
  for (auto setting = settings.lower_bound("index.analysis."); setting != settings.end(); ++setting) {
    const std::string_view name = setting->first;
    if (!name.starts_with("index.analysis.")) break;
    for (const GroupRow& group : kGroups) {
      if (!name.starts_with(group.prefix)) continue;
      const std::string_view rest = name.substr(group.prefix.size());
      const std::size_t dot = rest.find('.');
      if (dot == std::string_view::npos || setting->second.empty()) continue;
      Result<json::Document> parsed = json::Document::parse_borrowed(setting->second);
      if (!parsed) continue;
      set_parameter((analysis.*group.definitions)[std::string(rest.substr(0, dot))],
                    std::string(rest.substr(dot + 1)), parsed->root());
    }
  }
  return analysis;
}

Outcome<text::Analysis> check_analysis(const SettingTexts& settings) {
  text::Analysis analysis = analysis_of(std::map<std::string, std::string>(settings.begin(), settings.end()));
  if (const Result<void> checked = text::Registry(analysis).check(); !checked)
    return analysis_failure(checked.error());
  return analysis;
}

text::Parameters component_parameters(json::Value definition) {
  text::Parameters parameters;
  for (const json::Member& member : definition.members())
    set_parameter(parameters, std::string(member.key), member.value);
  return parameters;
}

Failure analysis_failure(const Error& error) {
  if (error.code == ErrorCode::kUnsupported)
    return not_supported(fmt::format("analysis: {}. That is", error.message));
  return illegal_argument(error.message);
}

Outcome<std::string> analyzer_for_field(const text::Analysis& analysis, std::string_view name) {
  if (analysis.analyzers.contains(name)) return analysis.spell(name);
  if (name == "default") return std::string("standard");
  if (text::find_analyzer(name)) return std::string(name);
  const std::string reason = fmt::format("analyzer [{}] has not been configured in mappings", name);
  return Failure{400, "mapper_parsing_exception", fmt::format("Failed to parse mapping: {}", reason)}.because(
      Failure{400, "illegal_argument_exception", reason});
}

Outcome<std::string> normalizer_for_field(const text::Analysis& analysis, std::string_view name,
                                          std::string_view field) {
  if (analysis.normalizers.contains(name)) return analysis.spell(name);
  if (text::find_normalizer(name)) return std::string(name);
  const std::string reason = fmt::format("normalizer [{}] not found for field [{}]", name, field);
  return Failure{400, "mapper_parsing_exception", fmt::format("Failed to parse mapping: {}", reason)}.because(
      Failure{400, "mapper_parsing_exception", reason});
}

}  // namespace stele::elastic
