#include <algorithm>
#include <limits>

#include "engine/reference/executor.h"

namespace stele::engine::reference {
namespace {

constexpr std::size_t kBestMax = 10'000;  // beyond, sorting all is no worse than a heap

}  // namespace

// The text search of which the best hits, or the first in the order of some fields, are asked for and nothing
// that needs all of them; else null.
const Retrieve* Executor::best_only() const {
  const auto* step = std::get_if<Select>(&request_.root.step);
  const bool plain = step != nullptr && !step->post_filter && !step->min_score && !step->collapse &&
                     (step->sort.empty() ? step->search_after.empty() : !needs_scores(*step)) &&
                     request_.aggregations.empty() && step->offset <= kBestMax && step->limit <= kBestMax;
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
    for (const MatcherPtr& filter : filters) allowed.keep(filter->filter(*segments[i]));
    top.enter(static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(i),
              request_.targets[target].boost);
    matcher->best(*segments[i], allowed, top);
  }
  return budget_.check();
}

// What the root and its one input have found, which is the same here.
void Executor::note_count(std::size_t count) {
  const std::string& input_name = request_.root.inputs[0].name;
  for (const TotalsRequest& totals : request_.totals) {
    if (totals.stage.empty() || (totals.stage != request_.root.name && totals.stage != input_name)) continue;
    const bool beyond = totals.limit && count > *totals.limit;
    result_.totals[totals.stage] = Total{beyond ? *totals.limit : count, beyond};
  }
}

Result<std::size_t> Executor::find_first(const Retrieve& retrieve, std::size_t target, BestRows& rows) {
  STELE_TRY(const MatcherPtr matcher,
            compilers_[target].compile_filter(*std::get<TextSearch>(retrieve.source).query));
  STELE_TRY(const std::vector<MatcherPtr> filters, this->filters(retrieve, target));
  const SegmentList& segments = views_[target]->segments();
  std::size_t count = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    STELE_RETURN_IF_ERROR(budget_.check());
    DocumentBits matches = DocumentBits::visible(*segments[i], views_[target]->lsn());
    for (const MatcherPtr& filter : filters) matches.keep(filter->filter(*segments[i]));
    if (rows.is_for_none()) {
      count += matcher->count(*segments[i], matches);
      continue;
    }
    matches.keep(matcher->filter(*segments[i]));
    count += matches.count();
    rows.add(static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(i), matches);
  }
  STELE_RETURN_IF_ERROR(budget_.check());
  return count;
}

Result<Executor::Selection> Executor::select_first(const Select& step, const Retrieve& retrieve) {
  STELE_TRY(const SortOrder order, SortOrder::create(step, views_, compilers_));
  budget_.charge((step.offset + step.limit) * (sizeof(BestRows::Row) + order.key_count() * sizeof(SortCell)));
  STELE_RETURN_IF_ERROR(budget_.check());
  BestRows rows(order, step.offset + step.limit);
  std::size_t count = 0;
  for (std::size_t target = 0; target < views_.size(); ++target) {
    STELE_TRY(const std::size_t found, find_first(retrieve, target, rows));
    count += found;
  }
  note_count(count);
  Selection selection;
  const std::vector<BestRows::Row> first = rows.finish();
  for (std::size_t i = request_.partial ? 0 : step.offset; i < first.size(); ++i) {
    selection.entries.push_back(first[i].entry);
    selection.sort_values.push_back(order.values(first[i].entry, first[i].cells.data()));
  }
  return selection;
}

Result<Executor::Selection> Executor::select_best(const Select& step, const Retrieve& retrieve) {
  std::size_t count_limit = 0;
  for (const TotalsRequest& totals : request_.totals)
    count_limit = std::max(count_limit, totals.limit.value_or(std::numeric_limits<std::size_t>::max()));
  // One at least, for the highest score.
  budget_.charge((step.offset + step.limit) * sizeof(TopScores::Entry));
  STELE_RETURN_IF_ERROR(budget_.check());
  TopScores top(std::max<std::size_t>(1, step.offset + step.limit), count_limit);
  for (std::size_t target = 0; target < views_.size(); ++target)
    STELE_RETURN_IF_ERROR(find_best(retrieve, target, top));
  note_count(top.count());
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
