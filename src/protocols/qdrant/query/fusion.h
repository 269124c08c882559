#pragma once

#include <vector>

#include "protocols/qdrant/query/query_runner.h"

namespace stele::qdrant {

// Joins lists of points into one, the best first. Source: Qdrant's reciprocal_rank_fusion.rs and
// score_fusion.rs. By rank: the sum of 1 / ((place + 1) / weight + k - 1); no weights: all 1.
std::vector<Scored> fuse_by_rank(const std::vector<std::vector<Scored>>& lists, double k,
                                 const std::vector<double>& weights);
// By score: the sum of scores that are normalised by their list's mean and three standard deviations.
std::vector<Scored> fuse_by_distribution(const std::vector<std::vector<Scored>>& lists);

}  // namespace stele::qdrant
