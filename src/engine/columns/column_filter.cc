#include "engine/columns/column_filter.h"

#include <algorithm>
#include <bit>

namespace stele::engine {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

bool is_inside(std::uint64_t value, std::span<const OrderedInterval> intervals) {
  return std::any_of(intervals.begin(), intervals.end(), [value](const OrderedInterval& interval) {
    return interval.low <= value && value <= interval.high;
  });
}

// Sixty-four values one behind the other, without a branch.
std::uint64_t full_word(const ColumnReader& column, std::size_t first, const OrderedInterval& interval) {
  const std::uint64_t width = interval.high - interval.low;
  std::uint64_t found = 0;
  for (unsigned j = 0; j < 64; ++j)
    found |= static_cast<std::uint64_t>(column.value(first + j) - interval.low <= width) << j;
  return found;
}

template <class Accept>
std::uint64_t several_values(const ColumnReader& column, std::size_t word, std::uint64_t candidates,
                             Accept accept) {
  std::uint64_t found = 0;
  for (; candidates != 0; candidates &= candidates - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(candidates));
    const auto [begin, end] = column.range(static_cast<DocOrdinal>(word * 64 + place));
    for (std::size_t i = begin; i < end; ++i) {
      if (!accept(column.value(i))) continue;
      found |= std::uint64_t{1} << place;
      break;
    }
  }
  return found;
}

}  // namespace

std::uint64_t documents_inside(const ColumnReader& column, std::size_t word, const OrderedInterval& interval,
                               std::uint64_t candidates) {
  const DocumentSet& set = column.documents();
  const std::uint64_t members = set.word(word);
  candidates &= members;
  if (candidates == 0 || interval.low > interval.high) return 0;
  if (!column.is_single())
    return several_values(column, word, candidates, [&](std::uint64_t value) {
      return interval.low <= value && value <= interval.high;
    });
  // Where few are asked about, those alone.
  if (std::popcount(candidates) < 16) {
    const std::uint64_t width = interval.high - interval.low;
    std::uint64_t found = 0;
    for (; candidates != 0; candidates &= candidates - 1) {
      const auto place = static_cast<unsigned>(std::countr_zero(candidates));
      const std::size_t rank = set.rank(static_cast<DocOrdinal>(word * 64 + place));
      if (column.value(rank) - interval.low <= width) found |= std::uint64_t{1} << place;
    }
    return found;
  }
  const auto document = static_cast<DocOrdinal>(word * 64 + static_cast<unsigned>(std::countr_zero(members)));
  std::size_t rank = set.rank(document);
  if (members == kAll && (word + 1) * 64 <= set.documents())
    return full_word(column, rank, interval) & candidates;
  const std::uint64_t width = interval.high - interval.low;
  std::uint64_t found = 0;
  for (std::uint64_t bits = members; bits != 0 && rank < column.value_count(); bits &= bits - 1, ++rank)
    found |= static_cast<std::uint64_t>(column.value(rank) - interval.low <= width)
             << static_cast<unsigned>(std::countr_zero(bits));
  return found & candidates;
}

void mark_documents(const ColumnReader& column, std::span<const OrderedInterval> intervals, bool outside,
                    std::span<std::uint64_t> words) {
  const DocumentSet& set = column.documents();
  if (set.count() == 0) return;
  for (std::size_t i = 0; i < words.size(); ++i) {
    // All that a set of all says of the last word lies partly beyond the end.
    const std::size_t left = set.documents() - i * 64;
    const std::uint64_t candidates = left >= 64 ? kAll : (std::uint64_t{1} << left) - 1;
    if (intervals.size() == 1 && !outside)
      words[i] |= documents_inside(column, i, intervals[0], candidates);
    else
      words[i] |= several_values(column, i, candidates & set.word(i),
                                 [&](std::uint64_t value) { return is_inside(value, intervals) != outside; });
  }
}

}  // namespace stele::engine
