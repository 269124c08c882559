#include "keyspace/store/sorted_view.h"

#include <algorithm>

namespace stele::keyspace::store {

namespace {

std::string_view name_of(const ScoredItem& item) {
  return item.name();
}

std::string_view name_of(const ScoredRef& member) {
  return member.member;
}

}  // namespace

SortedView::SortedView(const Entry& entry) {
  if (entry.is_outside()) {
    table_ = entry.outside<ScoredTable>();
    order_ = &table_->order();
    return;
  }
  for_each_scored(entry, [&](const ScoredRef& member) { flat_.push_back(member); });
}

std::optional<std::size_t> SortedView::rank_of(std::string_view member) const {
  if (order_ != nullptr) {
    const ScoredItem* const item = table_->find(member);
    return item == nullptr ? std::nullopt : std::optional(order_->rank_of(*item));
  }
  const auto at = std::ranges::find(flat_, member, &ScoredRef::member);
  if (at == flat_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - flat_.begin());
}

Ranks SortedView::ranks_of(const RankRange& range, bool is_reversed) const {
  const auto size = static_cast<std::int64_t>(this->size());
  const std::int64_t first = std::max<std::int64_t>(range.first < 0 ? range.first + size : range.first, 0);
  const std::int64_t last = std::min(range.last < 0 ? range.last + size : range.last, size - 1);
  if (first > last) return {};
  const auto begin = static_cast<std::size_t>(is_reversed ? size - 1 - last : first);
  const auto end = static_cast<std::size_t>(is_reversed ? size - first : last + 1);
  return {begin, end};
}

Ranks SortedView::ranks_of(const ScoreRange& range) const {
  const auto& [min, max] = range;
  const std::size_t begin = count_before(
      [&](double score, const auto&) { return min.is_exclusive ? score <= min.score : score < min.score; });
  const std::size_t end = count_before(
      [&](double score, const auto&) { return max.is_exclusive ? score < max.score : score <= max.score; });
  return {begin, std::max(begin, end)};
}

Ranks SortedView::ranks_of(const LexRange& range) const {
  using Kind = LexBound::Kind;
  // Whether a member is before the bound, itself or not.
  const auto count_to = [&](const LexBound& bound, bool with_itself) {
    if (bound.kind == Kind::kLowest) return std::size_t{0};
    if (bound.kind == Kind::kHighest) return size();
    return count_before([&](double, const auto& member) {
      return with_itself ? name_of(member) <= bound.member : name_of(member) < bound.member;
    });
  };
  const std::size_t begin = count_to(range.min, range.min.kind == Kind::kExclusive);
  const std::size_t end = count_to(range.max, range.max.kind == Kind::kInclusive);
  return {begin, std::max(begin, end)};
}

Ranks SortedView::ranks_of(const SortedRange& range, bool is_reversed) const {
  if (const auto* const ranks = std::get_if<RankRange>(&range)) return ranks_of(*ranks, is_reversed);
  if (const auto* const scores = std::get_if<ScoreRange>(&range)) return ranks_of(*scores);
  return ranks_of(std::get<LexRange>(range));
}

}  // namespace stele::keyspace::store
