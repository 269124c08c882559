#pragma once

#include <optional>

#include "base/result.h"
#include "postgres/replication/transaction.h"
#include "postgres/types/type_catalog.h"
#include "views/introspection.h"

namespace stele::views {

// The tables of schema stele that the stream itself carries.
enum class CatalogTable { kNone, kCollection, kObject };
CatalogTable catalog_table(const postgres::Relation& relation);

// The new row of an insert or update, the old one of a delete. kCorruption for a row that is none of ours.
Result<CollectionRow> collection_row(const postgres::Change& change);
Result<CatalogObject> object_row(const postgres::Change& change);
// The object as it was, where an update renamed it.
Result<std::optional<CatalogObject>> former_object(const postgres::Change& change);

}  // namespace stele::views
