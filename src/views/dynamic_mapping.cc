#include "views/dynamic_mapping.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "views/date_format.h"

namespace stele::views {
namespace {

using engine::FieldDefinition;
using engine::FieldType;

constexpr std::string_view kSlashDates = "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis";
constexpr std::size_t kVectorMin = 128, kVectorMax = 4096;
constexpr int kDepthMax = 20;  // index.mapping.depth.limit

bool is_number_text(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_integer_text(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Empty = the default format; nothing = no date.
std::optional<std::string_view> date_format_of(std::string_view text) {
  if (text.size() > 40 || text.empty() || text.front() < '0' || text.front() > '9' || is_number_text(text))
    return std::nullopt;
  static const DateFormat kSlashes = *DateFormat::parse(kSlashDates);
  if (DateFormat::elasticsearch_default().read(text)) return std::string_view();
  if (kSlashes.read(text)) return kSlashDates;
  return std::nullopt;
}

// Elements as dense_vector wants them: many numbers, at least one with a fraction.
bool looks_like_vector(json::Value array) {
  if (array.size() < kVectorMin || array.size() > kVectorMax) return false;
  bool fraction = false;
  for (const json::Value element : array.elements()) {
    if (!element.is_number()) return false;
    fraction = fraction || !element.is_integer();
  }
  return fraction;
}

json::Value first_value(json::Value value) {
  for (const json::Value element : value.elements()) {
    const json::Value found = element.is_array() ? first_value(element) : element;
    if (!found.is_null()) return found;
  }
  return {};
}

class Mapping {
 public:
  Mapping(const CollectionDefinition& definition, const DynamicMappingOptions& options)
      : definition_(definition), options_(options) {}

  Result<void> object(std::string& path, json::Value value, DynamicSetting inherited, int depth) {
    if (depth > kDepthMax)
      return make_error(ErrorCode::kInvalidArgument,
                        "Limit of mapping depth [20] has been exceeded due to object field [" + path + "]");
    const DynamicSetting dynamic = setting_of(path, inherited);
    if (dynamic == DynamicSetting::kDisabled) return {};
    const std::size_t length = path.size();
    for (const auto& [key, member] : value.members()) {
      if (key.empty() || key.find_first_not_of(". ") == std::string_view::npos)
        return make_error(ErrorCode::kInvalidArgument, "field name cannot be an empty string");
      if (length > 0) path.push_back('.');
      path.append(key);
      STELE_RETURN_IF_ERROR(member_at(path, length, member, dynamic, depth));
      path.resize(length);
    }
    return {};
  }

  DefinitionChange take() { return std::move(change_); }

 private:
  DynamicSetting setting_of(std::string_view path, DynamicSetting inherited) const {
    const auto found = definition_.objects.find(path);
    return found == definition_.objects.end() ? inherited : found->second;
  }

  std::optional<FieldType> type_at(std::string_view path) const {
    if (const auto id = definition_.schema.find(path)) return definition_.schema.field(*id).type;
    if (const auto found = added_.find(std::string(path)); found != added_.end()) return found->second;
    return std::nullopt;
  }

  Result<void> member_at(std::string& path, std::size_t parent, json::Value value, DynamicSetting dynamic,
                         int depth) {
    const auto type = type_at(path);
    if (type && *type != FieldType::kObject) return {};
    if (value.is_array() && !(looks_like_vector(value) && !type))
      return array_at(path, parent, value, dynamic, depth);
    if (value.is_null()) return {};
    if (type && !value.is_object()) return {};
    if (!type) {
      dynamic = setting_of(path, dynamic);
      if (dynamic == DynamicSetting::kDisabled) return {};
      if (dynamic == DynamicSetting::kFalse && !value.is_object()) return {};
      if (dynamic == DynamicSetting::kStrict) return refuse(path, parent);
      if (dynamic == DynamicSetting::kTrue) {
        STELE_RETURN_IF_ERROR(parents_of(path, parent));
        STELE_RETURN_IF_ERROR(add(path, value));
      }
    }
    return value.is_object() ? object(path, value, dynamic, depth + 1) : Result<void>();
  }

  // The first element that is not null says what it is; objects add the members of each.
  Result<void> array_at(std::string& path, std::size_t parent, json::Value array, DynamicSetting dynamic,
                        int depth) {
    const json::Value first = first_value(array);
    if (first.is_null()) return {};
    if (!first.is_object()) return member_at(path, parent, first, dynamic, depth);
    for (const json::Value element : array.elements()) {
      if (element.is_object() || element.is_array())
        STELE_RETURN_IF_ERROR(member_at(path, parent, element, dynamic, depth));
    }
    return {};
  }

  // "a.b" as a key: a is an object.
  Result<void> parents_of(std::string_view path, std::size_t parent) {
    const std::size_t from = parent == 0 ? 0 : parent + 1;
    for (std::size_t dot = path.find('.', from); dot != std::string_view::npos; dot = path.find('.', dot + 1))
      if (!type_at(path.substr(0, dot)))
        STELE_RETURN_IF_ERROR(push({.path = std::string(path.substr(0, dot)), .type = FieldType::kObject}));
    return {};
  }

  Result<void> refuse(std::string_view path, std::size_t parent) const {
    const std::string_view within = parent == 0 ? "_doc" : path.substr(0, parent);
    const std::string_view name = parent == 0 ? path : path.substr(parent + 1);
    return make_error(ErrorCode::kInvalidArgument, "mapping set to strict, dynamic introduction of [" +
                                                       std::string(name) + "] within [" +
                                                       std::string(within) + "] is not allowed")
        .with("type", "strict_dynamic_mapping_exception")
        .with("field", std::string(path));
  }

  Result<void> push(FieldDefinition field) {
    if (definition_.schema.size() + change_.fields.size() >= options_.fields_max)
      return make_error(ErrorCode::kTooLarge, "Limit of total fields [" +
                                                  std::to_string(options_.fields_max) +
                                                  "] has been exceeded while adding new fields [1]")
          .with("field", field.path);
    added_.emplace(field.path, field.type);
    change_.fields.push_back(std::move(field));
    return {};
  }

  Result<void> add(const std::string& path, json::Value value) {
    switch (value.kind()) {
      case json::Kind::kBool:
        return push({.path = path, .type = FieldType::kBoolean});
      case json::Kind::kInt64:
      case json::Kind::kUInt64:
        return push({.path = path, .type = FieldType::kLong});
      case json::Kind::kBigNumber:
      case json::Kind::kDouble:
        return push({.path = path, .type = FieldType::kFloat});
      case json::Kind::kObject:
        return push({.path = path, .type = FieldType::kObject});
      case json::Kind::kString:
        return add_string(path, value.string());
      case json::Kind::kArray:
        return push({.path = path,
                     .type = FieldType::kDenseVector,
                     .dimension = static_cast<std::uint32_t>(value.size()),
                     .similarity = engine::Similarity::kCosine});
      case json::Kind::kNull:
        return {};
    }
    return {};
  }

  Result<void> add_string(const std::string& path, std::string_view text) {
    if (options_.numeric_detection && is_integer_text(text))
      return push({.path = path, .type = FieldType::kLong});
    if (options_.numeric_detection && is_number_text(text))
      return push({.path = path, .type = FieldType::kFloat});
    if (options_.date_detection)
      if (const auto format = date_format_of(text)) {
        if (!format->empty()) change_.readings[path].format = std::string(*format);
        return push({.path = path, .type = FieldType::kDate});
      }
    STELE_RETURN_IF_ERROR(push({.path = path, .type = FieldType::kText}));
    return push(
        {.path = path + ".keyword", .type = FieldType::kKeyword, .ignore_above = 256, .values_of = path});
  }

  const CollectionDefinition& definition_;
  const DynamicMappingOptions& options_;
  DefinitionChange change_;
  std::unordered_map<std::string, FieldType> added_;
};

}  // namespace

Result<DefinitionChange> dynamic_mapping(const CollectionDefinition& definition, json::Value document,
                                         const DynamicMappingOptions& options) {
  if (!document.is_object())
    return make_error(ErrorCode::kInvalidArgument,
                      "a document is an object, not " + std::string(json::describe(document.kind())));
  Mapping mapping(definition, options);
  std::string path;
  STELE_RETURN_IF_ERROR(mapping.object(path, document, DynamicSetting::kTrue, 0));
  return mapping.take();
}

}  // namespace stele::views
