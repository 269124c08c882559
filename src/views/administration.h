#pragma once

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
  // "from", "to") when one is there with another type, and then the catalog shows that. `elastic_settings` replaces the head's own part if
  // given.
  virtual net::Task<Result<std::shared_ptr<const CollectionEntry>>> add_fields(access::Principal principal,
                                                                               std::string name,
                                                                               DefinitionChange change,
                                                                               TimePoint deadline) = 0;
  // stele.publish and stele.unpublish as the command line and the heads call them.
  virtual net::Task<Result<std::shared_ptr<const CollectionEntry>>> publish(access::Principal principal,
                                                                            TableName table,
                                                                            std::string options_json,
                                                                            TimePoint deadline) = 0;
  // Aliases, templates, pipelines: rows of stele.object. An empty definition deletes.
  virtual net::Task<Result<void>> put_objects(access::Principal principal, std::vector<CatalogObject> objects,
                                              TimePoint deadline) = 0;
};

}  // namespace stele::views
