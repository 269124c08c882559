#include "engine/vectors/graph.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "engine/vectors/vector_index.h"

namespace stele::engine {
namespace {

// Vectors around some centres, as embeddings lie.
class Clusters {
 public:
  static constexpr std::size_t kCentres = 40;

  Clusters(std::size_t count, std::uint32_t dimension) : dimension_(dimension), random_(11) {
    for (std::size_t i = 0; i < kCentres; ++i) centres_.push_back(noise(1.0F));
    documents_.resize(count);
    std::iota(documents_.begin(), documents_.end(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<float> vector = next(centre_of_.emplace_back(random_() % kCentres));
      elements_.insert(elements_.end(), vector.begin(), vector.end());
      lengths_.push_back(std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F)));
    }
  }
  std::vector<float> next() { return next(random_() % kCentres); }
  std::vector<float> next(std::size_t centre) {
    std::vector<float> vector = centres_[centre];
    const std::vector<float> more = noise(0.6F);
    for (std::size_t i = 0; i < vector.size(); ++i) vector[i] += more[i];
    return vector;
  }
  std::size_t centre_of(std::uint32_t row) const { return centre_of_[row]; }
  std::mt19937& random() { return random_; }
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
  std::vector<std::size_t> centre_of_;
  std::vector<DocOrdinal> documents_;
  std::vector<float> elements_;
  std::vector<float> lengths_;
};

// An index and what it borrows.
struct Indexed {
  Indexed(Similarity similarity, const VectorRows& rows, GraphShape shape = {})
      : metric(similarity, rows), codes(VectorCodes::build(similarity, rows)) {
    const auto opened = VectorCodes::open(codes);
    EXPECT_TRUE(opened.has_value());
    graph = Graph::build(*opened, shape);
    auto both = VectorIndex::open(rows, codes, graph);
    EXPECT_TRUE(both.has_value());
    index.emplace(*std::move(both));
  }
  VectorMetric metric;
  std::string codes;
  std::string graph;
  std::optional<VectorIndex> index;
};

// Bits for the rows that are in.
struct Allowed {
  template <class In>
  Allowed(std::size_t rows, In&& in) : words((rows + 63) / 64) {
    for (std::uint32_t i = 0; i < rows; ++i) {
      if (!in(i)) continue;
      words[i / 64] |= std::uint64_t{1} << (i % 64);
      ++set.count;
    }
    set.words = words;
  }
  std::vector<std::uint64_t> words;
  RowSet set;
};

// The share of the true nearest ten that the index finds, over some queries.
double recall(const Indexed& indexed, Clusters& clusters, const RowSet* allowed,
              std::optional<VectorWay> way = {}, std::optional<std::size_t> centre = {}) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> query = centre ? clusters.next(*centre) : clusters.next();
    const auto right = nearest_by_scan(indexed.metric, query.data(), 10, allowed);
    const auto got = indexed.index->nearest({.vector = query, .count = 10, .allowed = allowed, .way = way});
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
    EXPECT_LE(got.size(), right.size());
    wanted += right.size();
    for (const Neighbour& neighbour : got) {
      EXPECT_TRUE(allowed == nullptr || allowed->contains(neighbour.row));
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

TEST_P(GraphOf, FindsTheNearestWhateverTheFilter) {
  constexpr std::size_t kRows = 500;
  Clusters clusters(kRows, 24);
  const Indexed indexed(GetParam(), clusters.rows(), {.links = 12, .effort = 60});
  EXPECT_EQ(indexed.index->size(), kRows);
  EXPECT_GT(recall(indexed, clusters, nullptr, VectorWay::kWalk), 0.95);
  EXPECT_GT(recall(indexed, clusters, nullptr, VectorWay::kScan), 0.98);
  const Allowed near(kRows, [&](std::uint32_t row) { return clusters.centre_of(row) < 8; });
  const Allowed few(kRows, [&](std::uint32_t row) { return clusters.centre_of(row) == 3 && row % 4 == 0; });
  for (const VectorWay way : {VectorWay::kWalk, VectorWay::kWalkAllowed, VectorWay::kScan}) {
    for (const unsigned one_in : {2U, 10U, 100U}) {
      const Allowed allowed(kRows, [&](std::uint32_t) { return clusters.random()() % one_in == 0; });
      EXPECT_GT(recall(indexed, clusters, &allowed.set, way), 0.95) << one_in;
    }
    EXPECT_GT(recall(indexed, clusters, &near.set, way, 5), 0.95);   // the matches are around the query
    EXPECT_GT(recall(indexed, clusters, &near.set, way, 30), 0.95);  // or far away
    EXPECT_GT(recall(indexed, clusters, &few.set, way, 30), 0.95);
  }
}

TEST(VectorIndex, FewRowsAndNone) {
  for (const std::size_t count : {0U, 1U, 2U, 40U}) {
    Clusters clusters(count, 8);
    const Indexed indexed(Similarity::kEuclid, clusters.rows());
    const std::vector<float> query = clusters.next();
    const auto right = nearest_by_scan(indexed.metric, query.data(), 5);
    const auto found = indexed.index->nearest({.vector = query, .count = 5, .way = VectorWay::kWalk});
    ASSERT_EQ(found.size(), std::min<std::size_t>(count, 5));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].row, right[i].row);
  }
}

TEST(VectorIndex, EqualRowsStayReachable) {
  const std::vector<DocOrdinal> documents(100);
  const std::vector<float> elements(100 * 4, 1.0F);
  const std::vector<float> lengths(100, 2.0F);
  const Indexed indexed(Similarity::kCosine, {4, documents, elements, lengths});
  const std::span query(elements.data(), 4);
  EXPECT_EQ(indexed.index->nearest({.vector = query, .count = 20, .way = VectorWay::kWalk}).size(), 20U);
}

TEST(VectorIndex, WhatIsNotVisibleIsPassedOver) {
  constexpr std::size_t kRows = 500;
  Clusters clusters(kRows, 16);
  const Indexed indexed(Similarity::kEuclid, clusters.rows());
  // All around the query is hidden, and few others.
  const auto visible = [&](std::uint32_t row) { return clusters.centre_of(row) != 7 && row % 10 != 0; };
  const Allowed right(kRows, visible);
  for (const VectorWay way : {VectorWay::kWalk, VectorWay::kScan}) {
    const std::vector<float> query = clusters.next(7);
    const auto found = indexed.index->nearest(
        {.vector = query, .count = 10, .effort = 10, .hidden = kRows / 8, .visible = visible, .way = way});
    const auto wanted = nearest_by_scan(indexed.metric, query.data(), 10, &right.set);
    ASSERT_EQ(found.size(), 10U);
    std::size_t same = 0;
    for (const Neighbour& neighbour : found) {
      EXPECT_TRUE(visible(neighbour.row));
      for (const Neighbour& other : wanted) same += other.row == neighbour.row ? 1 : 0;
    }
    EXPECT_GE(same, 9U);
  }
}

TEST(VectorIndex, CutSectionsAreRefused) {
  Clusters clusters(50, 8);
  const Indexed indexed(Similarity::kEuclid, clusters.rows());
  const auto open = [&](std::string_view codes, std::string_view graph) {
    return VectorIndex::open(clusters.rows(), codes, graph).has_value();
  };
  EXPECT_TRUE(open(indexed.codes, indexed.graph));
  for (std::size_t size = 0; size < indexed.graph.size() / 2; size += 35)
    EXPECT_FALSE(open(indexed.codes, std::string_view(indexed.graph).substr(0, size))) << size;
  for (std::size_t size = 0; size < indexed.codes.size(); size += 21)
    EXPECT_FALSE(open(std::string_view(indexed.codes).substr(0, size), indexed.graph)) << size;
  EXPECT_FALSE(VectorIndex::open(Clusters(49, 8).rows(), indexed.codes, indexed.graph).has_value());
}

TEST(VectorIndex, FlippedBytesNeverLeadOutside) {
  Clusters clusters(60, 8);
  const Indexed indexed(Similarity::kDot, clusters.rows());
  const std::vector<float> query = clusters.next();
  for (std::size_t at = 0; at < indexed.graph.size(); at += 37) {
    std::string graph = indexed.graph;
    graph[at] = static_cast<char>(graph[at] ^ (at % 2 == 0 ? 0x01 : 0xFF));
    const auto index = VectorIndex::open(clusters.rows(), indexed.codes, graph);
    if (!index) continue;
    for (const Neighbour& found : index->nearest({.vector = query, .count = 5, .way = VectorWay::kWalk}))
      EXPECT_LT(found.row, 60U);
  }
}

}  // namespace
}  // namespace stele::engine
