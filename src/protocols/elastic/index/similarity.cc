#include "protocols/elastic/index/similarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "json/document.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

constexpr std::string_view kPrefix = "index.similarity.";
constexpr std::array<std::string_view, 9> kMissingTypes = {
    "boolean", "DFR", "DFI", "IB", "LMDirichlet", "LMJelinekMercer", "scripted", "classic", "default"};

// NAME → PARAMETER → text.
using Definitions = std::map<std::string, std::map<std::string, std::string>>;

Definitions definitions_of(const std::map<std::string, std::string>& settings) {
  Definitions definitions;
  for (auto setting = settings.lower_bound(std::string(kPrefix)); setting != settings.end(); ++setting) {
    if (!setting->first.starts_with(kPrefix)) break;
    const std::string rest = setting->first.substr(kPrefix.size());
    const std::size_t dot = rest.find('.');
    Result<json::Document> parsed = json::Document::parse_borrowed(setting->second);
    if (dot == std::string::npos || !parsed) continue;
    definitions[rest.substr(0, dot)][rest.substr(dot + 1)] = scalar_text(parsed->root()).value_or("");
  }
  return definitions;
}

std::optional<float> parse_float(std::string_view text) {
  float number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Outcome<engine::Bm25Parameters> read_bm25(const std::map<std::string, std::string>& parameters) {
  engine::Bm25Parameters bm25;
  for (const auto& [name, text] : parameters) {
    if (name == "type") continue;
    const std::optional<float> number = parse_float(text);
    if (name == "k1") {
      if (!number || std::isinf(*number) || !(*number >= 0))
        return illegal_argument(
            fmt::format("illegal k1 value: {}, must be a non-negative finite value", text));
      bm25.k1 = *number;
    } else if (name == "b") {
      if (!number || !(*number >= 0 && *number <= 1))
        return illegal_argument(fmt::format("illegal b value: {}, must be between 0 and 1", text));
      bm25.b = *number;
    } else if (name != "discount_overlaps") {
      return illegal_argument(fmt::format("Unknown settings for similarity of type [BM25]: [{}]", name));
    } else if (text != "true") {
      return not_supported("[discount_overlaps: false] of a similarity is");
    }
  }
  return bm25;
}

Outcome<Similarities> read_similarities(const std::map<std::string, std::string>& settings) {
  Similarities similarities{{"BM25", {}}};
  for (const auto& [name, parameters] : definitions_of(settings)) {
    const auto type = parameters.find("type");
    if (type == parameters.end())
      return illegal_argument(fmt::format("Similarity [{}] must have an associated type", name));
    if (name == "BM25" || name == "boolean")
      return illegal_argument(fmt::format("Cannot redefine built-in Similarity [{}]", name));
    if (std::ranges::find(kMissingTypes, type->second) != kMissingTypes.end())
      return not_supported(fmt::format("similarity type [{}] is", type->second));
    if (type->second != "BM25")
      return illegal_argument(fmt::format("Unknown Similarity type [{}] for [{}]", type->second, name));
    STELE_TRY(similarities[name], read_bm25(parameters));
  }
  return similarities;
}

}  // namespace

Similarities similarities_of(const std::map<std::string, std::string>& settings) {
  Outcome<Similarities> read = read_similarities(settings);
  return read ? *std::move(read) : Similarities{{"BM25", {}}};
}

Outcome<Similarities> check_similarities(const SettingTexts& settings) {
  return read_similarities(std::map<std::string, std::string>(settings.begin(), settings.end()));
}

Outcome<engine::Bm25Parameters> similarity_for_field(const Similarities& similarities, std::string_view name,
                                                     std::string_view field) {
  if (const auto found = similarities.find(name); found != similarities.end()) return found->second;
  if (name == "boolean") return not_supported(fmt::format("similarity [boolean] (of field [{}]) is", field));
  const std::string reason = fmt::format("Unknown Similarity type [{}] for field [{}]", name, field);
  return Failure{400, "mapper_parsing_exception", fmt::format("Failed to parse mapping: {}", reason)}.because(
      Failure{400, "mapper_parsing_exception", reason});
}

}  // namespace stele::elastic
