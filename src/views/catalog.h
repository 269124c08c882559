#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "views/definition.h"
#include "views/document_builder.h"

namespace stele::engine {
class Collection;
}

namespace stele::views {

// Where a collection's rows live.
enum class CollectionKind : std::uint8_t {
  kPublished,  // a user's table, by stele.publish
  kElastic,    // a table of schema elastic, by PUT /index
  kQdrant,     // a table of schema qdrant, by PUT /collections/name
};

enum class CollectionState : std::uint8_t {
  kBuilding,  // the first copy has not joined the stream yet: searches answer "building"
  kReady,
  kStale,   // an earlier generation serves while a new copy is made
  kFailed,  // not served; `reason` says why
};

std::string_view to_string(CollectionKind kind);
std::string_view to_string(CollectionState state);

struct TableName {
  std::string schema;
  std::string name;
  auto operator<=>(const TableName&) const = default;
  std::string quoted() const;  // "schema"."name" with quotes doubled
};

// One collection as of a moment. Immutable; the collection inside lives on and is read through snapshots.
struct CollectionEntry {
  std::int64_t id = 0;  // stele.collection.id
  std::string name;     // what all heads call it, up to 255 bytes
  std::string uuid;     // Elasticsearch's index uuid (22 characters, base64url)
  CollectionKind kind = CollectionKind::kPublished;
  TableName table;
  std::uint32_t table_oid = 0;
  std::shared_ptr<const CollectionDefinition> definition;
  std::shared_ptr<const DocumentBuilder> builder;  // of this definition
  std::shared_ptr<engine::Collection> collection;  // null while the first copy runs, and for kFailed
  CollectionState state = CollectionState::kBuilding;
  std::string reason;  // for kBuilding, kStale and kFailed
  WallTime created;
  std::uint64_t values_left_out = 0;  // that did not fit their field's type, since the start
};

// A row of stele.object: an alias, template, pipeline, script of any protocol; opaque here.
struct CatalogObject {
  std::string kind;  // "elastic.alias", "elastic.index_template", ...
  std::string name;
  std::string definition;  // JSON
};

// All collections and objects as of a moment. Immutable, shared by requests.
class CatalogState {
 public:
  CatalogState() = default;
  CatalogState(std::vector<std::shared_ptr<const CollectionEntry>> entries,
               std::vector<CatalogObject> objects);

  // Null when there is none.
  std::shared_ptr<const CollectionEntry> find(std::string_view name) const;
  std::shared_ptr<const CollectionEntry> find_table(std::uint32_t oid) const;
  // By its number, under whatever name and in whatever generation it is now. Linear.
  std::shared_ptr<const CollectionEntry> find_id(std::int64_t id) const;
  // Sorted by name.
  const std::vector<std::shared_ptr<const CollectionEntry>>& entries() const { return entries_; }
  const CatalogObject* find_object(std::string_view kind, std::string_view name) const;
  std::vector<const CatalogObject*> objects(std::string_view kind) const;

 private:
  std::vector<std::shared_ptr<const CollectionEntry>> entries_;
  std::vector<CatalogObject> objects_;
};

// What is served here? The applier's side replaces the state; a request takes one and keeps it. Any thread.
class Catalog {
 public:
  std::shared_ptr<const CatalogState> current() const;
  void replace(std::shared_ptr<const CatalogState> state);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogState> state_ = std::make_shared<CatalogState>();
};

}  // namespace stele::views
