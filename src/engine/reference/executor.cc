#include "engine/reference/executor.h"

#include <fmt/format.h>

#include <set>

#include "base/check.h"
#include "engine/reference/aggregator.h"
#include "engine/reference/fusion.h"

namespace stele::engine::reference {
namespace {

constexpr std::size_t kTargetsMax = 1024;
constexpr int kStageDepthMax = 32;

Error invalid(std::string message) {
  return make_error(ErrorCode::kInvalidArgument, std::move(message));
}

// Names used twice, stages with too many or too few inputs, trees too deep.
Result<void> check_stage(const Stage& stage, std::set<std::string>& names, int depth) {
  if (depth > kStageDepthMax) return invalid(fmt::format("stages: nested more than {} deep", kStageDepthMax));
  if (!stage.name.empty() && !names.insert(stage.name).second)
    return invalid(fmt::format("stages: two are named [{}]", stage.name));
  const bool leaf = std::holds_alternative<Retrieve>(stage.step);
  const bool fuses = std::holds_alternative<Fuse>(stage.step);
  if (leaf ? !stage.inputs.empty() : (fuses ? stage.inputs.empty() : stage.inputs.size() != 1))
    return invalid("stages: a wrong number of inputs");
  for (const Stage& input : stage.inputs) STELE_RETURN_IF_ERROR(check_stage(input, names, depth + 1));
  return {};
}

}  // namespace

// Scores that nobody looks at need not be made.
bool Executor::needs_scores(const Select& step) {
  if (step.min_score) return true;
  // Where no hits are asked for, none is the best.
  if (step.sort.empty()) return step.limit > 0 || !step.search_after.empty();
  return std::ranges::any_of(step.sort, [](const SortKey& key) { return key.kind == SortKey::Kind::kScore; });
}

Executor::Executor(const Snapshot& snapshot, const Request& request, const Clock& clock, Ways ways)
    : snapshot_(snapshot),
      request_(request),
      budget_(clock, request.deadline, request.memory_bytes_max),
      ways_(ways) {}

Result<void> Executor::check_request() {
  if (request_.targets.size() > kTargetsMax)
    return invalid(fmt::format("request: more than {} targets", kTargetsMax));
  for (const Target& target : request_.targets) {
    if (target.collection >= snapshot_.size())
      return invalid("request: a target that is not in the snapshot");
    const auto* view = dynamic_cast<const ReferenceView*>(&snapshot_.view(target.collection));
    STELE_CHECK_MESSAGE(view != nullptr, "a view of another engine");
    views_.push_back(view);
    compilers_.emplace_back(*view, target.visible_fields, budget_, ways_ == Ways::kPlain);
  }
  std::set<std::string> names;
  STELE_RETURN_IF_ERROR(check_stage(request_.root, names, 0));
  for (const TotalsRequest& totals : request_.totals)
    if (!names.contains(totals.stage)) return invalid(fmt::format("totals: no stage [{}]", totals.stage));
  for (const Aggregation& aggregation : request_.aggregations)
    if (!aggregation.stage.empty() && !names.contains(aggregation.stage))
      return invalid(fmt::format("aggregation [{}]: no stage [{}]", aggregation.name, aggregation.stage));
  if (request_.fetch.explain) return unsupported("explain");
  if (request_.fetch.highlight) return unsupported("highlight");
  return {};
}

Result<SearchResult> Executor::run() {
  STELE_RETURN_IF_ERROR(check_request());
  const Retrieve* const retrieve = ways_ == Ways::kFast ? best_only() : nullptr;
  Selection selection;
  if (retrieve != nullptr) {
    const Select& step = std::get<Select>(request_.root.step);
    STELE_TRY(selection, needs_scores(step) ? select_best(step, *retrieve) : select_first(step, *retrieve));
  } else {
    STELE_TRY(selection, run_root());
  }
  result_.score_direction = selection.direction;
  STELE_TRY(result_.hits, fetch(selection));
  return std::move(result_);
}

Result<Executor::Selection> Executor::run_root() {
  // A root that does not select gives all it has, best first.
  const Stage& root = request_.root;
  const auto* step = std::get_if<Select>(&root.step);
  const Context context = step == nullptr || needs_scores(*step) ? Context::kScore : Context::kFilter;
  STELE_TRY(RankedList list, execute(step != nullptr ? root.inputs[0] : root, context));
  for (const Aggregation& aggregation : request_.aggregations) {
    if (!aggregation.stage.empty()) continue;
    STELE_TRY(result_.aggregations[aggregation.name],
              aggregate(aggregation, list.entries, views_, compilers_, request_.partial));
  }
  if (step == nullptr) {
    list.sort_all();
    const Select all{.limit = list.entries.size()};
    Selection selection = select_by_score(all, std::move(list), true);
    if (selection.scored && !selection.entries.empty()) result_.max_score = selection.entries[0].score;
    return selection;
  }
  STELE_TRY(list, filtered(*step, std::move(list)));
  STELE_RETURN_IF_ERROR(note(root.name, list));
  if (list.scored && !list.entries.empty())
    result_.max_score =
        std::min_element(list.entries.begin(), list.entries.end(), [&](const Entry& a, const Entry& b) {
          return list.before(a, b);
        })->score;
  return select(*step, std::move(list), request_.partial);
}

Result<RankedList> Executor::execute(const Stage& stage, Context context) {
  STELE_RETURN_IF_ERROR(budget_.check());
  auto list = execute_inputs(stage, context);
  if (!list) return list;
  budget_.charge(list->entries.capacity() * sizeof(Entry));
  STELE_RETURN_IF_ERROR(budget_.check());
  STELE_RETURN_IF_ERROR(note(stage.name, *list));
  return list;
}

Result<RankedList> Executor::execute_inputs(const Stage& stage, Context context) {
  if (const auto* step = std::get_if<Retrieve>(&stage.step)) return retrieve(*step, context);
  if (const auto* step = std::get_if<Rescore>(&stage.step)) {
    STELE_TRY(RankedList list, execute(stage.inputs[0], Context::kScore));
    return rescore(*step, std::move(list));
  }
  if (const auto* step = std::get_if<Select>(&stage.step)) {
    STELE_TRY(RankedList list, execute(stage.inputs[0], Context::kScore));
    STELE_TRY(list, filtered(*step, std::move(list)));
    STELE_TRY(Selection selection, select(*step, std::move(list), false));
    return RankedList{std::move(selection.entries), selection.direction, selection.scored, true};
  }
  const Fuse& fuse = std::get<Fuse>(stage.step);
  std::vector<RankedList> lists;
  for (const Stage& input : stage.inputs) {
    STELE_TRY(RankedList list, execute(input, Context::kScore));
    list.keep_best(fuse.window.value_or(list.entries.size()));
    lists.push_back(std::move(list));
  }
  RankedList fused = fuse_lists(fuse, lists);
  if (fuse.limit) fused.keep_best(*fuse.limit);
  return fused;
}

Result<void> Executor::note(const std::string& stage_name, const RankedList& list) {
  if (stage_name.empty()) return {};
  for (const TotalsRequest& totals : request_.totals) {
    if (totals.stage != stage_name) continue;
    const std::size_t count = list.entries.size();
    const bool beyond = totals.limit && count > *totals.limit;
    result_.totals[stage_name] = Total{beyond ? *totals.limit : count, beyond};
  }
  for (const Aggregation& aggregation : request_.aggregations) {
    if (aggregation.stage != stage_name) continue;
    STELE_TRY(result_.aggregations[aggregation.name],
              aggregate(aggregation, list.entries, views_, compilers_, request_.partial));
  }
  return {};
}

Result<std::vector<std::optional<float>>> Executor::match_entries(const Query& query,
                                                                  const std::vector<Entry>& entries,
                                                                  Context context) {
  std::vector<MatcherPtr> matchers;
  for (Compiler& compiler : compilers_) {
    STELE_TRY(MatcherPtr matcher, compiler.compile(query, context));
    matchers.push_back(std::move(matcher));
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, Matches> by_segment;
  std::vector<std::optional<float>> found(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    const auto [place, fresh] = by_segment.try_emplace({entry.target, entry.segment});
    if (fresh) place->second = matchers[entry.target]->match(segment_of(entry), context);
    const Matches& matches = place->second;
    const auto at = std::lower_bound(matches.documents.begin(), matches.documents.end(), entry.document);
    if (at == matches.documents.end() || *at != entry.document) continue;
    const auto index = static_cast<std::size_t>(at - matches.documents.begin());
    found[i] = context == Context::kScore ? matches.scores[index] : 0.0F;
  }
  STELE_RETURN_IF_ERROR(budget_.check());
  return found;
}

}  // namespace stele::engine::reference
