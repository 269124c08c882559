#pragma once

#include "engine/query/result.h"
#include "json/writer.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/query/query_parser.h"
#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {

// "fields":{path:[values]} of a hit: `fields` from its source, as given there; `docvalue_fields` from the
// columns, dates in ISO form; `stored_fields` from the source, where the mapping says "store". Nothing is
// written where there are no values. `metadata` is the hit's index'.
void write_fields(json::Writer& out, const QueryScope& scope, const IndexMetadata& metadata,
                  const SearchRequest& request, const engine::Hit& hit);
// The same of stored fields alone.
void write_stored_fields(json::Writer& out, const IndexMetadata& metadata, std::string_view source,
                         const std::vector<std::string>& patterns);
void write_value(json::Writer& out, const engine::Value& value);

}  // namespace stele::elastic
