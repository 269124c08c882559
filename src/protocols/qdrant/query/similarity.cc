#include "protocols/qdrant/query/similarity.h"

#include <map>

namespace stele::qdrant {
namespace {

using engine::Similarity;

// Scores are differences of such sums: a float's rounding of each step would show in them.
double dot(const std::vector<float>& left, const std::vector<float>& right) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    sum += static_cast<double>(left[i]) * static_cast<double>(right[i]);
  return sum;
}

std::vector<float> mean_of(const std::vector<std::vector<float>>& vectors) {
  std::vector<float> mean(vectors.empty() ? 0 : vectors[0].size());
  for (const std::vector<float>& vector : vectors)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += vector[i];
  for (float& element : mean) element /= static_cast<float>(vectors.size());
  return mean;
}

}  // namespace

float similarity(Similarity distance, const std::vector<float>& left, const std::vector<float>& right) {
  double sum = 0;
  switch (distance) {
    case Similarity::kDot:
      sum = dot(left, right);
      break;
    case Similarity::kCosine: {
      const double lengths = std::sqrt(dot(left, left) * dot(right, right));
      sum = lengths > 0 ? dot(left, right) / lengths : 0;
      break;
    }
    case Similarity::kEuclid:
      for (std::size_t i = 0; i < left.size(); ++i) {
        const double difference = static_cast<double>(left[i]) - static_cast<double>(right[i]);
        sum -= difference * difference;
      }
      break;
    case Similarity::kManhattan:
      for (std::size_t i = 0; i < left.size(); ++i)
        sum -= std::fabs(static_cast<double>(left[i]) - static_cast<double>(right[i]));
      break;
  }
  return static_cast<float>(sum);
}

float similarity(Similarity, const SparseVector& left, const SparseVector& right) {
  return left.dot(right).value_or(0);
}

std::vector<float> average_vector(const std::vector<std::vector<float>>& positive,
                                  const std::vector<std::vector<float>>& negative) {
  std::vector<float> wanted = mean_of(positive);
  if (negative.empty()) return wanted;
  const std::vector<float> unwanted = mean_of(negative);
  for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = 2 * wanted[i] - unwanted[i];
  return wanted;
}

SparseVector average_vector(const std::vector<SparseVector>& positive,
                            const std::vector<SparseVector>& negative) {
  std::map<std::uint32_t, float> sums;
  const auto add = [&sums](const std::vector<SparseVector>& vectors, float weight) {
    for (const SparseVector& vector : vectors)
      for (std::size_t i = 0; i < vector.indices.size(); ++i)
        sums[vector.indices[i]] += weight * vector.values[i] / static_cast<float>(vectors.size());
  };
  add(positive, negative.empty() ? 1.0F : 2.0F);
  add(negative, -1.0F);
  SparseVector average;
  for (const auto& [index, value] : sums) {
    average.indices.push_back(index);
    average.values.push_back(value);
  }
  return average;
}

}  // namespace stele::qdrant
