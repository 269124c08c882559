#pragma once

#include <functional>

#include "net/task.h"
#include "protocols/elastic/call.h"
#include "views/administration.h"
#include "views/catalog.h"

namespace stele::elastic {

// What to change in the catalog as it stands, or why Elasticsearch refuses that. Every check belongs in here:
// it is asked again when somebody else changed the catalog meanwhile.
using CatalogPlan = std::function<Outcome<views::CatalogChange>(const views::CatalogState&)>;

// Makes what `plan` says true in one transaction, so that a refused request changes nothing and of two that
// change the same alias none is lost. `plan` is called on this thread, before this returns.
net::Task<Outcome<>> change_catalog(Call* call, CatalogPlan plan);

}  // namespace stele::elastic
