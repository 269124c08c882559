#include "protocols/qdrant/query/diversity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stele::qdrant {
namespace {

using engine::Similarity;
using testing::ElementsAre;
using Dense = std::vector<float>;

TEST(PickDiverse, WeighsNearnessToTheQueryAgainstNearnessToThePicked) {
  const Dense query{1, 0};
  const std::vector<Dense> candidates{{1, 0}, {0.99F, 0.01F}, {0.8F, 0.6F}};
  EXPECT_THAT(pick_diverse(Similarity::kDot, query, candidates, 0.0F, 10), ElementsAre(0, 1, 2));
  EXPECT_THAT(pick_diverse(Similarity::kDot, query, candidates, 0.8F, 10), ElementsAre(0, 2, 1));
  EXPECT_THAT(pick_diverse(Similarity::kDot, query, candidates, 0.8F, 2), ElementsAre(0, 2));
  EXPECT_THAT(pick_diverse(Similarity::kDot, query, std::vector<Dense>(), 0.5F, 2), ElementsAre());
}

TEST(PickDiverse, TakesSparseVectors) {
  const SparseVector query{{1, 2}, {1, 0.5F}};
  const std::vector<SparseVector> candidates{{{1}, {1}}, {{1, 3}, {0.9F, 1}}, {{2}, {1}}};
  EXPECT_THAT(pick_diverse(Similarity::kDot, query, candidates, 0.5F, 3), ElementsAre(0, 2, 1));
}

TEST(AverageVector, OfSparseOnesIsOverAllIndices) {
  const SparseVector average = average_vector(std::vector<SparseVector>{{{1}, {1}}, {{1, 2}, {3, 2}}},
                                              std::vector<SparseVector>{{{2, 7}, {1, 1}}});
  EXPECT_THAT(average.indices, ElementsAre(1, 2, 7));
  EXPECT_THAT(average.values, ElementsAre(4, 1, -1));
}

}  // namespace
}  // namespace stele::qdrant
