#pragma once

#include <cstdint>
#include <span>

#include "engine/columns/column.h"

namespace stele::engine {

// Ordered numbers (see to_ordered), both included; low above high: none.
struct OrderedInterval {
  std::uint64_t low;
  std::uint64_t high;
};

// Marks in `words`, a bit a document, the documents with a value in one of the intervals or, with `outside`,
// with one in none of them. Cost: a pass over the column, about 1 ns a value.
void mark_documents(const ColumnReader& column, std::span<const OrderedInterval> intervals, bool outside,
                    std::span<std::uint64_t> words);

// Those of the i-th 64 documents with a value in the interval, among `candidates`.
std::uint64_t documents_inside(const ColumnReader& column, std::size_t i, const OrderedInterval& interval,
                               std::uint64_t candidates);

}  // namespace stele::engine
