#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/schema.h"
#include "protocols/qdrant/query/sparse_vector.h"

namespace stele::qdrant {

// How do several examples make a score? As Qdrant's segments do: similarities grow with nearness, so
// distances count negatively (Euclid's as its square). Vectors are dense or sparse, all of one kind. Source:
// Qdrant's lib/segment/src/vector_storage/query.
float similarity(engine::Similarity distance, const std::vector<float>& left,
                 const std::vector<float>& right);
// Without a common index: 0.
float similarity(engine::Similarity distance, const SparseVector& left, const SparseVector& right);

// The positive mean, moved away from the negative one.
std::vector<float> average_vector(const std::vector<std::vector<float>>& positive,
                                  const std::vector<std::vector<float>>& negative);
SparseVector average_vector(const std::vector<SparseVector>& positive,
                            const std::vector<SparseVector>& negative);

inline float fast_sigmoid(float x) {
  return x / (1 + std::fabs(x));
}

inline float scaled_fast_sigmoid(float x) {
  return 0.5F * (fast_sigmoid(x) + 1);
}

template <class Vector>
float best_score(engine::Similarity distance, const std::vector<Vector>& positive,
                 const std::vector<Vector>& negative, const Vector& vector) {
  const auto best_of = [&](const std::vector<Vector>& examples) {
    float best = -std::numeric_limits<float>::infinity();
    for (const Vector& example : examples) best = std::max(best, similarity(distance, example, vector));
    return best;
  };
  const float wanted = best_of(positive);
  const float unwanted = best_of(negative);
  return wanted > unwanted ? scaled_fast_sigmoid(wanted) : -scaled_fast_sigmoid(unwanted);
}

template <class Vector>
float sum_scores(engine::Similarity distance, const std::vector<Vector>& positive,
                 const std::vector<Vector>& negative, const Vector& vector) {
  float sum = 0;
  for (const Vector& example : positive) sum += similarity(distance, example, vector);
  for (const Vector& example : negative) sum -= similarity(distance, example, vector);
  return sum;
}

// Pairs are one positive and one negative of the same place.
template <class Vector>
float discover_score(engine::Similarity distance, const Vector& target, const std::vector<Vector>& positive,
                     const std::vector<Vector>& negative, const Vector& vector) {
  float rank = 0;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const float near = similarity(distance, positive[i], vector);
    const float far = similarity(distance, negative[i], vector);
    rank += near > far ? 1.0F : near < far ? -1.0F : 0.0F;
  }
  return rank + scaled_fast_sigmoid(similarity(distance, target, vector));
}

template <class Vector>
float context_score(engine::Similarity distance, const std::vector<Vector>& positive,
                    const std::vector<Vector>& negative, const Vector& vector) {
  float sum = 0;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const float difference = similarity(distance, positive[i], vector) -
                             similarity(distance, negative[i], vector) -
                             std::numeric_limits<float>::epsilon();
    sum += fast_sigmoid(std::min(difference, 0.0F));
  }
  return sum;
}

}  // namespace stele::qdrant
