#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/types/type_catalog.h"
#include "views/catalog.h"
#include "views/table_shape.h"

namespace stele::views {

// A row of stele.collection.
struct CollectionRow {
  std::int64_t id = 0;
  std::string name;
  std::string uuid;
  CollectionKind kind = CollectionKind::kPublished;
  std::string options;     // JSON
  std::string definition;  // JSON; empty for null
  std::uint32_t table_oid = 0;
  TableName table;
  WallTime created;

  bool operator==(const CollectionRow&) const = default;
};

// A row and the state of its table, as one snapshot shows both.
struct CollectionFacts {
  CollectionRow row;
  bool table_there = false;
  bool partitioned = false;
  std::string fingerprint;
  std::string refused;  // why the table cannot be served
};

Result<CollectionKind> parse_kind(std::string_view text);

// What PostgreSQL's catalogs say, in the transaction that the connection is in.
net::Task<Result<std::vector<CollectionFacts>>> read_collections(postgres::Connection* connection,
                                                                 TimePoint deadline);
net::Task<Result<std::vector<CatalogObject>>> read_objects(postgres::Connection* connection,
                                                           TimePoint deadline);
net::Task<Result<std::shared_ptr<const postgres::TypeCatalog>>> read_types(postgres::Connection* connection,
                                                                           TimePoint deadline);
// kNotFound when the table of `facts` is gone.
net::Task<Result<TableShape>> read_shape(postgres::Connection* connection, CollectionFacts facts,
                                         TimePoint deadline);

}  // namespace stele::views
