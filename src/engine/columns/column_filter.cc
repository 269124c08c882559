#include "engine/columns/column_filter.h"

#include <algorithm>

namespace stele::engine {
namespace {

// Calls `visit(document, rank)` for the members of a set, rank from 0 on.
template <class Visit>
void each_member(const DocumentSet& set, std::size_t documents, Visit visit) {
  std::size_t rank = 0;
  for (std::size_t i = 0; i < (documents + 63) / 64; ++i) {
    std::uint64_t bits = set.word(i);
    if ((i + 1) * 64 > documents) bits &= (std::uint64_t{1} << (documents % 64)) - 1;
    for (; bits != 0; bits &= bits - 1, ++rank)
      visit(static_cast<DocOrdinal>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))), rank);
  }
}

bool is_inside(std::uint64_t value, std::span<const OrderedInterval> intervals) {
  return std::any_of(intervals.begin(), intervals.end(), [value](const OrderedInterval& interval) {
    return interval.low <= value && value <= interval.high;
  });
}

}  // namespace

void select_documents(const ColumnReader& column, std::span<const OrderedInterval> intervals, bool outside,
                      std::vector<DocOrdinal>& documents) {
  const DocumentSet& set = column.documents();
  if (set.count() == 0) return;
  if (column.is_single() && intervals.size() == 1 && !outside) {
    const OrderedInterval wanted = intervals[0];
    if (wanted.low > wanted.high) return;
    // Without a branch: written always, kept where it matches.
    const std::uint64_t width = wanted.high - wanted.low;
    std::size_t size = documents.size();
    documents.resize(size + set.count() + 1);
    each_member(set, set.documents(), [&](DocOrdinal document, std::size_t rank) {
      documents[size] = document;
      size += column.value(rank) - wanted.low <= width ? 1 : 0;
    });
    documents.resize(size);
    return;
  }
  each_member(set, set.documents(), [&](DocOrdinal document, std::size_t) {
    const auto [begin, end] = column.range(document);
    for (std::size_t i = begin; i < end; ++i) {
      if (is_inside(column.value(i), intervals) == outside) continue;
      documents.push_back(document);
      return;
    }
  });
}

}  // namespace stele::engine
