#include "protocols/qdrant/collection/collection.h"

#include <fmt/format.h>

#include "engine/collection.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

// What was configured for it, as in {"text": {"modifier": "idf"}}.
bool has_idf(const views::CollectionEntry& entry, std::string_view name) {
  const auto part = entry.definition->qdrant.find("sparse_vectors");
  if (part == entry.definition->qdrant.end()) return false;
  const auto parsed = json::Document::parse_borrowed(part->second);
  const auto modifier = parsed ? parsed->root().find_path(name, "modifier") : std::nullopt;
  return modifier && modifier->is_string() && modifier->string() == "idf";
}

std::vector<VectorParams> vectors_of(const views::CollectionEntry& entry) {
  const std::shared_ptr<const engine::Schema> schema = entry.collection->schema();
  std::vector<VectorParams> vectors;
  const auto add = [&](std::string name, const std::string& path, bool sparse) {
    const auto id = schema->find(path);
    if (!id) return;
    if (sparse) {
      const bool idf = has_idf(entry, name);
      vectors.push_back({.name = std::move(name),
                         .path = path,
                         .field = *id,
                         .distance = engine::Similarity::kDot,
                         .sparse = true,
                         .idf = idf});
      return;
    }
    if (schema->field(*id).type != engine::FieldType::kDenseVector) return;
    const engine::FieldDefinition& field = schema->field(*id);
    const bool normalized =
        entry.kind == views::CollectionKind::kQdrant && field.similarity == engine::Similarity::kCosine;
    vectors.push_back({std::move(name), path, *id, field.dimension, field.similarity, normalized});
  };
  if (entry.kind == views::CollectionKind::kQdrant) {
    for (const views::PointVector& vector : entry.definition->vectors)
      add(vector.name, vector.column, vector.sparse);
  } else {
    for (const engine::FieldDefinition& field : schema->fields()) add(field.path, field.path, false);
  }
  return vectors;
}

}  // namespace

const VectorParams* Collection::vector(std::string_view vector_name) const {
  for (const VectorParams& params : vectors)
    if (params.name == vector_name) return &params;
  return nullptr;
}

Outcome<const VectorParams*> Collection::require_vector(std::string_view vector_name) const {
  if (const VectorParams* found = vector(vector_name)) return found;
  std::string available;
  for (const VectorParams& params : vectors) available += (available.empty() ? "" : ", ") + params.name;
  if (vector_name.empty())
    return wrong_input(fmt::format(
        "Collection requires specified vector name in the request, available names: {}", available));
  return wrong_input(
      fmt::format("Vector with name `{}` is not configured in this collection, available names: {}",
                  vector_name, available));
}

std::string_view Collection::part(std::string_view part_name) const {
  const auto found = entry->definition->qdrant.find(part_name);
  return found == entry->definition->qdrant.end() ? std::string_view() : std::string_view(found->second);
}

std::string alias_target(const views::CatalogState& catalog, std::string_view alias) {
  const views::CatalogObject* object = catalog.find_object(kAliasKind, alias);
  if (object == nullptr) return {};
  const auto definition = json::Document::parse_borrowed(object->definition);
  const auto target = definition ? definition->root().find("collection") : std::nullopt;
  return target && target->is_string() ? std::string(target->string()) : std::string();
}

Outcome<CollectionPtr> find_collection(const Call& call, std::string_view name) {
  const std::shared_ptr<const views::CatalogState> catalog = call.services->catalog->current();
  auto entry = catalog->find(name);
  if (!entry) {
    const std::string target = alias_target(*catalog, name);
    if (!target.empty()) entry = catalog->find(target);
  }
  if (!entry) return collection_not_found(name);
  if (!entry->collection)
    return Failure{503, fmt::format("Service unavailable: collection `{}` is {}: {}", name,
                                    views::to_string(entry->state), entry->reason)};
  auto found = std::make_shared<Collection>();
  found->entry = std::move(entry);
  found->vectors = vectors_of(*found->entry);
  return CollectionPtr(std::move(found));
}

Outcome<CollectionPtr> find_collection(const Call& call) {
  return find_collection(call, call.part("collection"));
}

}  // namespace stele::qdrant
