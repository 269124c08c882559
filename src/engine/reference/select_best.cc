#include <algorithm>
#include <limits>

#include "engine/reference/executor.h"

namespace stele::engine::reference {
namespace {

constexpr std::size_t kBestMax = 10'000;  // beyond, sorting all is no worse than a heap

}  // namespace

// The text search of which the best hits are asked for and nothing that needs all of them; else null.
const Retrieve* Executor::best_only() const {
  const auto* step = std::get_if<Select>(&request_.root.step);
  const bool plain = step != nullptr && !step->post_filter && !step->min_score && !step->collapse &&
                     step->sort.empty() && step->search_after.empty() && request_.aggregations.empty() &&
                     step->offset <= kBestMax && step->limit <= kBestMax;
  if (!plain) return nullptr;
  const auto* retrieve = std::get_if<Retrieve>(&request_.root.inputs[0].step);
  if (retrieve == nullptr || !std::holds_alternative<TextSearch>(retrieve->source)) return nullptr;
  if (retrieve->k || retrieve->score_threshold) return nullptr;
  for (const Target& target : request_.targets)
    if (!(target.boost > 0)) return nullptr;
  return retrieve;
}

Result<void> Executor::find_best(const Retrieve& retrieve, std::size_t target, TopScores& top) {
  STELE_TRY(const MatcherPtr matcher,
            compilers_[target].compile(*std::get<TextSearch>(retrieve.source).query));
  STELE_TRY(const std::vector<MatcherPtr> filters, this->filters(retrieve, target));
  const SegmentList& segments = views_[target]->segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    STELE_RETURN_IF_ERROR(budget_.check());
    DocumentBits allowed = DocumentBits::visible(*segments[i], views_[target]->lsn());
    for (const MatcherPtr& filter : filters)
      allowed.keep(filter->match(*segments[i], Context::kFilter).documents);
    top.enter(static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(i),
              request_.targets[target].boost);
    matcher->best(*segments[i], allowed, top);
  }
  return budget_.check();
}

Result<Executor::Selection> Executor::select_best(const Select& step, const Retrieve& retrieve) {
  const std::string& input_name = request_.root.inputs[0].name;
  std::size_t count_limit = 0;
  for (const TotalsRequest& totals : request_.totals)
    count_limit = std::max(count_limit, totals.limit.value_or(std::numeric_limits<std::size_t>::max()));
  // One at least, for the highest score.
  budget_.charge((step.offset + step.limit) * sizeof(TopScores::Entry));
  STELE_RETURN_IF_ERROR(budget_.check());
  TopScores top(std::max<std::size_t>(1, step.offset + step.limit), count_limit);
  for (std::size_t target = 0; target < views_.size(); ++target)
    STELE_RETURN_IF_ERROR(find_best(retrieve, target, top));
  for (const TotalsRequest& totals : request_.totals) {
    if (totals.stage.empty() || (totals.stage != request_.root.name && totals.stage != input_name)) continue;
    const bool beyond = totals.limit && top.count() > *totals.limit;
    result_.totals[totals.stage] = Total{beyond ? *totals.limit : top.count(), beyond};
  }
  Selection selection;
  selection.scored = true;
  const std::vector<TopScores::Entry> best = top.finish();
  if (!best.empty()) result_.max_score = best[0].score;
  const std::size_t end = std::min(best.size(), step.offset + step.limit);
  for (std::size_t i = request_.partial ? 0 : step.offset; i < end; ++i)
    selection.entries.push_back({best[i].target, best[i].segment, best[i].document, best[i].score});
  return selection;
}

}  // namespace stele::engine::reference
