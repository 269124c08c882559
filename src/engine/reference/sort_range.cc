#include <cmath>
#include <limits>

#include "engine/reference/sort_rows.h"
#include "engine/segment/sealed_field.h"

namespace stele::engine::reference {
namespace {

constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();
constexpr OrderedInterval kNothing{1, 0};

// The values of a column that are equal to a cell; first above last where none is: then they stand on both
// sides of its place.
std::optional<OrderedInterval> place_of(const SealedField& field, const SortCell& cell) {
  switch (cell.kind) {
    case SortCell::Kind::kInteger:
      if (!is_integer_type(field.type())) return std::nullopt;
      return OrderedInterval{to_ordered(cell.integer), to_ordered(cell.integer)};
    case SortCell::Kind::kReal:
      if (!is_real_type(field.type()) || std::isnan(cell.real)) return std::nullopt;
      // The two zeros differ in columns.
      return OrderedInterval{to_ordered(cell.real == 0 ? -0.0 : cell.real),
                             to_ordered(cell.real == 0 ? 0.0 : cell.real)};
    case SortCell::Kind::kText: {
      if (!is_term_type(field.type()) || field.terms() == nullptr) return std::nullopt;
      const std::uint64_t rank = field.terms()->lower_bound(cell.text);
      const bool there = field.terms()->find(cell.text) != kDropped;
      // Between two ranks: the one below cannot be named where there is none.
      if (!there && rank == 0) return std::nullopt;
      return OrderedInterval{rank, there ? rank : rank - 1};
    }
    case SortCell::Kind::kMissing:
      break;
  }
  return std::nullopt;
}

// Leaves what sorts on one side of a place, or at it.
void cut(OrderedInterval& values, const OrderedInterval& place, bool below, bool with_equal) {
  if (below) {
    if (!with_equal && place.low == 0)
      values = kNothing;
    else
      values.high = std::min(values.high, with_equal ? place.high : place.low - 1);
  } else {
    if (!with_equal && place.high == kGreatest)
      values = kNothing;
    else
      values.low = std::max(values.low, with_equal ? place.low : place.high + 1);
  }
}

}  // namespace

std::optional<SortOrder::Range> SortOrder::first_key_range(const Segment& segment, std::size_t target,
                                                           const SortCell* last) const {
  const SortKey& key = keys_[0];
  const bool ascending = key.direction == Direction::kAscending;
  if (key.kind != SortKey::Kind::kField || !fields_[0][target].id) return std::nullopt;
  if (effective_mode(key) != SortMode::kMin && effective_mode(key) != SortMode::kMax) return std::nullopt;
  const auto* field = dynamic_cast<const SealedField*>(segment.field(*fields_[0][target].id));
  if (field == nullptr) return std::nullopt;
  // Further keys decide between equals.
  const bool with_equal = keys_.size() > 1;
  Range range{&field->column(), {0, kGreatest}, true};
  if (last != nullptr) {
    const int missing = compare_cells(key, fields_[0][target].missing, last[0]);
    range.missing = missing < 0 || (missing == 0 && with_equal);
    if (last[0].kind == SortCell::Kind::kMissing) {
      if (key.missing == SortKey::Missing::kFirst) range.values = kNothing;
    } else {
      const auto place = place_of(*field, last[0]);
      if (!place) return std::nullopt;
      cut(range.values, *place, ascending, with_equal);
    }
  }
  if (after_.empty() || after_[0].kind == SortCell::Kind::kMissing) return range;
  const auto place = place_of(*field, after_[0]);
  if (!place) return std::nullopt;
  cut(range.values, *place, !ascending, with_equal);
  return range;
}

}  // namespace stele::engine::reference
