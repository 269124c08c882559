#include "protocols/qdrant/query/similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stele::qdrant {
namespace {

using engine::Similarity;

float fast_sigmoid(float x) {
  return x / (1 + std::fabs(x));
}

float scaled_fast_sigmoid(float x) {
  return 0.5F * (fast_sigmoid(x) + 1);
}

float dot(const std::vector<float>& left, const std::vector<float>& right) {
  float sum = 0;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) sum += left[i] * right[i];
  return sum;
}

std::vector<float> mean_of(const Vectors& vectors) {
  std::vector<float> mean(vectors.empty() ? 0 : vectors[0].size());
  for (const std::vector<float>& vector : vectors)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += vector[i];
  for (float& element : mean) element /= static_cast<float>(vectors.size());
  return mean;
}

}  // namespace

float similarity(Similarity distance, const std::vector<float>& left, const std::vector<float>& right) {
  float sum = 0;
  switch (distance) {
    case Similarity::kDot:
      return dot(left, right);
    case Similarity::kCosine: {
      const float lengths = std::sqrt(dot(left, left) * dot(right, right));
      return lengths > 0 ? dot(left, right) / lengths : 0;
    }
    case Similarity::kEuclid:
      for (std::size_t i = 0; i < left.size(); ++i) sum += (left[i] - right[i]) * (left[i] - right[i]);
      return -sum;
    case Similarity::kManhattan:
      for (std::size_t i = 0; i < left.size(); ++i) sum += std::fabs(left[i] - right[i]);
      return -sum;
  }
  return 0;
}

std::vector<float> average_vector(const Vectors& positive, const Vectors& negative) {
  std::vector<float> wanted = mean_of(positive);
  if (negative.empty()) return wanted;
  const std::vector<float> unwanted = mean_of(negative);
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = 2 * wanted[i] - unwanted[i];
  return wanted;
}

float best_score(Similarity distance, const Vectors& positive, const Vectors& negative,
                 const std::vector<float>& vector) {
  const auto best_of = [&](const Vectors& examples) {
    float best = -std::numeric_limits<float>::infinity();
    for (const std::vector<float>& example : examples)
      best = std::max(best, similarity(distance, example, vector));
    return best;
  };
  const float wanted = best_of(positive);
  const float unwanted = best_of(negative);
  return wanted > unwanted ? scaled_fast_sigmoid(wanted) : -scaled_fast_sigmoid(unwanted);
}

float sum_scores(Similarity distance, const Vectors& positive, const Vectors& negative,
                 const std::vector<float>& vector) {
  float sum = 0;
  for (const std::vector<float>& example : positive) sum += similarity(distance, example, vector);
  for (const std::vector<float>& example : negative) sum -= similarity(distance, example, vector);
  return sum;
}

float discover_score(Similarity distance, const std::vector<float>& target, const Vectors& positive,
                     const Vectors& negative, const std::vector<float>& vector) {
  float rank = 0;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const float near = similarity(distance, positive[i], vector);
    const float far = similarity(distance, negative[i], vector);
    rank += near > far ? 1.0F : near < far ? -1.0F : 0.0F;
  }
  return rank + scaled_fast_sigmoid(similarity(distance, target, vector));
}

float context_score(Similarity distance, const Vectors& positive, const Vectors& negative,
                    const std::vector<float>& vector) {
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
