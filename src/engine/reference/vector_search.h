#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/query/stage.h"
#include "engine/reference/matcher.h"
#include "engine/reference/reference_collection.h"

namespace stele::engine::reference {

// How good is a vector for a query vector? Similarity of the field, score in the form asked for. Immutable.
class VectorScorer {
 public:
  // kInvalidArgument: another dimension than the field's, an element that is not finite, a form that does not
  // fit the similarity, a field that holds no vectors.
  static Result<VectorScorer> create(const FieldDefinition& field, std::vector<float> query, ScoreForm form);

  float score(std::span<const float> vector, float length) const;
  Direction direction() const { return direction_; }
  bool better(float left, float right) const {
    return direction_ == Direction::kDescending ? left > right : left < right;
  }

 private:
  VectorScorer(Similarity similarity, std::vector<float> query, ScoreForm form);

  Similarity similarity_;
  ScoreForm form_;
  Direction direction_;
  std::vector<float> query_;
  float query_length_;
};

// All visible documents of a segment that have the vector and pass the filter (null: all), scored. Exact.
Matches nearest_of_segment(const ReferenceView& view, const Segment& segment, FieldId field,
                           const VectorScorer& scorer, const Matcher* filter);

// The k best of the view, by segment, scores times `boost`.
std::unordered_map<const Segment*, Matches> nearest_of_view(const ReferenceView& view, FieldId field,
                                                            const VectorScorer& scorer, const Matcher* filter,
                                                            std::size_t k, float boost);

}  // namespace stele::engine::reference
