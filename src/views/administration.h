#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "views/catalog.h"
#include "views/definition.h"

namespace stele::views {

// A collection to be made.
struct NewCollection {
  std::string name;
  CollectionKind kind = CollectionKind::kElastic;
  CollectionDefinition definition;
};

// A row of stele.object to be written. An empty definition deletes it.
struct ObjectChange {
  CatalogObject object;
  std::optional<std::string> former;  // must be what is stored; empty: nothing is stored. None: whatever is
};

// Changes that all hold or none.
struct CatalogChange {
  std::vector<std::string> dropped;  // collections, as drop_collection() does it
  std::optional<NewCollection> created;
  std::map<std::string, DefinitionChange> widened;  // by collection, as add_fields() does it
  std::vector<ObjectChange> objects;

  bool empty() const { return dropped.empty() && !created && widened.empty() && objects.empty(); }
};

// Creating and changing what is served: tables, publication and catalog rows in one transaction, then the
// catalog of this node. Every call returns when this node's catalog shows the change (or the deadline has
// passed). Threads: any; hops to the views' reactor and back.
class Administration {
 public:
  virtual ~Administration() = default;

  // CREATE TABLE + publication + catalog row. kAlreadyExists, and then the catalog shows who was faster;
  // kInvalidArgument for a name that is none.
  virtual net::Task<Result<std::shared_ptr<const CollectionEntry>>> create_collection(
      access::Principal principal, std::string name, CollectionKind kind, CollectionDefinition definition,
      TimePoint deadline) = 0;
  // Drops an elastic or qdrant table; a published table is unpublished and kept. kNotFound.
  virtual net::Task<Result<void>> drop_collection(access::Principal principal, std::string name,
                                                  TimePoint deadline) = 0;
  // Adds the fields that are not there yet, under the row lock of the definition; kConflict (details "field",
  // "from", "to") when one is there with another type, and then the catalog shows that. Parts of the heads
  // are merged under the same lock.
  virtual net::Task<Result<std::shared_ptr<const CollectionEntry>>> add_fields(access::Principal principal,
                                                                               std::string name,
                                                                               DefinitionChange change,
                                                                               TimePoint deadline) = 0;
  // stele.publish and stele.unpublish as the command line and the heads call them.
  virtual net::Task<Result<std::shared_ptr<const CollectionEntry>>> publish(access::Principal principal,
                                                                            TableName table,
                                                                            std::string options_json,
                                                                            TimePoint deadline) = 0;
  // All of it in one transaction, with the errors of the calls above; kConflict with detail "stale" when an
  // object is not as its `former` says. Where somebody else was faster (kConflict, kAlreadyExists,
  // kNotFound), the catalog shows what he did.
  virtual net::Task<Result<void>> change_catalog(access::Principal principal, CatalogChange change,
                                                 TimePoint deadline) = 0;
  // Aliases, templates, pipelines: rows of stele.object. An empty definition deletes.
  virtual net::Task<Result<void>> put_objects(access::Principal principal, std::vector<CatalogObject> objects,
                                              TimePoint deadline) = 0;
};

}  // namespace stele::views
