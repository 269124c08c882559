#include "engine/vectors/distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace stele::engine {
namespace {

TEST(Distance, EveryDimensionAsThePlainSum) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> element(-1, 1);
  for (std::size_t dimension = 1; dimension < 300; ++dimension) {
    // On the heap, of exactly that size: a read beyond the end is found.
    std::vector<float> left(dimension);
    std::vector<float> right(dimension);
    double dot = 0;
    double squared = 0;
    double manhattan = 0;
    for (std::size_t i = 0; i < dimension; ++i) {
      left[i] = element(random);
      right[i] = element(random);
      const double difference = static_cast<double>(left[i]) - static_cast<double>(right[i]);
      dot += static_cast<double>(left[i]) * static_cast<double>(right[i]);
      squared += difference * difference;
      manhattan += std::fabs(difference);
    }
    EXPECT_NEAR(dot_product(left.data(), right.data(), dimension), dot, 1e-4);
    EXPECT_NEAR(squared_distance(left.data(), right.data(), dimension), squared, 1e-4 * (1 + squared));
    EXPECT_NEAR(manhattan_distance(left.data(), right.data(), dimension), manhattan, 1e-4 * (1 + manhattan));
  }
  EXPECT_EQ(dot_product(nullptr, nullptr, 0), 0);
  EXPECT_NE(std::string(vector_instructions()), "");
}

}  // namespace
}  // namespace stele::engine
