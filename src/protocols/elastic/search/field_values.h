#pragma once

#include "engine/query/result.h"
#include "json/writer.h"
#include "protocols/elastic/query/query_parser.h"
#include "protocols/elastic/search/search_request.h"

namespace stele::elastic {

// "fields":{path:[values]} of a hit: `fields` from its source, as given there; `docvalue_fields` from the
// columns, dates in ISO form. Nothing is written where there are no values.
void write_fields(json::Writer& out, const QueryScope& scope, const SearchRequest& request,
                  const engine::Hit& hit);
void write_value(json::Writer& out, const engine::Value& value);

}  // namespace stele::elastic
