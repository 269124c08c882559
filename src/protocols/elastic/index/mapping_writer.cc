#include <algorithm>
#include <map>
#include <memory>

#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/parameters.h"

namespace stele::elastic {
namespace {

// Fields as the tree that a mapping is.
struct Node {
  const engine::FieldDefinition* field = nullptr;
  std::map<std::string, std::unique_ptr<Node>, std::less<>> properties;
  std::map<std::string, const engine::FieldDefinition*, std::less<>> multi_fields;
};

Node& descend(Node& root, std::string_view path) {
  Node* node = &root;
  for (const std::string& piece : split(path, '.')) {
    std::unique_ptr<Node>& child = node->properties[piece];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  return *node;
}

Node tree_of(const views::CollectionDefinition& definition) {
  Node root;
  for (const engine::FieldDefinition& field : definition.schema.fields()) {
    if (field.values_of.empty()) {
      descend(root, field.path).field = &field;
    } else {
      const std::size_t dot = field.path.rfind('.');
      descend(root, field.values_of).multi_fields[field.path.substr(dot + 1)] = &field;
    }
  }
  return root;
}

struct Context {
  const views::CollectionDefinition& definition;
  const IndexMetadata& metadata;
};

// What the definition alone says of a field: those that dynamic mapping added, and columns of tables.
void write_derived(json::Writer& out, const Context& context, const engine::FieldDefinition& field) {
  out.member("type", type_name(context.definition, field));
  if (field.type == engine::FieldType::kText && field.analyzer != "standard")
    out.member("analyzer", text::Analysis::name_of(field.analyzer));
  if (field.ignore_above != 0) out.member("ignore_above", field.ignore_above);
  if (!field.normalizer.empty()) out.member("normalizer", field.normalizer);
  if (!field.indexed) out.member("index", false);
  if (!field.doc_values && field.type != engine::FieldType::kText) out.member("doc_values", false);
  if (field.type == engine::FieldType::kDenseVector) {
    out.member("dims", field.dimension);
    out.member("index", true);
    out.member("similarity", field.similarity == engine::Similarity::kDot      ? "dot_product"
                             : field.similarity == engine::Similarity::kEuclid ? "l2_norm"
                                                                               : "cosine");
  }
  const views::FieldReading* reading = context.definition.reading(field.path);
  if (reading != nullptr && !reading->format.empty()) out.member("format", reading->format);
}

void write_field(json::Writer& out, const Context& context, const engine::FieldDefinition& field) {
  const auto given = context.metadata.parameters.find(field.path);
  if (given == context.metadata.parameters.end()) {
    write_derived(out, context, field);
    return;
  }
  Result<json::Document> parsed = json::Document::parse_borrowed(given->second);
  if (!parsed || !parsed->root().is_object()) {
    write_derived(out, context, field);
    return;
  }
  for (const json::Member& member : parsed->root().members()) out.key(member.key).raw(member.value.raw());
}

void write_node(json::Writer& out, const Context& context, const Node& node, const std::string& path) {
  out.begin_object();
  const bool is_object = node.field == nullptr || node.field->type == engine::FieldType::kObject;
  if (!is_object) write_field(out, context, *node.field);
  const auto setting = context.definition.objects.find(path);
  if (is_object && !path.empty() && setting != context.definition.objects.end()) {
    if (setting->second == views::DynamicSetting::kDisabled) {
      out.member("enabled", false);
    } else {
      out.member("dynamic", views::to_string(setting->second));
    }
  }
  if (is_object && node.properties.empty() && !path.empty()) out.member("type", "object");
  if (!node.properties.empty()) {
    out.key("properties").begin_object();
    for (const auto& [name, child] : node.properties) {
      out.key(name);
      write_node(out, context, *child, path.empty() ? name : path + "." + name);
    }
    out.end_object();
  }
  if (!node.multi_fields.empty()) {
    out.key("fields").begin_object();
    for (const auto& [name, field] : node.multi_fields) {
      out.key(name).begin_object();
      write_field(out, context, *field);
      out.end_object();
    }
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string type_name(const views::CollectionDefinition& definition, const engine::FieldDefinition& field) {
  const views::FieldReading* reading = definition.reading(field.path);
  if (reading != nullptr && !reading->type.empty()) return reading->type;
  if (field.type == engine::FieldType::kUuid) return "keyword";
  return std::string(engine::to_string(field.type));
}

void write_mapping(json::Writer& out, const views::CollectionDefinition& definition,
                   const IndexMetadata& metadata) {
  const Context context{definition, metadata};
  const Node root = tree_of(definition);
  out.begin_object();
  for (const auto& [name, value] : metadata.root) out.key(name).raw(value);
  if (!root.properties.empty()) {
    out.key("properties").begin_object();
    for (const auto& [name, child] : root.properties) {
      out.key(name);
      write_node(out, context, *child, name);
    }
    out.end_object();
  }
  out.end_object();
}

void write_field_mapping(json::Writer& out, const views::CollectionDefinition& definition,
                         const IndexMetadata& metadata, std::string_view path) {
  const auto id = definition.schema.find(path);
  out.begin_object();
  if (id) {
    const engine::FieldDefinition& field = definition.schema.field(*id);
    const std::size_t dot = field.path.rfind('.');
    out.member("full_name", field.path);
    out.key("mapping").begin_object();
    out.key(dot == std::string::npos ? field.path : field.path.substr(dot + 1)).begin_object();
    write_field(out, {definition, metadata}, field);
    out.end_object().end_object();
  }
  out.end_object();
}

}  // namespace stele::elastic
