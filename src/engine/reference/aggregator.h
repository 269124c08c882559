#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "engine/aggregation/aggregation.h"
#include "engine/reference/compiler.h"
#include "engine/reference/ranked_list.h"

namespace stele::engine::reference {

// What do these documents add up to? Exact; `partial` keeps all buckets for merging. kInvalidArgument: a
// field without a column, an interval that is not above zero.
Result<AggregationResult> aggregate(const Aggregation& aggregation, std::span<const Entry> entries,
                                    const std::vector<const ReferenceView*>& views,
                                    std::vector<Compiler>& compilers, bool partial);

}  // namespace stele::engine::reference
