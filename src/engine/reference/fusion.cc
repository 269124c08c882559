#include "engine/reference/fusion.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace stele::engine::reference {
namespace {

constexpr double kEpsilon = 1e-6;

std::vector<double> scores_of(const RankedList& list) {
  const double sign = list.direction == Direction::kDescending ? 1 : -1;
  std::vector<double> scores;
  scores.reserve(list.entries.size());
  for (const Entry& entry : list.entries) scores.push_back(sign * static_cast<double>(entry.score));
  return scores;
}

// To [0, 1] between the mean less and plus three standard deviations (of the sample).
void normalize_by_distribution(std::vector<double>& scores) {
  const auto count = static_cast<double>(scores.size());
  double mean = 0;
  for (const double score : scores) mean += score / count;
  double squares = 0;
  for (const double score : scores) squares += (score - mean) * (score - mean);
  const double deviation = scores.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
  for (double& score : scores) score = deviation > 0 ? (score - mean + 3 * deviation) / (6 * deviation) : 0.5;
}

void normalize_linear(Fuse::Normalizer normalizer, std::vector<double>& scores) {
  if (normalizer == Fuse::Normalizer::kNone || scores.empty()) return;
  if (normalizer == Fuse::Normalizer::kL2) {
    double squares = 0;
    for (const double score : scores) squares += score * score;
    const double length = std::sqrt(squares);
    if (length < kEpsilon) return;
    for (double& score : scores) score /= length;
    return;
  }
  const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
  const double least = *low;
  const double reach = *high - least;
  for (double& score : scores) score = reach < kEpsilon ? 1 : (score - least) / reach;
}

double reciprocal_rank(const Fuse& fuse, std::size_t index, double weight) {
  const double rank = static_cast<double>(index) + 1;
  const auto constant = static_cast<double>(fuse.rank_constant);
  if (fuse.rank_weight == Fuse::RankWeight::kScaleScore) return weight / (constant + rank);
  return weight > 0 ? 1 / (constant + rank / weight) : 0;
}

std::vector<double> contributions(const Fuse& fuse, const RankedList& list, double weight) {
  std::vector<double> scores = scores_of(list);
  switch (fuse.method) {
    case Fuse::Method::kSum:
      break;
    case Fuse::Method::kRrf:
      for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = reciprocal_rank(fuse, i, weight);
      return scores;
    case Fuse::Method::kDbsf:
      normalize_by_distribution(scores);
      break;
    case Fuse::Method::kLinear:
      normalize_linear(fuse.normalizer, scores);
      break;
  }
  for (double& score : scores) score *= weight;
  return scores;
}

}  // namespace

RankedList fuse_lists(const Fuse& fuse, const std::vector<RankedList>& lists) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, DocOrdinal>, double> sums;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const double weight = i < fuse.weights.size() ? static_cast<double>(fuse.weights[i]) : 1;
    const std::vector<double> scores = contributions(fuse, lists[i], weight);
    for (std::size_t j = 0; j < scores.size(); ++j) sums[lists[i].entries[j].place()] += scores[j];
  }
  RankedList fused;
  fused.scored = true;
  fused.sorted = false;
  for (const auto& [place, score] : sums) {
    const auto& [target, segment, document] = place;
    const auto rounded = static_cast<float>(score);
    if (fuse.score_threshold && rounded < *fuse.score_threshold) continue;
    fused.entries.push_back({target, segment, document, rounded});
  }
  return fused;
}

}  // namespace stele::engine::reference
