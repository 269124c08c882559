#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/reference/executor.h"
#include "engine/reference/function_score.h"
#include "engine/reference/vector_search.h"

namespace stele::engine::reference {
namespace {

constexpr std::string_view kSourceNames[] = {"text",
                                             "vector",
                                             "[sparse] search",
                                             "[maxsim] search",
                                             "recommend",
                                             "[discover] search",
                                             "[context] search",
                                             "order_by",
                                             "sample"};

MatcherPtr all_of(std::vector<MatcherPtr> filters) {
  if (filters.empty()) return nullptr;
  if (filters.size() == 1) return filters[0];
  BoolClauses clauses;
  clauses.filter = std::move(filters);
  return match_bool(std::move(clauses));
}

}  // namespace

Result<RankedList> Executor::retrieve(const Retrieve& step, Context context) {
  RankedList all;
  for (std::size_t target = 0; target < views_.size(); ++target) {
    STELE_TRY(RankedList list, retrieve_target(step, target, context));
    if (step.score_threshold && list.scored)
      std::erase_if(list.entries,
                    [&](const Entry& entry) { return !list.at_least(entry.score, *step.score_threshold); });
    if (step.k) list.keep_best(*step.k);
    if (target == 0) {
      all = std::move(list);
      continue;
    }
    all.entries.insert(all.entries.end(), list.entries.begin(), list.entries.end());
    // The entries of one target after those of another: in order only where order is by place.
    all.sorted = all.sorted && list.sorted && !all.scored;
  }
  return all;
}

Result<std::vector<MatcherPtr>> Executor::filters(const Retrieve& step, std::size_t target) {
  std::vector<MatcherPtr> matchers;
  for (const QueryPtr& filter :
       {step.filter, request_.targets[target].alias_filter, request_.targets[target].access_filter}) {
    if (!filter) continue;
    // The access filter sees all fields: it is not the asker's.
    if (filter == request_.targets[target].access_filter) {
      const Compiler::FieldMask no_mask;
      Compiler compiler(*views_[target], no_mask, budget_);
      STELE_TRY(MatcherPtr matcher, compiler.compile_filter(*filter));
      matchers.push_back(std::move(matcher));
      continue;
    }
    STELE_TRY(MatcherPtr matcher, compilers_[target].compile_filter(*filter));
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

Result<RankedList> Executor::retrieve_target(const Retrieve& step, std::size_t target, Context context) {
  STELE_TRY(std::vector<MatcherPtr> matchers, filters(step, target));
  const MatcherPtr filter = all_of(std::move(matchers));
  if (const auto* source = std::get_if<TextSearch>(&step.source))
    return search_text(*source, target, filter, context);
  if (const auto* source = std::get_if<OrderBy>(&step.source)) return order_by(*source, target, filter);
  if (const auto* source = std::get_if<Sample>(&step.source)) return sample(*source, target, filter);
  if (const auto* source = std::get_if<Recommend>(&step.source))
    return recommend(*source, step, target, filter);
  if (const auto* source = std::get_if<Nearest>(&step.source)) {
    if (!source->like)
      return search_vector(step, source->field, source->vector, source->form, target, filter, {});
    STELE_TRY(std::vector<float> vector, vector_of(*source->like, source->field, step.lookup_from, target));
    return search_vector(step, source->field, std::move(vector), source->form, target, filter,
                         {*source->like});
  }
  return unsupported(kSourceNames[step.source.index()]);
}

// Adds what is visible; scores times the target's boost.
void Executor::append(RankedList& list, std::size_t target, std::size_t segment, Matches matches) {
  const Segment& here = *views_[target]->segments()[segment];
  const Lsn lsn = views_[target]->lsn();
  const bool all_visible = here.all_visible(lsn);
  const float boost = request_.targets[target].boost;
  list.entries.reserve(list.entries.size() + matches.documents.size());
  for (std::size_t i = 0; i < matches.documents.size(); ++i) {
    const DocOrdinal document = matches.documents[i];
    if (!all_visible && !here.is_visible(document, lsn)) continue;
    const float score = matches.scores.empty() ? 0.0F : matches.scores[i] * boost;
    list.entries.push_back(
        {static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(segment), document, score});
  }
}

void Executor::append(RankedList& list, std::size_t target, std::size_t segment, DocumentBits matches) {
  matches.keep(DocumentBits::visible(*views_[target]->segments()[segment], views_[target]->lsn()));
  list.entries.reserve(list.entries.size() + matches.count());
  matches.each([&](DocOrdinal document) {
    list.entries.push_back(
        {static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(segment), document, 0});
  });
}

Result<RankedList> Executor::search_text(const TextSearch& source, std::size_t target,
                                         const MatcherPtr& filter, Context context) {
  STELE_TRY(MatcherPtr matcher, compilers_[target].compile(*source.query, context));
  if (filter) {
    BoolClauses clauses;
    clauses.must = {std::move(matcher)};
    clauses.filter = {filter};
    matcher = match_bool(std::move(clauses));
  }
  RankedList list;
  list.scored = context == Context::kScore;
  list.sorted = !list.scored;
  const SegmentList& segments = views_[target]->segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    STELE_RETURN_IF_ERROR(budget_.check());
    if (ways_ == Ways::kFast && !list.scored)
      append(list, target, i, matcher->filter(*segments[i]));
    else
      append(list, target, i, matcher->match(*segments[i], context));
  }
  return list;
}

Result<RankedList> Executor::search_vector(const Retrieve& step, const std::string& field,
                                           std::vector<float> vector, ScoreForm form, std::size_t target,
                                           const MatcherPtr& filter, const std::vector<DocKey>& without) {
  RankedList list;
  list.scored = true;
  list.sorted = false;
  const auto id = compilers_[target].find(field);
  if (!id) return make_error(ErrorCode::kInvalidArgument, fmt::format("vector search: no field [{}]", field));
  STELE_TRY(const VectorScorer scorer,
            VectorScorer::create(views_[target]->schema().field(*id), std::move(vector), form));
  list.direction = scorer.direction();
  VectorEffort effort{
      .effort = step.ef, .exact = step.exact || ways_ == Ways::kPlain, .indexed_only = step.indexed_only};
  // Those left out below may be among the best.
  if (step.k) effort.count = *step.k + without.size();
  const SegmentList& segments = views_[target]->segments();
  for (std::size_t i = 0; i < segments.size(); ++i) {
    STELE_RETURN_IF_ERROR(budget_.check());
    append(list, target, i,
           nearest_of_segment(*views_[target], *segments[i], *id, scorer, filter.get(), effort));
  }
  if (!without.empty())
    std::erase_if(list.entries, [&](const Entry& entry) {
      const DocKey key = segment_of(entry).key(entry.document);
      return std::find(without.begin(), without.end(), key) != without.end();
    });
  return list;
}

Result<const ReferenceView*> Executor::lookup_view(const std::string& lookup_from, std::size_t target) const {
  if (lookup_from.empty()) return views_[target];
  for (std::size_t i = 0; i < snapshot_.size(); ++i)
    if (snapshot_.view(i).name() == lookup_from)
      return dynamic_cast<const ReferenceView*>(&snapshot_.view(i));
  return make_error(ErrorCode::kNotFound, fmt::format("lookup_from: no collection [{}]", lookup_from));
}

// What the asker may not see cannot be an example either. (Of another collection than a target's, its head
// has asked.)
Result<std::vector<float>> Executor::vector_of(const DocKey& key, const std::string& field,
                                               const std::string& lookup_from, std::size_t target) {
  STELE_TRY(const ReferenceView* view, lookup_view(lookup_from, target));
  std::optional<FieldId> id = view->schema().find(field);
  bool visible = true;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (views_[i] != view) continue;
    id = compilers_[i].find(field);
    STELE_TRY(std::vector<MatcherPtr> matchers, filters({}, i));
    STELE_TRY(const RankedList found,
              search_text({make_query(Ids{{key}})}, i, all_of(std::move(matchers)), Context::kFilter));
    visible = visible && !found.entries.empty();
  }
  if (const DocumentPtr document = view->get(key); document && visible && id)
    for (const VectorValue& vector : document->vectors)
      if (vector.field == *id) return vector.elements;
  return make_error(ErrorCode::kNotFound, fmt::format("No point with id {} found", key.to_string()));
}

Result<RankedList> Executor::recommend(const Recommend& source, const Retrieve& step, std::size_t target,
                                       const MatcherPtr& filter) {
  if (source.strategy != Recommend::Strategy::kAverageVector) return unsupported("[recommend] strategy");
  const auto mean = [&](const Examples& examples) -> Result<std::vector<float>> {
    std::vector<std::vector<float>> vectors = examples.vectors;
    for (const DocKey& key : examples.keys) {
      STELE_TRY(std::vector<float> vector, vector_of(key, source.field, step.lookup_from, target));
      vectors.push_back(std::move(vector));
    }
    std::vector<float> sum;
    for (const std::vector<float>& vector : vectors) {
      if (sum.empty()) sum.resize(vector.size());
      if (sum.size() != vector.size())
        return make_error(ErrorCode::kInvalidArgument, "recommend: examples of different dimensions");
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += vector[i] / static_cast<float>(vectors.size());
    }
    return sum;
  };
  STELE_TRY(std::vector<float> wanted, mean(source.positive));
  STELE_TRY(const std::vector<float> unwanted, mean(source.negative));
  if (wanted.empty())
    return make_error(ErrorCode::kInvalidArgument, "recommend: at least one positive example");
  if (!unwanted.empty() && unwanted.size() != wanted.size())
    return make_error(ErrorCode::kInvalidArgument, "recommend: examples of different dimensions");
  // Qdrant: as far from the negative mean as that is from the positive one.
  for (std::size_t i = 0; i < unwanted.size(); ++i) wanted[i] = 2 * wanted[i] - unwanted[i];
  std::vector<DocKey> without = source.positive.keys;
  without.insert(without.end(), source.negative.keys.begin(), source.negative.keys.end());
  return search_vector(step, source.field, std::move(wanted), ScoreForm::kRaw, target, filter, without);
}

Result<RankedList> Executor::order_by(const OrderBy& source, std::size_t target, const MatcherPtr& filter) {
  SortKey key{.field = source.field, .direction = source.direction};
  const auto id = compilers_[target].find(source.field);
  const bool numeric = id && (is_integer_type(views_[target]->schema().field(*id).type) ||
                              is_real_type(views_[target]->schema().field(*id).type));
  if (!numeric)
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("order_by: [{}] is no number or date", source.field));
  Range range{.field = source.field};
  if (source.start_from)
    (source.direction == Direction::kAscending ? range.gte : range.lte) = source.start_from;
  STELE_TRY(RankedList list, search_text({make_query(range)}, target, filter, Context::kFilter));
  const SortMode mode = source.direction == Direction::kAscending ? SortMode::kMin : SortMode::kMax;
  std::vector<std::pair<Value, Entry>> rows;
  SortScratch scratch;
  for (Entry& entry : list.entries) {
    const SortCell cell = read_cell(segment_of(entry), *id, entry.document, mode, scratch);
    const Value value = cell.kind == SortCell::Kind::kInteger ? Value(cell.integer) : Value(cell.real);
    entry.score = static_cast<float>(cell.kind == SortCell::Kind::kInteger ? static_cast<double>(cell.integer)
                                                                           : cell.real);
    rows.emplace_back(value, entry);
  }
  std::sort(rows.begin(), rows.end(), [&](const auto& left, const auto& right) {
    const int order = compare_values(left.first, right.first);
    if (order != 0) return source.direction == Direction::kAscending ? order < 0 : order > 0;
    return left.second.place() < right.second.place();
  });
  for (std::size_t i = 0; i < rows.size(); ++i) list.entries[i] = rows[i].second;
  list.scored = true;
  list.direction = source.direction;
  list.sorted = true;
  return list;
}

Result<RankedList> Executor::sample(const Sample& source, std::size_t target, const MatcherPtr& filter) {
  STELE_TRY(RankedList list, search_text({make_query(MatchAll{})}, target, filter, Context::kFilter));
  for (Entry& entry : list.entries)
    entry.score = static_cast<float>(random_score(source.seed, segment_of(entry).key(entry.document)));
  list.scored = true;
  list.sorted = false;
  return list;
}

}  // namespace stele::engine::reference
