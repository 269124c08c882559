#include "protocols/qdrant/point/selectors.h"

#include <algorithm>

namespace stele::qdrant {
namespace {

Outcome<std::vector<JsonPath>> read_paths(json::Value value) {
  std::vector<JsonPath> paths;
  if (!value.is_array())
    return format_error("data did not match any variant of untagged enum WithPayloadInterface");
  for (const json::Value element : value.elements()) {
    auto path = element.is_string() ? JsonPath::parse(element.string()) : std::nullopt;
    if (!path) return format_error("Invalid json path: " + std::string(element.raw().substr(0, 200)));
    paths.push_back(*std::move(path));
  }
  return paths;
}

Outcome<> read_payload(json::Value value, Selectors& selectors) {
  if (value.is_bool()) {
    selectors.payload = value.boolean();
    return {};
  }
  selectors.payload = true;
  if (value.is_array()) {
    STELE_TRY(selectors.include, read_paths(value));
    return {};
  }
  if (const auto include = value.find("include")) {
    STELE_TRY(selectors.include, read_paths(*include));
    return {};
  }
  if (const auto exclude = value.find("exclude")) {
    STELE_TRY(selectors.exclude, read_paths(*exclude));
    return {};
  }
  return format_error("data did not match any variant of untagged enum WithPayloadInterface");
}

Outcome<> read_vector(json::Value value, Selectors& selectors) {
  if (value.is_bool()) {
    selectors.vectors = value.boolean();
    return {};
  }
  if (!value.is_array()) return format_error("data did not match any variant of untagged enum WithVector");
  std::vector<std::string>& names = selectors.vector_names.emplace();
  selectors.vectors = true;
  for (const json::Value element : value.elements()) {
    if (!element.is_string())
      return format_error("data did not match any variant of untagged enum WithVector");
    names.emplace_back(element.string());
  }
  return {};
}

void write_payload(json::Writer& writer, const Collection& collection, const engine::Document& document,
                   const Selectors& selectors) {
  const bool whole = !selectors.include && !selectors.exclude;
  if (whole && collection.is_own()) {
    writer.raw(document.source);
    return;
  }
  const auto parsed = json::Document::parse_borrowed(document.source);
  if (!parsed) {
    writer.raw("{}");
    return;
  }
  std::string storage;
  const json::Value payload = payload_of(collection, parsed->root(), storage);
  if (whole) {
    writer.raw(payload.is_null() ? std::string_view(storage) : payload.raw());
    return;
  }
  const auto again =
      json::Document::parse_borrowed(payload.is_null() ? std::string_view(storage) : payload.raw());
  if (!again) return (void)writer.raw("{}");
  const PayloadTree tree = PayloadTree::from(again->root());
  (selectors.include ? tree.including(*selectors.include) : tree.excluding(*selectors.exclude)).write(writer);
}

}  // namespace

Outcome<Selectors> Selectors::read(json::Value request, bool payload_by_default) {
  Selectors selectors;
  selectors.payload = payload_by_default;
  if (const auto payload = request.find("with_payload"); payload && !payload->is_null())
    STELE_RETURN_IF_ERROR(read_payload(*payload, selectors));
  for (const std::string_view name : {"with_vector", "with_vectors"})
    if (const auto vector = request.find(name); vector && !vector->is_null())
      STELE_RETURN_IF_ERROR(read_vector(*vector, selectors));
  return selectors;
}

Outcome<Selectors> Selectors::read(const Collection& collection, json::Value request,
                                   bool payload_by_default) {
  Outcome<Selectors> selectors = read(request, payload_by_default);
  if (selectors && selectors->vector_names)
    for (const std::string& name : *selectors->vector_names)
      if (collection.vector(name) == nullptr) return wrong_input("Not existing vector name error: " + name);
  return selectors;
}

json::Value payload_of(const Collection& collection, json::Value source, std::string& storage) {
  if (collection.is_own() || collection.vectors.empty() || !source.is_object()) return source;
  json::Writer writer(storage, json::NumberForm::kPlain);
  writer.begin_object();
  for (const auto& [key, member] : source.members())
    if (std::ranges::find(collection.vectors, key, &VectorParams::path) == collection.vectors.end())
      writer.key(key).raw(member.raw());
  writer.end_object();
  return {};
}

const std::vector<float>* find_vector(const engine::Document& document, const VectorParams& vector) {
  const auto found = std::ranges::find(document.vectors, vector.field, &engine::VectorValue::field);
  return found == document.vectors.end() ? nullptr : &found->elements;
}

std::string_view sparse_json(const engine::Document& document, const VectorParams& vector) {
  const auto found = std::ranges::find(document.fields, vector.field, &engine::FieldValues::field);
  if (found == document.fields.end() || found->values.empty()) return {};
  const std::string* text = found->values[0].string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

bool has_vector(const engine::Document& document, const VectorParams& vector) {
  return vector.sparse ? !sparse_json(document, vector).empty() : find_vector(document, vector) != nullptr;
}

void write_vector(json::Writer& writer, const std::vector<float>& elements) {
  writer.begin_array();
  for (const float element : elements) writer.number(element);
  writer.end_array();
}

void write_point_parts(json::Writer& writer, const Collection& collection, const engine::Document& document,
                       const Selectors& selectors) {
  if (selectors.payload) {
    writer.key("payload");
    write_payload(writer, collection, document, selectors);
  }
  if (!selectors.vectors) return;
  const auto wanted = [&selectors](const VectorParams& vector) {
    return !selectors.vector_names ||
           std::ranges::find(*selectors.vector_names, vector.name) != selectors.vector_names->end();
  };
  std::vector<const VectorParams*> there;
  for (const VectorParams& vector : collection.vectors)
    if (wanted(vector) && has_vector(document, vector)) there.push_back(&vector);
  writer.key("vector");
  // The one without a name stands by itself.
  if (there.size() == 1 && there[0]->name.empty()) {
    write_vector(writer, *find_vector(document, *there[0]));
    return;
  }
  writer.begin_object();
  for (const VectorParams* vector : there) {
    writer.key(vector->name);
    if (vector->sparse) {
      writer.raw(sparse_json(document, *vector));
    } else {
      write_vector(writer, *find_vector(document, *vector));
    }
  }
  writer.end_object();
}

}  // namespace stele::qdrant
