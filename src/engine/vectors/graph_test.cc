#include "engine/vectors/graph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace stele::engine {
namespace {

// Vectors around some centres, as embeddings lie.
class Clusters {
 public:
  Clusters(std::size_t count, std::uint32_t dimension) : dimension_(dimension), random_(11) {
    for (int i = 0; i < 40; ++i) centres_.push_back(noise(1.0F));
    documents_.resize(count);
    std::iota(documents_.begin(), documents_.end(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<float> vector = next();
      elements_.insert(elements_.end(), vector.begin(), vector.end());
      lengths_.push_back(std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F)));
    }
  }
  std::vector<float> next() {
    std::vector<float> vector = centres_[random_() % centres_.size()];
    const std::vector<float> more = noise(0.6F);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += more[i];
    return vector;
  }
  VectorRows rows() const { return {dimension_, documents_, elements_, lengths_}; }

 private:
  std::vector<float> noise(float width) {
    std::normal_distribution<float> normal(0, width);
    std::vector<float> vector(dimension_);
    for (float& element : vector) element = normal(random_);
    return vector;
  }

  std::uint32_t dimension_;
  std::mt19937 random_;
  std::vector<std::vector<float>> centres_;
  std::vector<DocOrdinal> documents_;
  std::vector<float> elements_;
  std::vector<float> lengths_;
};

// The share of the true nearest that the graph finds, over some queries.
double recall(const Graph& graph, const VectorMetric& metric, Clusters& clusters,
              std::span<const std::uint64_t> allowed, std::size_t effort) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (int i = 0; i < 40; ++i) {
    const std::vector<float> query = clusters.next();
    const auto right = nearest_by_scan(metric, query.data(), 10, allowed);
    const auto got = graph.search(metric, query.data(), 10, effort, allowed);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
    wanted += right.size();
    for (const Neighbour& neighbour : got) {
      EXPECT_TRUE(allowed.empty() || (allowed[neighbour.row / 64] >> (neighbour.row % 64) & 1U) != 0);
      for (const Neighbour& other : right) found += other.row == neighbour.row ? 1 : 0;
    }
  }
  return static_cast<double>(found) / static_cast<double>(wanted);
}

class GraphOf : public testing::TestWithParam<Similarity> {};
INSTANTIATE_TEST_SUITE_P(All, GraphOf,
                         testing::Values(Similarity::kCosine, Similarity::kDot, Similarity::kEuclid,
                                         Similarity::kManhattan),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

TEST_P(GraphOf, FindsTheNearest) {
  Clusters clusters(1500, 24);
  const VectorMetric metric(GetParam(), clusters.rows());
  const std::string section = Graph::build(metric);
  const auto graph = Graph::open(section);
  ASSERT_TRUE(graph.has_value());
  EXPECT_EQ(graph->size(), 1500U);
  EXPECT_GT(recall(*graph, metric, clusters, {}, 100), 0.95);
  // One in four, and one in thirty.
  std::mt19937 random(5);
  for (const unsigned one_in : {4U, 30U}) {
    std::vector<std::uint64_t> allowed((1500 + 63) / 64);
    for (std::uint32_t i = 0; i < 1500; ++i)
      if (random() % one_in == 0) allowed[i / 64] |= std::uint64_t{1} << (i % 64);
    EXPECT_GT(recall(*graph, metric, clusters, allowed, 100), 0.9) << one_in;
  }
}

TEST(Graph, FewRowsAndNone) {
  for (const std::size_t count : {0U, 1U, 2U, 40U}) {
    Clusters clusters(count, 8);
    const VectorMetric metric(Similarity::kEuclid, clusters.rows());
    const std::string section = Graph::build(metric);
    const auto graph = Graph::open(section);
    ASSERT_TRUE(graph.has_value());
    const std::vector<float> query = clusters.next();
    const auto right = nearest_by_scan(metric, query.data(), 5);
    const auto found = graph->search(metric, query.data(), 5, 50);
    ASSERT_EQ(found.size(), std::min<std::size_t>(count, 5));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].row, right[i].row);
  }
}

TEST(Graph, EqualRowsStayReachable) {
  const std::vector<DocOrdinal> documents(300);
  const std::vector<float> elements(300 * 4, 1.0F);
  const std::vector<float> lengths(300, 2.0F);
  const VectorMetric metric(Similarity::kCosine, {4, documents, elements, lengths});
  const std::string section = Graph::build(metric);
  const auto graph = Graph::open(section);
  ASSERT_TRUE(graph.has_value());
  EXPECT_EQ(graph->search(metric, elements.data(), 20, 100).size(), 20U);
}

TEST(Graph, CutSectionsAreRefused) {
  Clusters clusters(50, 8);
  const VectorMetric metric(Similarity::kEuclid, clusters.rows());
  const std::string section = Graph::build(metric);
  for (std::size_t size = 0; size < section.size() / 2; size += 5)
    EXPECT_FALSE(Graph::open(std::string_view(section).substr(0, size)).has_value()) << size;
}

}  // namespace
}  // namespace stele::engine
