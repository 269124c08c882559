#pragma once

#include <string>

#include "views/catalog.h"
#include "views/views.h"

namespace stele::ops {

// What `stele status` shows, as JSON: the stream's place and lag, and each collection with its state,
// documents and what was left out. `version` is Stele's own. Pure.
std::string status_json(const views::ViewsStatus& status, const views::CatalogState& catalog,
                        const std::string& version);

}  // namespace stele::ops
