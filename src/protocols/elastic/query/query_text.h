#pragma once

#include <string>

#include "engine/query/query.h"

namespace stele::elastic {

// A query tree on one line, for tests and logs: bool(must[all] filter[term(status "open")])^2#name. Dates in
// ranges are told in ISO form.
std::string query_text(const engine::Query& query);

}  // namespace stele::elastic
