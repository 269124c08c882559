#include "engine/query/result.h"

#include <algorithm>

namespace stele::engine {
namespace {

int sign(auto left, auto right) {
  return left < right ? -1 : (right < left ? 1 : 0);
}

// As the root's sort says; the sequence is comparable within a target only, so targets come before it.
int compare_hits(const Select& select, Direction direction, const Hit& left, const Hit& right) {
  for (std::size_t i = 0; i < select.sort.size(); ++i) {
    const SortKey& key = select.sort[i];
    const Value& a = left.sort_values[i];
    const Value& b = right.sort_values[i];
    if (a.is_null() || b.is_null()) {
      const int last = sign(static_cast<int>(a.is_null()), static_cast<int>(b.is_null()));
      if (last != 0) return key.missing == SortKey::Missing::kFirst ? -last : last;
      continue;
    }
    const int order = compare_values(a, b);
    if (order != 0) return key.direction == Direction::kAscending ? order : -order;
  }
  if (select.sort.empty() && left.score && right.score && *left.score != *right.score)
    return (direction == Direction::kDescending) == (*left.score > *right.score) ? -1 : 1;
  if (left.target != right.target) return sign(left.target, right.target);
  return sign(left.sequence, right.sequence);
}

void merge_totals(SearchResult& whole, const SearchResult& part, const Request& request) {
  for (const auto& [stage, total] : part.totals) {
    Total& sum = whole.totals[stage];
    sum.value += total.value;
    sum.at_least = sum.at_least || total.at_least;
    for (const TotalsRequest& totals : request.totals) {
      if (totals.stage != stage || !totals.limit || sum.value <= *totals.limit) continue;
      sum.value = *totals.limit;
      sum.at_least = true;
    }
  }
}

void merge_max_score(SearchResult& whole, const SearchResult& part) {
  if (!part.max_score) return;
  const bool better = !whole.max_score ||
                      (part.score_direction == Direction::kDescending ? *part.max_score > *whole.max_score
                                                                      : *part.max_score < *whole.max_score);
  if (better) whole.max_score = part.max_score;
}

bool has_fusion(const Stage& stage) {
  if (std::holds_alternative<Fuse>(stage.step) || std::holds_alternative<Rescore>(stage.step)) return true;
  return std::any_of(stage.inputs.begin(), stage.inputs.end(), has_fusion);
}

}  // namespace

Result<SearchResult> merge_results(const Request& request, std::vector<SearchResult> parts) {
  const auto* select = std::get_if<Select>(&request.root.step);
  if (select == nullptr || select->collapse || has_fusion(request.root))
    return make_error(ErrorCode::kUnsupported, "merging results of collapsed, fused or rescored lists");
  SearchResult whole;
  for (SearchResult& part : parts) {
    whole.score_direction = part.score_direction;
    merge_totals(whole, part, request);
    merge_max_score(whole, part);
    std::move(part.hits.begin(), part.hits.end(), std::back_inserter(whole.hits));
    for (auto& [name, aggregation] : part.aggregations)
      merge_aggregation(whole.aggregations[name], std::move(aggregation));
  }
  std::sort(whole.hits.begin(), whole.hits.end(), [&](const Hit& left, const Hit& right) {
    return compare_hits(*select, whole.score_direction, left, right) < 0;
  });
  const std::size_t begin = std::min(select->offset, whole.hits.size());
  const std::size_t end = begin + std::min(select->limit, whole.hits.size() - begin);
  whole.hits = {std::make_move_iterator(whole.hits.begin() + static_cast<std::ptrdiff_t>(begin)),
                std::make_move_iterator(whole.hits.begin() + static_cast<std::ptrdiff_t>(end))};
  for (const Aggregation& aggregation : request.aggregations)
    if (const auto found = whole.aggregations.find(aggregation.name); found != whole.aggregations.end())
      finish_aggregation(aggregation, found->second);
  return whole;
}

}  // namespace stele::engine
