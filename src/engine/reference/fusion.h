#pragma once

#include <vector>

#include "engine/query/stage.h"
#include "engine/reference/ranked_list.h"

namespace stele::engine::reference {

// Joins lists as `fuse` says; they are sorted and cut to its window already. Scores of an ascending list
// (distances) count negated. The result is descending and not sorted.
RankedList fuse_lists(const Fuse& fuse, const std::vector<RankedList>& lists);

}  // namespace stele::engine::reference
