#pragma once

#include <vector>

#include "engine/document.h"
#include "net/task.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/filter/filter.h"

namespace stele::qdrant {

// All points a filter holds for (null: all), as they are visible now, in no order. Runs on the worker pool.
net::Task<Outcome<std::vector<engine::DocumentPtr>>> select_points(Call* call, CollectionPtr collection,
                                                                   FilterPtr filter);

}  // namespace stele::qdrant
