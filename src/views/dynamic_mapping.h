#pragma once

#include <cstddef>

#include "base/result.h"
#include "json/document.h"
#include "views/definition.h"

namespace stele::views {

struct DynamicMappingOptions {
  bool date_detection = true;
  bool numeric_detection = false;
  std::size_t fields_max = 1000;  // index.mapping.total_fields.limit
};

// Which fields would Elasticsearch's dynamic mapping add for `document`? Strings become text with a .keyword
// of at most 256 code points, or dates; numbers long or float; objects their members by path; arrays are what
// their first element that is not null is; nulls add nothing. Empty when all are there. Pure; any thread.
// kInvalidArgument with detail "type" = "strict_dynamic_mapping_exception" and "field" where an object is
// strict; kTooLarge beyond fields_max; kInvalidArgument for an empty field name.
// Source: Elasticsearch's DocumentParser and RootObjectMapper (7.10).
Result<DefinitionChange> dynamic_mapping(const CollectionDefinition& definition, json::Value document,
                                         const DynamicMappingOptions& options = {});

}  // namespace stele::views
