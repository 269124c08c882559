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
  std::span<const float> query() const { return query_; }
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

// How far is a search for vectors to go?
struct VectorEffort {
  std::optional<std::size_t> count = {};  // of a segment: the best so many are wanted; none: all
  std::size_t effort = 0;                 // see Retrieve::ef
  bool exact = true;                      // without the segments' vector indexes
  bool indexed_only = false;
};

// The visible documents of a segment that have the vector and pass the filter (null: all), scored; at least
// the best of them, if only so many are wanted. Ascending.
Matches nearest_of_segment(const ReferenceView& view, const Segment& segment, FieldId field,
                           const VectorScorer& scorer, const Matcher* filter, const VectorEffort& effort);

// The best `effort.count` of the view, by segment, scores times `boost`.
std::unordered_map<const Segment*, Matches> nearest_of_view(const ReferenceView& view, FieldId field,
                                                            const VectorScorer& scorer, const Matcher* filter,
                                                            const VectorEffort& effort, float boost);

}  // namespace stele::engine::reference
