#include "views/document_builder.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "views/date_format.h"
#include "views/field_value.h"

namespace stele::views {
namespace {

using engine::FieldType;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

std::string preview(json::Value value) {
  constexpr std::size_t kPreviewBytes = 100;
  const std::string_view text = value.is_string() ? value.string() : value.raw();
  return std::string(text.substr(0, kPreviewBytes));
}

}  // namespace

void LeftOut::note(std::string_view field, std::string_view reason) {
  if (values++ == 0) example = std::string(field) + ": " + std::string(reason);
}

// A path's place in the tree of fields.
struct DocumentBuilder::Node {
  std::string path;
  std::optional<engine::FieldId> field;
  FieldType type = FieldType::kObject;
  std::uint32_t dimension = 0;
  const FieldReading* reading = nullptr;
  std::optional<DateFormat> format;
  bool disabled = false;
  std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> members;

  const Node* find(std::string_view name) const {
    const auto found = members.find(name);
    return found == members.end() ? nullptr : found->second.get();
  }

  // The member whose key is `name`, dots and all.
  Node& member(std::string_view name) {
    auto& made = members[std::string(name)];
    if (made == nullptr) made = std::make_unique<Node>();
    return *made;
  }

  Node& at(std::string_view below) {
    const std::size_t dot = below.find('.');
    const std::string_view name = below.substr(0, dot);
    auto& member = members[std::string(name)];
    if (member == nullptr) {
      member = std::make_unique<Node>();
      member->path = path.empty() ? std::string(name) : path + "." + std::string(name);
    }
    return dot == std::string_view::npos ? *member : member->at(below.substr(dot + 1));
  }

  std::string_view elastic_type() const {
    return reading != nullptr && !reading->type.empty() ? std::string_view(reading->type)
                                                        : engine::to_string(type);
  }

  Error refusal(json::Value value, std::string_view cause) const {
    const std::string type_name(elastic_type());
    return make_error(ErrorCode::kInvalidArgument,
                      "failed to parse field [" + path + "] of type [" + type_name + "]")
        .with("field", path)
        .with("type", type_name)
        .with("value", preview(value))
        .with("cause", std::string(cause));
  }

  // One walk over one document.
  struct Walk {
    BuildMode mode;
    engine::Document& document;
    LeftOut& left_out;
    std::vector<std::int32_t> places;  // of a field id in document.fields, -1 = not yet

    std::vector<engine::Value>& values(engine::FieldId id) {
      std::int32_t& place = places.at(id.value());
      if (place < 0) {
        place = static_cast<std::int32_t>(document.fields.size());
        document.fields.push_back({id, {}});
      }
      return document.fields.at(static_cast<std::size_t>(place)).values;
    }

    Result<void> misfit(const Node& node, json::Value value, std::string_view cause) {
      const bool ignored = node.reading != nullptr && node.reading->ignore_malformed;
      if (mode == BuildMode::kStrict && !ignored) return node.refusal(value, cause);
      left_out.note(node.path, cause);
      return {};
    }

    Result<void> object(const Node& node, json::Value object) {
      if (node.disabled) return {};
      for (const auto& [key, value] : object.members()) STELE_RETURN_IF_ERROR(member(node, key, value));
      return {};
    }

    Result<void> member(const Node& node, std::string_view key, json::Value value) {
      const Node* child = node.find(key);
      if (child != nullptr) return any(*child, value);
      // "a.b" as a key means b within a.
      const std::size_t dot = key.find('.');
      if (dot != std::string_view::npos) child = node.find(key.substr(0, dot));
      if (child == nullptr) left_out.unmapped = left_out.unmapped || !value.is_null();
      return child == nullptr || child->disabled ? Result<void>()
                                                 : member(*child, key.substr(dot + 1), value);
    }

    Result<void> any(const Node& node, json::Value value) {
      if (node.disabled) return {};
      if (node.type == FieldType::kDenseVector && node.field) return vector(node, value);
      if (value.is_array()) {
        for (const json::Value element : value.elements()) STELE_RETURN_IF_ERROR(any(node, element));
        return {};
      }
      if (node.type == FieldType::kObject) return object_or_misfit(node, value);
      auto read = read_field_value(node.type, node.reading,
                                   node.format ? *node.format : DateFormat::elasticsearch_default(), value);
      if (!read) return misfit(node, value, read.error().message);
      values(*node.field).push_back(std::move(*read));
      return {};
    }

    Result<void> object_or_misfit(const Node& node, json::Value value) {
      if (value.is_object()) return object(node, value);
      if (value.is_null()) return {};
      return misfit(node, value,
                    "object mapping for [" + node.path + "] tried to parse field [" + node.path +
                        "] as object, but found a concrete value");
    }

    Result<void> vector(const Node& node, json::Value value) {
      if (value.is_null()) return {};
      if (!value.is_array()) return misfit(node, value, "a vector is an array of numbers");
      if (value.size() != node.dimension)
        return misfit(node, value,
                      "The [dense_vector] field [" + node.path + "] has a different number of dimensions [" +
                          std::to_string(value.size()) + "] than defined in the mapping [" +
                          std::to_string(node.dimension) + "]");
      engine::VectorValue made{*node.field, {}};
      made.elements.reserve(value.size());
      for (const json::Value element : value.elements()) {
        const float number = element.is_number() ? static_cast<float>(element.number()) : NAN;
        if (!std::isfinite(number)) return misfit(node, value, "a vector's elements are finite numbers");
        made.elements.push_back(number);
      }
      document.vectors.push_back(std::move(made));
      return {};
    }
  };
};

DocumentBuilder::DocumentBuilder(const CollectionDefinition& definition)
    : root_(std::make_unique<Node>()), fields_(definition.schema.size()) {
  for (std::uint32_t i = 0; i < definition.schema.size(); ++i) {
    const engine::FieldId id(i);
    const engine::FieldDefinition& field = definition.schema.field(id);
    if (!field.values_of.empty()) continue;
    const bool beside =
        std::ranges::find(definition.vectors, field.path, &PointVector::column) != definition.vectors.end();
    if (beside) {
      // A member of the payload that bears a vector's name has no field.
      root_->member(field.path).disabled = true;
      continue;
    }
    Node& node = root_->at(field.path);
    node.type = field.type;
    node.dimension = field.dimension;
    node.reading = definition.reading(field.path);
    if (field.type != FieldType::kObject) node.field = id;
    if (node.reading == nullptr || node.reading->format.empty()) continue;
    auto format = DateFormat::parse(node.reading->format);
    if (format) node.format = std::move(*format);
  }
  for (const auto& [path, setting] : definition.objects)
    if (setting == DynamicSetting::kDisabled) (path.empty() ? *root_ : root_->at(path)).disabled = true;
}

DocumentBuilder::~DocumentBuilder() = default;
DocumentBuilder::DocumentBuilder(DocumentBuilder&&) noexcept = default;
DocumentBuilder& DocumentBuilder::operator=(DocumentBuilder&&) noexcept = default;

Result<void> DocumentBuilder::build(json::Value source, BuildMode mode, engine::Document& document,
                                    LeftOut& left_out) const {
  if (!source.is_object())
    return make_error(ErrorCode::kInvalidArgument,
                      "a document is an object, not " + std::string(json::describe(source.kind())));
  left_out.unmapped = false;
  Node::Walk walk{mode, document, left_out, std::vector<std::int32_t>(fields_, -1)};
  return walk.object(*root_, source);
}

}  // namespace stele::views
