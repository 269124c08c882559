#include <fmt/format.h>

#include <algorithm>

#include "engine/reference/executor.h"
#include "engine/reference/field_index.h"
#include "engine/reference/vector_search.h"

namespace stele::engine::reference {
namespace {

float combine(const Rescore& step, float first, float second) {
  const float query = first * step.query_weight;
  const float rescore = second * step.rescore_weight;
  switch (step.mode) {
    case Rescore::Mode::kTotal:
      return query + rescore;
    case Rescore::Mode::kMultiply:
      return query * rescore;
    case Rescore::Mode::kAverage:
      return (query + rescore) / 2;
    case Rescore::Mode::kMax:
      return std::max(query, rescore);
    case Rescore::Mode::kMin:
      return std::min(query, rescore);
  }
  return query;
}

const std::vector<float>* find_vector(const Document& document, FieldId id) {
  for (const VectorValue& vector : document.vectors)
    if (vector.field == id) return &vector.elements;
  return nullptr;
}

}  // namespace

Result<RankedList> Executor::rescore(const Rescore& step, RankedList list) {
  if (step.mmr_diversity) return unsupported("[mmr] rescoring");
  if ((step.query == nullptr) == !step.nearest)
    return make_error(ErrorCode::kInvalidArgument, "rescore: by a query or by a vector");
  list.sort_all();
  const std::size_t size = std::min(step.window, list.entries.size());
  RankedList window{{list.entries.begin(), list.entries.begin() + static_cast<std::ptrdiff_t>(size)},
                    list.direction,
                    true,
                    false};
  if (step.query) {
    STELE_RETURN_IF_ERROR(rescore_by_query(step, window));
  } else {
    STELE_RETURN_IF_ERROR(rescore_by_vector(*step.nearest, window));
  }
  window.sort_all();
  window.entries.insert(window.entries.end(), list.entries.begin() + static_cast<std::ptrdiff_t>(size),
                        list.entries.end());
  return window;
}

// A document that the second query does not match keeps its first score, times its weight.
Result<void> Executor::rescore_by_query(const Rescore& step, RankedList& window) {
  STELE_TRY(const auto scores, match_entries(*step.query, window.entries, Context::kScore));
  for (std::size_t i = 0; i < window.entries.size(); ++i) {
    Entry& entry = window.entries[i];
    entry.score = scores[i] ? combine(step, entry.score, *scores[i]) : entry.score * step.query_weight;
  }
  return {};
}

// Documents without the vector go.
Result<void> Executor::rescore_by_vector(const Nearest& nearest, RankedList& window) {
  std::vector<Entry> scored;
  for (std::size_t target = 0; target < views_.size(); ++target) {
    const auto id = compilers_[target].find(nearest.field);
    if (!id)
      return make_error(ErrorCode::kInvalidArgument, fmt::format("rescore: no field [{}]", nearest.field));
    std::vector<float> query = nearest.vector;
    if (nearest.like) {
      STELE_TRY(query, vector_of(*nearest.like, nearest.field, {}, target));
    }
    STELE_TRY(const VectorScorer scorer,
              VectorScorer::create(views_[target]->schema().field(*id), std::move(query), nearest.form));
    window.direction = scorer.direction();
    for (Entry entry : window.entries) {
      if (entry.target != target) continue;
      const DocumentPtr document = segment_of(entry).document(entry.document);
      const std::vector<float>* vector = find_vector(*document, *id);
      if (vector == nullptr || (nearest.like && document->key == *nearest.like)) continue;
      VectorColumn column;
      column.add(0, *vector);
      entry.score = scorer.score(*vector, column.lengths[0]);
      scored.push_back(entry);
    }
  }
  window.entries = std::move(scored);
  return {};
}

}  // namespace stele::engine::reference
