#pragma once

#include "base/result.h"
#include "engine/doc_key.h"
#include "postgres/types/type_catalog.h"
#include "views/definition.h"
#include "views/publish_options.h"
#include "views/table_shape.h"

namespace stele::views {

// Which fields does a published table have? Text becomes text with a .keyword of at most 256 code points,
// numbers, booleans, dates and UUIDs their own kind, enums keywords, arrays what their elements are, real[]
// and double precision[] vectors (their dimension from the options), json objects by path (dynamic). Columns
// that have no field say why in ColumnMapping::left_out. Pure; any thread. kInvalidArgument when options name
// a column that is not there or contradict its type.
Result<CollectionDefinition> infer_definition(const TableShape& shape, const PublishOptions& options,
                                              const postgres::TypeCatalog& types);

// How the primary key makes ids: whole numbers, UUIDs and text are their own kind, all else is its text.
Result<engine::KeyLayout> infer_key_layout(const TableShape& shape, const postgres::TypeCatalog& types);

}  // namespace stele::views
