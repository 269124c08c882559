#include "engine/reference/vector_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/vectors/distance.h"
#include "engine/vectors/vector_index.h"

namespace stele::engine::reference {
namespace {

float dot(std::span<const float> left, std::span<const float> right) {
  return dot_product(left.data(), right.data(), left.size());
}

}  // namespace

Result<VectorScorer> VectorScorer::create(const FieldDefinition& field, std::vector<float> query,
                                          ScoreForm form) {
  const auto invalid = [&field](std::string reason) {
    return make_error(ErrorCode::kInvalidArgument, fmt::format("field [{}]: {}", field.path, reason));
  };
  if (field.type != FieldType::kDenseVector) return invalid("holds no vectors");
  if (query.size() != field.dimension)
    return invalid(
        fmt::format("the query vector has dimension {}, the field {}", query.size(), field.dimension));
  if (!std::all_of(query.begin(), query.end(), [](float element) { return std::isfinite(element); }))
    return invalid("the query vector has an element that is not finite");
  if (form == ScoreForm::kMaxInnerProduct && field.similarity != Similarity::kDot)
    return invalid("a maximum inner product needs similarity dot");
  return VectorScorer(field.similarity, std::move(query), form);
}

VectorScorer::VectorScorer(Similarity similarity, std::vector<float> query, ScoreForm form)
    : similarity_(similarity), form_(form), query_(std::move(query)) {
  const bool distance = similarity == Similarity::kEuclid || similarity == Similarity::kManhattan;
  direction_ = distance && form == ScoreForm::kRaw ? Direction::kAscending : Direction::kDescending;
  query_length_ = std::sqrt(dot(query_, query_));
}

float VectorScorer::score(std::span<const float> vector, float length) const {
  switch (similarity_) {
    case Similarity::kCosine: {
      const float lengths = query_length_ * length;
      const float cosine = lengths > 0 ? dot(query_, vector) / lengths : 0;
      return form_ == ScoreForm::kRaw ? cosine : (1 + cosine) / 2;
    }
    case Similarity::kDot: {
      const float product = dot(query_, vector);
      if (form_ == ScoreForm::kRaw) return product;
      if (form_ == ScoreForm::kElastic) return (1 + product) / 2;
      return product < 0 ? 1 / (1 - product) : product + 1;
    }
    case Similarity::kEuclid: {
      const float squared = squared_distance(query_.data(), vector.data(), query_.size());
      return form_ == ScoreForm::kRaw ? std::sqrt(squared) : 1 / (1 + squared);
    }
    case Similarity::kManhattan: {
      const float distance = manhattan_distance(query_.data(), vector.data(), query_.size());
      return form_ == ScoreForm::kRaw ? distance : 1 / (1 + distance);
    }
  }
  return 0;
}

namespace {

Matches all_of_segment(const ReferenceView& view, const Segment& segment, const VectorRows& column,
                       const VectorScorer& scorer, const Matcher* filter) {
  Matches matches;
  std::vector<DocOrdinal> allowed;
  if (filter != nullptr) allowed = filter->match(segment, Context::kFilter).documents;
  std::size_t next = 0;
  for (std::size_t i = 0; i < column.documents.size(); ++i) {
    const DocOrdinal document = column.documents[i];
    if (filter != nullptr) {
      while (next < allowed.size() && allowed[next] < document) ++next;
      if (next == allowed.size()) break;
      if (allowed[next] != document) continue;
    }
    if (!segment.is_visible(document, view.lsn())) continue;
    matches.documents.push_back(document);
    matches.scores.push_back(scorer.score(column.vector(i), column.lengths[i]));
  }
  return matches;
}

// The rows of visible documents that pass the filter.
std::vector<std::uint64_t> rows_of(const ReferenceView& view, const Segment& segment,
                                   const VectorRows& column, const Matcher& filter, std::size_t& count) {
  const std::vector<DocOrdinal> documents = filter.match(segment, Context::kFilter).documents;
  const bool all_visible = segment.all_visible(view.lsn());
  const bool all_have_rows = column.documents.size() == segment.size();
  std::vector<std::uint64_t> words((column.documents.size() + 63) / 64);
  auto next = column.documents.begin();
  for (const DocOrdinal document : documents) {
    if (!all_visible && !segment.is_visible(document, view.lsn())) continue;
    std::size_t row = document;
    if (!all_have_rows) {
      next = std::lower_bound(next, column.documents.end(), document);
      if (next == column.documents.end()) break;
      if (*next != document) continue;
      row = static_cast<std::size_t>(next - column.documents.begin());
    }
    words[row / 64] |= std::uint64_t{1} << (row % 64);
    ++count;
  }
  return words;
}

Matches best_by_index(const ReferenceView& view, const Segment& segment, const VectorRows& column,
                      const VectorIndex& index, const VectorScorer& scorer, const Matcher* filter,
                      const VectorEffort& effort) {
  VectorSearch search{.vector = scorer.query(), .count = *effort.count, .effort = effort.effort};
  RowSet allowed;
  std::vector<std::uint64_t> words;
  if (filter != nullptr) {
    words = rows_of(view, segment, column, *filter, allowed.count);
    allowed.words = words;
    search.allowed = &allowed;
  } else if (!segment.all_visible(view.lsn())) {
    search.hidden = segment.versions().dead_count();
    search.visible = [&](std::uint32_t row) { return segment.is_visible(column.documents[row], view.lsn()); };
  }
  std::vector<Neighbour> found = index.nearest(search);
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return left.row < right.row; });
  Matches matches;
  for (const Neighbour& neighbour : found) {
    matches.documents.push_back(column.documents[neighbour.row]);
    matches.scores.push_back(scorer.score(column.vector(neighbour.row), column.lengths[neighbour.row]));
  }
  return matches;
}

}  // namespace

Matches nearest_of_segment(const ReferenceView& view, const Segment& segment, FieldId id,
                           const VectorScorer& scorer, const Matcher* filter, const VectorEffort& effort) {
  const FieldReader* field = segment.field(id);
  if (field == nullptr) return {};
  const VectorRows column = field->vectors();
  const VectorIndex* index = field->vector_index();
  if (!effort.exact && effort.count && index != nullptr)
    return best_by_index(view, segment, column, *index, scorer, filter, effort);
  if (effort.indexed_only && index == nullptr && is_worth_index(view.schema().field(id), column)) return {};
  return all_of_segment(view, segment, column, scorer, filter);
}

std::unordered_map<const Segment*, Matches> nearest_of_view(const ReferenceView& view, FieldId field,
                                                            const VectorScorer& scorer, const Matcher* filter,
                                                            const VectorEffort& effort, float boost) {
  struct Candidate {
    float score;
    std::size_t segment;
    DocOrdinal document;
  };
  std::vector<Candidate> candidates;
  const SegmentList& segments = view.segments();
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Matches matches = nearest_of_segment(view, *segments[s], field, scorer, filter, effort);
    for (std::size_t i = 0; i < matches.documents.size(); ++i)
      candidates.push_back({matches.scores[i], s, matches.documents[i]});
  }
  const auto place = [](const Candidate& candidate) {
    return std::pair(candidate.segment, candidate.document);
  };
  const auto better = [&](const Candidate& left, const Candidate& right) {
    if (left.score != right.score) return scorer.better(left.score, right.score);
    return place(left) < place(right);
  };
  const std::size_t kept = std::min(effort.count.value_or(candidates.size()), candidates.size());
  std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(kept),
                   candidates.end(), better);
  candidates.resize(kept);
  std::sort(candidates.begin(), candidates.end(),
            [&](const Candidate& left, const Candidate& right) { return place(left) < place(right); });
  std::unordered_map<const Segment*, Matches> nearest;
  for (const Candidate& candidate : candidates) {
    Matches& matches = nearest[segments[candidate.segment].get()];
    matches.documents.push_back(candidate.document);
    matches.scores.push_back(candidate.score * boost);
  }
  return nearest;
}

}  // namespace stele::engine::reference
