#include "keyspace/store/score_tree.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

namespace stele::keyspace::store {
namespace {

struct InOrder {
  bool operator()(const ScoredItem* a, const ScoredItem* b) const {
    return a->score() != b->score() ? a->score() < b->score() : a->name() < b->name();
  }
};
using Expected = std::set<ScoredItem*, InOrder>;

void expect_equal(const ScoreTree& tree, const Expected& expected) {
  ASSERT_EQ(tree.size(), expected.size());
  std::vector<const ScoredItem*> items;
  tree.visit(0, tree.size(), false, [&](const ScoredItem& item) { items.push_back(&item); });
  ASSERT_TRUE(std::equal(items.begin(), items.end(), expected.begin(), expected.end()));
  for (std::size_t rank = 0; rank < items.size(); rank += 1 + items.size() / 50) {
    EXPECT_EQ(tree.at(rank), items[rank]);
    EXPECT_EQ(tree.rank_of(*items[rank]), rank);
  }
  std::size_t left = items.size();
  if (left > 0) {
    tree.visit(left - 1, left, true, [&](const ScoredItem& item) { EXPECT_EQ(&item, items[--left]); });
  }
}

// In order, against it, and by chance; many with the same score.
TEST(ScoreTreeTest, HoldsWhatASetHolds) {
  for (const int kind : {0, 1, 2}) {
    std::mt19937 random(static_cast<unsigned>(kind));
    ScoreTree tree;
    Expected expected;
    constexpr int kItems = 6000;
    for (int i = 0; i < kItems; ++i) {
      const int at = kind == 0 ? i : (kind == 1 ? kItems - i : static_cast<int>(random() % 500));
      auto* const item = ScoredItem::make("item" + std::to_string(i), at);
      tree.insert(item);
      expected.insert(item);
      if (i % 1500 == 7) expect_equal(tree, expected);
    }
    expect_equal(tree, expected);
    for (int round = 0; !expected.empty(); ++round) {
      auto at = kind == 0 ? expected.begin() : std::prev(expected.end());
      if (kind == 2)
        at = std::next(expected.begin(),
                       static_cast<int>(random() % std::min<std::size_t>(expected.size(), 300)));
      ScoredItem* const item = *at;
      expected.erase(at);
      if (random() % 3 == 0) {
        tree.move(item, static_cast<double>(random() % 2 == 0 ? item->score() + 0.25 : random() % 5000));
        expected.insert(item);
      } else {
        tree.erase(item);
        ScoredItem::free(item);
      }
      if (round % 2500 == 0) expect_equal(tree, expected);
    }
    EXPECT_EQ(tree.size(), 0u);
    EXPECT_EQ(tree.memory_bytes(), 0u);
  }
}

TEST(ScoreTreeTest, IsFreedInSlices) {
  std::vector<ScoredItem*> items;
  ScoreTree tree;
  for (int i = 0; i < 5000; ++i) {
    items.push_back(ScoredItem::make(std::to_string(i), i));
    tree.insert(items.back());
  }
  // In order: leaves are full.
  EXPECT_LT(tree.memory_bytes(), 5000u * 20);
  int slices = 0;
  while (tree.free_some(10) > 0) ++slices;
  EXPECT_GT(slices, 5);
  EXPECT_EQ(tree.memory_bytes(), 0u);
  for (ScoredItem* const item : items) ScoredItem::free(item);
}

}  // namespace
}  // namespace stele::keyspace::store
