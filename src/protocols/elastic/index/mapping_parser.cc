#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocols/elastic/index/analysis.h"
#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

using engine::FieldType;

struct TypeRow {
  std::string_view name;
  FieldType type;
  bool reading;  // the name says more than the engine's type: kept in the field's reading
};
constexpr std::array kTypes = {
    TypeRow{"text", FieldType::kText, false},       TypeRow{"match_only_text", FieldType::kText, true},
    TypeRow{"keyword", FieldType::kKeyword, false}, TypeRow{"wildcard", FieldType::kKeyword, true},
    TypeRow{"long", FieldType::kLong, false},       TypeRow{"integer", FieldType::kLong, true},
    TypeRow{"short", FieldType::kLong, true},       TypeRow{"byte", FieldType::kLong, true},
    TypeRow{"double", FieldType::kDouble, false},   TypeRow{"scaled_float", FieldType::kDouble, true},
    TypeRow{"float", FieldType::kFloat, false},     TypeRow{"half_float", FieldType::kFloat, true},
    TypeRow{"boolean", FieldType::kBoolean, false}, TypeRow{"date", FieldType::kDate, false},
    TypeRow{"date_nanos", FieldType::kDate, true},  TypeRow{"dense_vector", FieldType::kDenseVector, false},
};
// Elasticsearch's that are not there yet.
constexpr std::array<std::string_view, 25> kMissingTypes = {"nested",
                                                            "alias",
                                                            "ip",
                                                            "geo_point",
                                                            "geo_shape",
                                                            "completion",
                                                            "flattened",
                                                            "join",
                                                            "percolator",
                                                            "range",
                                                            "integer_range",
                                                            "long_range",
                                                            "float_range",
                                                            "double_range",
                                                            "date_range",
                                                            "ip_range",
                                                            "rank_feature",
                                                            "rank_features",
                                                            "sparse_vector",
                                                            "search_as_you_type",
                                                            "token_count",
                                                            "constant_keyword",
                                                            "binary",
                                                            "unsigned_long",
                                                            "version"};

// Parameters of all fields that change nothing we answer: accepted and answered back.
constexpr std::array<std::string_view, 13> kHarmless = {"store",
                                                        "meta",
                                                        "eager_global_ordinals",
                                                        "index_options",
                                                        "term_vector",
                                                        "index_phrases",
                                                        "index_prefixes",
                                                        "scaling_factor",
                                                        "time_series_dimension",
                                                        "locale",
                                                        "time_series_metric",
                                                        "split_queries_on_whitespace",
                                                        "search_quote_analyzer"};

Failure mapper_failure(std::string reason, std::optional<Failure> given = {}) {
  Failure cause = given ? *std::move(given) : Failure{400, "mapper_parsing_exception", reason};
  return Failure{400, "mapper_parsing_exception", fmt::format("Failed to parse mapping: {}", reason)}.because(
      std::move(cause));
}

bool truth(json::Value value) {
  return scalar_text(value).value_or("") == "true";
}

class Parser {
 public:
  Parser(const text::Analysis& analysis, const Similarities& similarities)
      : analysis_(analysis), similarities_(similarities) {}

  Outcome<> properties(json::Value properties, const std::string& prefix, int depth) {
    if (!properties.is_object())
      return mapper_failure(fmt::format("Expected map for property [properties] on field [{}]", prefix));
    if (depth > 20) return mapper_failure("Limit of mapping depth [20] has been exceeded");
    for (const json::Member& member : properties.members()) {
      if (member.key.empty())
        return mapper_failure("field name cannot be an empty string",
                              illegal_argument("field name cannot be an empty string"));
      const std::string path =
          prefix.empty() ? std::string(member.key) : fmt::format("{}.{}", prefix, member.key);
      if (!member.value.is_object())
        return mapper_failure(
            fmt::format("Expected map for property [fields] on field [{}] but got a scalar", path));
      STELE_RETURN_IF_ERROR(property(member.value, path, depth));
    }
    return {};
  }

  Outcome<> root(json::Value mapping) {
    for (const json::Member& member : mapping.members()) {
      if (member.key == "properties") {
        STELE_RETURN_IF_ERROR(properties(member.value, "", 0));
      } else {
        STELE_RETURN_IF_ERROR(root_parameter(member));
      }
    }
    return {};
  }

  MappingChange take() { return std::move(change_); }

 private:
  Outcome<> root_parameter(const json::Member& member) {
    const std::string_view key = member.key;
    if (key == "dynamic") {
      STELE_RETURN_IF_ERROR(dynamic("", member.value));
    } else if (key == "_source") {
      for (const json::Member& part : member.value.members())
        if (part.key != "enabled" || !truth(part.value))
          return not_supported(fmt::format("[_source] parameter [{}] of a mapping is", part.key));
    } else if (key == "dynamic_templates") {
      if (member.value.size() > 0) return not_supported("[dynamic_templates] of a mapping is");
    } else if (key == "runtime") {
      if (member.value.size() > 0) return not_supported("[runtime] of a mapping is");
    } else if (key == "enabled") {
      if (!truth(member.value)) change_.change.objects[""] = views::DynamicSetting::kDisabled;
    } else if (key != "_meta" && key != "date_detection" && key != "numeric_detection" && key != "_routing" &&
               key != "dynamic_date_formats" && key != "_field_names" && key != "subobjects") {
      return mapper_failure(fmt::format("Root mapping definition has unsupported parameters:  [{} : {}]", key,
                                        scalar_text(member.value).value_or(std::string(member.value.raw()))));
    }
    change_.root[std::string(key)] = std::string(member.value.raw());
    return {};
  }

  Outcome<> dynamic(const std::string& path, json::Value value) {
    const std::string text = scalar_text(value).value_or("");
    if (text == "true") {
      change_.change.objects[path] = views::DynamicSetting::kTrue;
    } else if (text == "false") {
      change_.change.objects[path] = views::DynamicSetting::kFalse;
    } else if (text == "strict") {
      change_.change.objects[path] = views::DynamicSetting::kStrict;
    } else if (text == "runtime") {
      return not_supported("[dynamic: runtime] of a mapping is");
    } else {
      return mapper_failure(fmt::format("No enum constant for dynamic [{}]", text));
    }
    return {};
  }

  Outcome<> property(json::Value body, const std::string& path, int depth) {
    const std::optional<json::Value> given = body.find("type");
    const std::string type = given ? scalar_text(*given).value_or("") : "object";
    if (!given && !body.find("properties") && !body.find("dynamic") && !body.find("enabled") &&
        body.size() > 0)
      return mapper_failure(fmt::format("No type specified for field [{}]", path));
    if (type == "object") return object(body, path, depth);
    const auto row = std::ranges::find(kTypes, type, &TypeRow::name);
    if (row != kTypes.end()) return field(body, path, *row, {});
    if (std::ranges::find(kMissingTypes, type) != kMissingTypes.end())
      return not_supported(fmt::format("field type [{}] (of field [{}]) is", type, path));
    return mapper_failure(
        fmt::format("The mapper type [{}] declared on field [{}] does not exist. It might have been created "
                    "within a future "
                    "version or requires a plugin to be installed. Check the documentation.",
                    type, path));
  }

  Outcome<> object(json::Value body, const std::string& path, int depth) {
    engine::FieldDefinition definition;
    definition.path = path;
    definition.type = FieldType::kObject;
    change_.change.fields.push_back(std::move(definition));
    for (const json::Member& member : body.members()) {
      if (member.key == "properties") {
        STELE_RETURN_IF_ERROR(properties(member.value, path, depth + 1));
      } else if (member.key == "dynamic") {
        STELE_RETURN_IF_ERROR(dynamic(path, member.value));
      } else if (member.key == "enabled") {
        if (!truth(member.value)) change_.change.objects[path] = views::DynamicSetting::kDisabled;
      } else if (member.key != "type" && member.key != "subobjects") {
        return mapper_failure(
            fmt::format("unknown parameter [{}] on mapper [{}] of type [object]", member.key, path));
      }
    }
    return {};
  }

  Outcome<> field(json::Value body, const std::string& path, const TypeRow& row,
                  const std::string& values_of) {
    engine::FieldDefinition definition;
    definition.path = path;
    definition.type = row.type;
    definition.values_of = values_of;
    definition.doc_values = row.type != FieldType::kText;
    STELE_RETURN_IF_ERROR(default_analyzers(body, definition));
    if (const auto otherwise = similarities_.find("default"); otherwise != similarities_.end())
      definition.bm25 = otherwise->second;
    views::FieldReading reading;
    if (row.reading) reading.type = std::string(row.name);
    std::string kept;
    json::Writer out(kept);
    out.begin_object();
    for (const json::Member& member : body.members()) {
      if (member.key == "fields") continue;
      STELE_RETURN_IF_ERROR(parameter(member, row, definition, reading));
      out.key(member.key).raw(member.value.raw());
    }
    out.end_object();
    if (row.type == FieldType::kDenseVector && definition.dimension == 0)
      return not_supported(fmt::format("field type [dense_vector] without [dims] (of field [{}]) is", path));
    change_.parameters[path] = std::move(kept);
    change_.change.fields.push_back(std::move(definition));
    if (reading != views::FieldReading{}) change_.change.readings[path] = std::move(reading);
    if (const std::optional<json::Value> fields = body.find("fields")) return multi_fields(*fields, path);
    return {};
  }

  // The index' own analyzers for fields that name none.
  Outcome<> default_analyzers(json::Value body, engine::FieldDefinition& definition) {
    if (definition.type != FieldType::kText || body.find("analyzer")) return {};
    if (analysis_.analyzers.contains("default")) definition.analyzer = analysis_.spell("default");
    if (analysis_.analyzers.contains("default_search"))
      definition.search_analyzer = analysis_.spell("default_search");
    return {};
  }

  Outcome<> multi_fields(json::Value fields, const std::string& path) {
    for (const json::Member& member : fields.members()) {
      const std::string inner = fmt::format("{}.{}", path, member.key);
      const std::string type = scalar_text(member.value.find("type").value_or(json::Value())).value_or("");
      const auto row = std::ranges::find(kTypes, type, &TypeRow::name);
      if (row == kTypes.end())
        return type.empty() ? mapper_failure(fmt::format("no type specified for property [{}]", member.key))
                            : not_supported(fmt::format("multi-field type [{}] (of [{}]) is", type, inner));
      STELE_RETURN_IF_ERROR(field(member.value, inner, *row, path));
    }
    return {};
  }

  Outcome<> parameter(const json::Member& member, const TypeRow& row, engine::FieldDefinition& definition,
                      views::FieldReading& reading) {
    const std::string_view key = member.key;
    const std::string text = scalar_text(member.value).value_or("");
    const bool is_text = row.type == FieldType::kText;
    if (key == "type" || std::ranges::find(kHarmless, key) != kHarmless.end()) return {};
    if (key == "index") {
      definition.indexed = text != "false";
    } else if (key == "doc_values" && !is_text) {
      definition.doc_values = text != "false";
    } else if (key == "analyzer" && is_text) {
      STELE_TRY(definition.analyzer, analyzer_for_field(analysis_, text));
    } else if (key == "search_analyzer" && is_text) {
      STELE_TRY(definition.search_analyzer, analyzer_for_field(analysis_, text));
    } else if (key == "norms") {
      definition.norms = is_text && text != "false";
    } else if (key == "position_increment_gap" && is_text) {
      definition.position_increment_gap = static_cast<std::uint32_t>(parse_integer(text).value_or(100));
    } else if (key == "ignore_above") {
      definition.ignore_above = static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(parse_integer(text).value_or(0), 0, 2147483647));
    } else if (key == "normalizer") {
      STELE_TRY(definition.normalizer, normalizer_for_field(analysis_, text, definition.path));
    } else if (key == "null_value") {
      return null_value(member.value, definition);
    } else if (key == "format" && row.type == FieldType::kDate) {
      reading.format = text;
    } else if (key == "coerce") {
      reading.coerce = text != "false";
    } else if (key == "ignore_malformed") {
      reading.ignore_malformed = text == "true";
    } else if (key == "similarity" && row.type != FieldType::kDenseVector) {
      STELE_TRY(definition.bm25, similarity_for_field(similarities_, text, definition.path));
    } else if (row.type == FieldType::kDenseVector) {
      return vector_parameter(key, text, definition);
    } else if (key == "fielddata" && is_text) {
      if (text == "true")
        return not_supported(fmt::format("[fielddata] (of field [{}]) is", definition.path));
    } else if (key == "copy_to") {
      return not_supported(fmt::format("[copy_to] (of field [{}]) is", definition.path));
    } else {
      return mapper_failure(
          fmt::format("unknown parameter [{}] on mapper [{}] of type [{}]", key, definition.path, row.name));
    }
    return {};
  }

  Outcome<> null_value(json::Value value, engine::FieldDefinition& definition) {
    const std::optional<std::string> text = scalar_text(value);
    if (!text) return {};
    Result<engine::Value> coerced = engine::coerce(definition.type, engine::Value(*text));
    if (!coerced)
      return mapper_failure(fmt::format("Error parsing [null_value] on field [{}]: {}", definition.path,
                                        coerced.error().message));
    definition.null_value = *std::move(coerced);
    return {};
  }

  Outcome<> vector_parameter(std::string_view key, const std::string& text,
                             engine::FieldDefinition& definition) {
    if (key == "dims") {
      const std::int64_t dims = parse_integer(text).value_or(0);
      if (dims < 1 || dims > 4096)
        return mapper_failure(
            fmt::format("The number of dimensions should be in the range [1, 4096] but was [{}]", text));
      definition.dimension = static_cast<std::uint32_t>(dims);
    } else if (key == "similarity") {
      // max_inner_product differs from dot_product in the score alone: the search asks for it.
      if (text == "cosine") {
        definition.similarity = engine::Similarity::kCosine;
      } else if (text == "dot_product" || text == "max_inner_product") {
        definition.similarity = engine::Similarity::kDot;
      } else if (text == "l2_norm") {
        definition.similarity = engine::Similarity::kEuclid;
      } else {
        return mapper_failure(fmt::format(
            "Unknown value [{}] for field [similarity] - accepted values are [cosine, dot_product, l2_norm, "
            "max_inner_product]",
            text));
      }
    } else if (key == "element_type") {
      if (text != "float") return not_supported(fmt::format("[element_type: {}] of a dense_vector is", text));
    } else if (key != "index_options") {
      return mapper_failure(
          fmt::format("unknown parameter [{}] on mapper [{}] of type [dense_vector]", key, definition.path));
    }
    return {};
  }

  const text::Analysis& analysis_;
  const Similarities& similarities_;
  MappingChange change_;
};

}  // namespace

bool is_typed_mapping(json::Value mapping) {
  return mapping.is_object() && mapping.size() == 1 && mapping.find("_doc").has_value();
}

views::DefinitionChange MappingChange::definition_change() const {
  views::DefinitionChange with_parts = change;
  if (!parameters.empty()) with_parts.elastic["parameters"] = parameters;
  if (!root.empty()) with_parts.elastic["root"] = root;
  return with_parts;
}

Outcome<MappingChange> parse_mapping(json::Value mapping, const text::Analysis& analysis,
                                     const Similarities& similarities) {
  if (!mapping.is_object()) return mapper_failure("mapping must be an object");
  Parser parser(analysis, similarities);
  STELE_RETURN_IF_ERROR(parser.root(mapping));
  return parser.take();
}

}  // namespace stele::elastic
