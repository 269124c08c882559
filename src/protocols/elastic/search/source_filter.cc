#include <fmt/format.h>

#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {
namespace {

Outcome<std::vector<std::string>> names(const std::optional<json::Value>& value, std::string_view key) {
  std::vector<std::string> result;
  if (!value || value->is_null()) return result;
  if (value->is_string()) {
    result.emplace_back(value->string());
    return result;
  }
  if (!value->is_array())
    return parse_failure(fmt::format("[_source] [{}] must be a name or a list of names", key));
  for (const json::Value element : value->elements()) {
    if (!element.is_string())
      return parse_failure(fmt::format("[_source] [{}] must be a name or a list of names", key));
    result.emplace_back(element.string());
  }
  return result;
}

}  // namespace

void SourceFilter::ask_stored(std::vector<std::string> fields, bool source_is_given) {
  const bool asks_source = std::erase(fields, "_source") > 0;
  std::erase(fields, "_none_");
  if (!source_is_given) enabled = asks_source;
  stored = std::move(fields);
}

Outcome<> SourceFilter::ask_stored(json::Value fields, bool source_is_given) {
  STELE_TRY(std::vector<std::string> list, names(fields, "stored_fields"));
  ask_stored(std::move(list), source_is_given);
  return {};
}

Outcome<SourceFilter> SourceFilter::from_body(json::Value value) {
  SourceFilter source;
  if (value.is_bool()) {
    source.enabled = value.boolean();
    return source;
  }
  if (value.is_object()) {
    for (const json::Member& member : value.members())
      if (member.key != "includes" && member.key != "include" && member.key != "excludes" &&
          member.key != "exclude")
        return parse_failure(fmt::format("Unknown key for a START_ARRAY in [{}].", member.key));
    auto includes = value.find("includes");
    if (!includes) includes = value.find("include");
    auto excludes = value.find("excludes");
    if (!excludes) excludes = value.find("exclude");
    STELE_TRY(const std::vector<std::string> in, names(includes, "includes"));
    STELE_TRY(const std::vector<std::string> out, names(excludes, "excludes"));
    source.filter = JsonFilter(in, out);
    return source;
  }
  if (value.is_string() || value.is_array()) {
    STELE_TRY(const std::vector<std::string> in, names(value, "includes"));
    source.filter = JsonFilter(in, {});
    return source;
  }
  return parse_failure("Expected one of [VALUE_BOOLEAN, START_OBJECT] for [_source]");
}

Outcome<std::optional<SourceFilter>> SourceFilter::from_parameters(const Parameters& parameters) {
  std::vector<std::string> includes = parameters.list("_source_includes");
  const std::vector<std::string> excludes = parameters.list("_source_excludes");
  SourceFilter source;
  const std::optional<std::string_view> given = parameters.get("_source");
  if (!given && includes.empty() && excludes.empty()) return std::optional<SourceFilter>();
  if (given == "false") {
    source.enabled = false;
  } else if (given && *given != "true" && !given->empty()) {
    includes = parameters.list("_source");
  }
  source.filter = JsonFilter(includes, excludes);
  return std::optional<SourceFilter>(std::move(source));
}

}  // namespace stele::elastic
