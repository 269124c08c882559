#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema.h"
#include "protocols/qdrant/call.h"
#include "views/catalog.h"

namespace stele::qdrant {

// A vector of the collection's points. Qdrant's name is empty for the one without a name.
struct VectorParams {
  std::string name;
  std::string path;  // the engine's field
  engine::FieldId field;
  std::uint32_t size = 0;
  engine::Similarity distance = engine::Similarity::kCosine;
  bool normalized = false;  // stored with the length 1, as Qdrant keeps what it compares by angle
  bool sparse = false;      // no size: indices and values, compared by dot product
  bool idf = false;         // of a sparse one: rare indices of a query weigh more
};

constexpr std::string_view kAliasKind = "qdrant.alias";  // catalog objects: {"collection": name}
constexpr std::string_view kIndexPrefix = "index:";      // parts of a definition: payload indexes by path

// What is a collection's name here? One made by this API is a table of schema qdrant; a published table and
// an index are collections too: each vector field a named vector, the rest of the row the payload. A state of
// the catalog, as of one request; immutable.
struct Collection {
  std::shared_ptr<const views::CollectionEntry> entry;
  std::vector<VectorParams> vectors;

  const std::string& name() const { return entry->name; }
  bool is_own() const { return entry->kind == views::CollectionKind::kQdrant; }
  const VectorParams* vector(std::string_view vector_name) const;
  // 400 naming those that are there.
  Outcome<const VectorParams*> require_vector(std::string_view vector_name) const;
  // A part of what was configured, as JSON; empty if nothing was.
  std::string_view part(std::string_view part_name) const;
};
using CollectionPtr = std::shared_ptr<const Collection>;

// By its name or an alias. 404; 503 while it is being built.
Outcome<CollectionPtr> find_collection(const Call& call, std::string_view name);
// The path's {collection}.
Outcome<CollectionPtr> find_collection(const Call& call);

// A part of a collection's definition that must be an alias's target, or empty.
std::string alias_target(const views::CatalogState& catalog, std::string_view alias);

}  // namespace stele::qdrant
