#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/columns/column.h"

namespace stele::engine {

// Ordered numbers (see to_ordered), both included.
struct OrderedInterval {
  std::uint64_t low;
  std::uint64_t high;
};

// Appends the documents with a value in one of the intervals or, with `outside`, with one in none of them; in
// order. Cost: a pass over the column, about 2 ns a value.
void select_documents(const ColumnReader& column, std::span<const OrderedInterval> intervals, bool outside,
                      std::vector<DocOrdinal>& documents);

}  // namespace stele::engine
