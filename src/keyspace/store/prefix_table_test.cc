#include "keyspace/store/prefix_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace stele::keyspace::store {
namespace {

struct Number {
  std::uint64_t hash;
};
struct NumberHash {
  std::uint64_t operator()(const Number& number) const { return number.hash; }
};
using Table = PrefixTable<Number, NumberHash>;

// A table and what should be in it; items live in the map.
class PrefixTableTest : public testing::TestWithParam<unsigned> {
 protected:
  PrefixTableTest() : table_(NumberHash{}, GetParam()) {}

  std::uint64_t draw() { return kShared | (random_() >> GetParam()); }
  void insert(std::uint64_t hash) {
    const auto [at, is_new] = model_.emplace(hash, Number{hash});
    if (is_new) table_.insert(hash, &at->second, static_cast<std::uint8_t>(hash));
  }
  void erase(std::uint64_t hash) {
    Table::Place place;
    const Number* const found = find(hash, &place);
    ASSERT_EQ(found != nullptr, model_.contains(hash));
    if (found == nullptr) return;
    table_.erase(hash, place);
    model_.erase(hash);
  }
  const Number* find(std::uint64_t hash, Table::Place* place) const {
    return table_.find(hash, [&](const Number& number) { return number.hash == hash; }, place);
  }
  // All from a hash on, in pages of that many.
  std::vector<std::uint64_t> walk(std::uint64_t from, std::size_t page) const {
    std::vector<std::uint64_t> seen;
    std::size_t wanted = page;
    while (true) {
      from = table_.walk(
          from, [&](const Number& number) { seen.push_back(number.hash); },
          [&] { return seen.size() >= wanted; });
      if (from == 0) return seen;
      EXPECT_EQ(from & 0xffff, 0u);
      wanted = seen.size() + page;
    }
  }
  void expect_whole() const {
    ASSERT_EQ(table_.size(), model_.size());
    const std::vector<std::uint64_t> seen = walk(kShared, 7);
    ASSERT_EQ(seen.size(), model_.size());
    std::size_t i = 0;
    // In order, but for those that no tag tells apart.
    for (const auto& [hash, number] : model_) EXPECT_EQ(seen[i++] >> 48, hash >> 48);
    for (const auto& [hash, number] : model_) {
      Table::Place place;
      ASSERT_EQ(find(hash, &place), &number);
      EXPECT_EQ(place.segment->marks()[place.at], static_cast<std::uint8_t>(hash));
    }
  }

  const std::uint64_t kShared = GetParam() == 0 ? 0 : std::uint64_t{0xb} << (64 - GetParam());
  std::mt19937_64 random_{11};
  std::map<std::uint64_t, Number> model_;
  Table table_;
};

TEST_P(PrefixTableTest, GrowsAndShrinksAndKeepsAllInOrder) {
  for (const std::size_t size : {10, 1000, 20000}) {
    while (model_.size() < size) insert(draw());
    expect_whole();
  }
  // Comes and goes at one size, then goes.
  for (int i = 0; i < 20000; ++i) {
    insert(draw());
    const auto at = model_.lower_bound(draw());
    erase(at == model_.end() ? model_.begin()->first : at->first);
  }
  expect_whole();
  const std::size_t memory = table_.memory_bytes();
  while (model_.size() > 100) erase(std::next(model_.begin(), static_cast<int>(random_() % 100))->first);
  expect_whole();
  EXPECT_LT(table_.memory_bytes(), memory / 8);
  while (!model_.empty()) erase(model_.begin()->first);
  EXPECT_EQ(table_.memory_bytes(), 0u);
}

TEST_P(PrefixTableTest, EqualHashesStandBesideOneAnother) {
  const std::uint64_t hash = draw();
  std::vector<Number> equal(10, Number{hash});
  for (Number& number : equal) table_.insert(hash, &number, 0);
  while (model_.size() < 3000) insert(draw());
  std::size_t found = 0;
  Table::Place place;
  table_.find(
      hash,
      [&](const Number& number) {
        found += number.hash == hash ? 1 : 0;
        return false;
      },
      &place);
  EXPECT_EQ(found, equal.size());
}

TEST_P(PrefixTableTest, AWalkFromACursorSeesWhatIsBehindIt) {
  while (model_.size() < 5000) insert(draw());
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t from = draw() & ~std::uint64_t{0xffff};
    const auto expected = static_cast<std::size_t>(std::distance(model_.lower_bound(from), model_.end()));
    EXPECT_EQ(walk(from, 100).size(), expected);
  }
}

TEST_P(PrefixTableTest, TheNthAndSegmentsAndSlices) {
  while (model_.size() < 5000) insert(draw());
  const std::vector<std::uint64_t> seen = walk(kShared, 5000);
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{1234}, seen.size() - 1}) {
    EXPECT_EQ(table_.nth(n)->hash, seen[n]);
  }
  std::size_t count = 0;
  std::size_t segments = 0;
  for (std::uint64_t at = kShared;;) {
    at = table_.walk_segments(at, [&](Segment& segment) {
      count += segment.count();
      return ++segments % 3 != 0;
    });
    if (at == 0) break;
  }
  EXPECT_EQ(count, table_.size());
  EXPECT_EQ(segments, table_.segments());
  std::size_t taken = 0;
  while (const std::size_t some = table_.take_some(100, [](Number*) {})) taken += some;
  EXPECT_EQ(taken, seen.size());
}

INSTANTIATE_TEST_SUITE_P(SharedBits, PrefixTableTest, testing::Values(0U, 5U));

}  // namespace
}  // namespace stele::keyspace::store
