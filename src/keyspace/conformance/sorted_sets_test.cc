#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using Names = std::vector<std::string_view>;
using Members = std::vector<ScoredRef>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class SortedSetsTest : public KeyspaceTest {
 protected:
  void add(std::string_view name, const Members& members) {
    const auto added = whole()->sorted_sets().add(key(name), members, {});
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
  }
  // So many members m0, m1, … with the scores 0, 1, …
  void fill(std::string_view name, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string member = "m" + std::to_string(i * 7919 % count);
      add(name, {{member, static_cast<double>(i * 7919 % count)}});
    }
  }
};

std::vector<std::string> names_of(const Result<std::vector<ScoredRef>>& members) {
  std::vector<std::string> names;
  if (!members.has_value()) return {members.error().message};
  for (const ScoredRef& member : *members) names.emplace_back(member.member);
  return names;
}

TEST_P(SortedSetsTest, AddKeepsOrder) {
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  SortedSetAdded added = *sets.add(key("z"), Members{{"b", 2}, {"a", 2}, {"c", -1.5}, {"b", 3}}, {});
  EXPECT_EQ(added.added, 3u);
  EXPECT_EQ(added.changed, 1u);
  EXPECT_THAT(*sets.range(key("z"), RankRange{}, {}),
              ElementsAre(ScoredRef{"c", -1.5}, ScoredRef{"a", 2}, ScoredRef{"b", 3}));
  added = *sets.add(key("z"), Members{{"a", 2}, {"d", kInfinity}, {"e", -kInfinity}}, {});
  EXPECT_EQ(added.added, 2u);
  EXPECT_EQ(added.changed, 0u);
  EXPECT_THAT(names_of(sets.range(key("z"), RankRange{}, {})), ElementsAre("e", "c", "a", "b", "d"));
  EXPECT_THAT(*sets.score(key("z"), "d"), Optional(kInfinity));
  EXPECT_EQ(*sets.score(key("z"), "x"), std::nullopt);
  EXPECT_THAT(*sets.scores(key("z"), Names{"b", "x"}), ElementsAre(Optional(3.0), std::nullopt));
  EXPECT_EQ(*sets.size(key("z")), 5u);
  EXPECT_EQ(*group->keys().type(key("z")), ValueType::kSortedSet);
}

TEST_P(SortedSetsTest, Conditions) {
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 1}}, {.only_present = true})->added, 0u);
  EXPECT_FALSE(*group->keys().exists(key("z")));
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 1}}, {.only_new = true})->added, 1u);
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 2}}, {.only_new = true})->changed, 0u);
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 5}}, {.only_greater = true})->changed, 1u);
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 4}, {"b", 1}}, {.only_greater = true})->changed, 0u);
  EXPECT_EQ(sets.add(key("z"), Members{{"a", 3}}, {.only_less = true})->changed, 1u);
  EXPECT_THAT(*sets.increment(key("z"), "a", 1.5, {}), Optional(4.5));
  EXPECT_EQ(*sets.increment(key("z"), "a", 1, {.only_less = true}), std::nullopt);
  EXPECT_EQ(*sets.increment(key("z"), "a", 1, {.only_new = true}), std::nullopt);
  EXPECT_EQ(*sets.increment(key("z"), "x", 1, {.only_present = true}), std::nullopt);
  EXPECT_THAT(*sets.increment(key("z"), "x", kInfinity, {}), Optional(kInfinity));
  EXPECT_EQ(failure(sets.increment(key("z"), "x", -kInfinity, {})), not_a_score().message);
}

// Flat and large ones.
TEST_P(SortedSetsTest, RanksAndRanges) {
  for (const int count : {100, 1000}) {
    fill("z", count);
    const GroupHandle group = whole();
    SortedSets& sets = group->sorted_sets();
    const auto size = static_cast<std::size_t>(count);
    EXPECT_EQ(*sets.size(key("z")), size);
    for (int i = 0; i < count; i += 1 + count / 12) {
      const std::string member = "m" + std::to_string(i);
      EXPECT_THAT(*sets.rank(key("z"), member, false), Optional(static_cast<std::size_t>(i)));
      EXPECT_THAT(*sets.rank(key("z"), member, true), Optional(size - 1 - static_cast<std::size_t>(i)));
    }
    EXPECT_EQ(*sets.rank(key("z"), "none", false), std::nullopt);
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{10, 12}, {})), ElementsAre("m10", "m11", "m12"));
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{0, 1}, {.is_reversed = true})),
                ElementsAre("m" + std::to_string(count - 1), "m" + std::to_string(count - 2)));
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{-2, -1}, {})),
                ElementsAre("m" + std::to_string(count - 2), "m" + std::to_string(count - 1)));
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{5, 4}, {})), IsEmpty());
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{count, count + 5}, {})), IsEmpty());
    const ScoreRange some{{70, true}, {80, false}};
    EXPECT_EQ(*sets.count(key("z"), some), 10u);
    EXPECT_THAT(names_of(sets.range(key("z"), some, {.offset = 1, .limit = 2})), ElementsAre("m72", "m73"));
    EXPECT_THAT(names_of(sets.range(key("z"), some, {.is_reversed = true, .offset = 8, .limit = 9})),
                ElementsAre("m72", "m71"));
    EXPECT_THAT(names_of(sets.range(key("z"), some, {.offset = 10})), IsEmpty());
    EXPECT_EQ(*sets.count(key("z"), ScoreRange{{-kInfinity, false}, {kInfinity, false}}), size);
    EXPECT_EQ(*sets.count(key("z"), ScoreRange{{9, false}, {3, false}}), 0u);
    EXPECT_EQ(*sets.remove_range(key("z"), some), 10u);
    EXPECT_EQ(*sets.remove_range(key("z"), RankRange{0, 4}), 5u);
    EXPECT_EQ(*sets.size(key("z")), size - 15);
    EXPECT_THAT(names_of(sets.range(key("z"), RankRange{64, 66}, {})), ElementsAre("m69", "m70", "m81"));
    EXPECT_EQ(*sets.remove_range(key("z"), RankRange{0, -1}), size - 15);
    EXPECT_FALSE(*group->keys().exists(key("z")));
  }
}

TEST_P(SortedSetsTest, RangesByName) {
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  for (const int count : {26, 520}) {
    for (int i = 0; i < count; ++i) {
      const std::string name = std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i / 26);
      ASSERT_TRUE(sets.add(key("z"), Members{{name, 5}}, {}).has_value());
    }
    using Kind = LexBound::Kind;
    const LexRange some{{Kind::kInclusive, "b0"}, {Kind::kExclusive, "c"}};
    const auto of_each = static_cast<std::size_t>(count / 26);
    EXPECT_EQ(*sets.count(key("z"), some), of_each);
    EXPECT_EQ(names_of(sets.range(key("z"), some, {})).front(), "b0");
    EXPECT_EQ(*sets.count(key("z"), LexRange{{Kind::kExclusive, "b0"}, {Kind::kInclusive, "c0"}}), of_each);
    EXPECT_EQ(*sets.count(key("z"), LexRange{{Kind::kLowest}, {Kind::kHighest}}),
              static_cast<std::size_t>(count));
    EXPECT_EQ(*sets.count(key("z"), LexRange{{Kind::kHighest}, {Kind::kLowest}}), 0u);
    EXPECT_EQ(*sets.remove_range(key("z"), LexRange{{Kind::kInclusive, "d"}, {Kind::kHighest}}),
              23 * of_each);
    EXPECT_EQ(*sets.size(key("z")), 3 * of_each);
    ASSERT_TRUE(*group->keys().remove(key("z")));
  }
}

TEST_P(SortedSetsTest, PopAndRandom) {
  for (const int count : {20, 2000}) {
    fill("z", count);
    const GroupHandle group = whole();
    SortedSets& sets = group->sorted_sets();
    EXPECT_THAT(*sets.pop(key("z"), false, 2), ElementsAre(Scored{"m0", 0}, Scored{"m1", 1}));
    EXPECT_EQ(sets.pop(key("z"), true, 1)->at(0).member, "m" + std::to_string(count - 1));
    EXPECT_THAT(*sets.pop(key("z"), true, 0), IsEmpty());
    const auto some = *sets.random(key("z"), 3);
    std::set<std::string_view> different;
    for (const ScoredRef& member : some) different.insert(member.member);
    EXPECT_EQ(different.size(), 3u);
    EXPECT_EQ(sets.random(key("z"), 100000)->size(), static_cast<std::size_t>(count - 3));
    EXPECT_EQ(sets.random(key("z"), -500)->size(), 500u);
    EXPECT_EQ(sets.pop(key("z"), false, 100000)->size(), static_cast<std::size_t>(count - 3));
    EXPECT_FALSE(*group->keys().exists(key("z")));
    EXPECT_THAT(*sets.random(key("z"), 1), IsEmpty());
  }
}

TEST_P(SortedSetsTest, ScoresKeepTheirBits) {
  const std::vector<double> scores = {-kInfinity, -1e300,  -9007199254740992.0,
                                      -32769,     -129,    -128,
                                      -1,         -1e-300, 0,
                                      1e-300,     0.1,     1,
                                      127,        128,     32767,
                                      32768,      8388608, 1e15,
                                      1e17,       1.5,     kInfinity};
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::string name = "m" + std::to_string(i);
    ASSERT_TRUE(sets.add(key("z"), Members{{name, scores[i]}}, {}).has_value());
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    EXPECT_THAT(*sets.score(key("z"), "m" + std::to_string(i)), Optional(scores[i]));
  }
}

TEST_P(SortedSetsTest, Combinations) {
  add("a", {{"x", 1}, {"y", 2}, {"z", 3}});
  add("b", {{"y", 10}, {"z", kInfinity}});
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  ASSERT_TRUE(group->sets().add(key("s"), Names{"z", "w"}).has_value());
  const std::vector<KeyRef> two = {key("a"), key("b")};
  const std::vector<KeyRef> three = {key("a"), key("b"), key("s")};
  ScoreCombination asked;
  EXPECT_THAT(*sets.combine(two, asked, 0),
              ElementsAre(Scored{"x", 1}, Scored{"y", 12}, Scored{"z", kInfinity}));
  asked.weights = {1, -1, 2};
  EXPECT_THAT(*sets.combine(three, asked, 0),
              ElementsAre(Scored{"z", -kInfinity}, Scored{"y", -8}, Scored{"x", 1}, Scored{"w", 2}));
  asked.aggregate = ScoreCombination::Aggregate::kMax;
  asked.operation = SetOperation::kIntersection;
  EXPECT_THAT(*sets.combine(three, asked, 0), ElementsAre(Scored{"z", 3}));
  asked.weights = {};
  asked.aggregate = ScoreCombination::Aggregate::kMin;
  EXPECT_THAT(*sets.combine(two, asked, 0), ElementsAre(Scored{"y", 2}, Scored{"z", 3}));
  EXPECT_EQ(sets.combine(two, asked, 1)->size(), 1u);
  asked.operation = SetOperation::kDifference;
  EXPECT_THAT(*sets.combine(two, asked, 0), ElementsAre(Scored{"x", 1}));
  ASSERT_TRUE(group->strings().set(key("t"), "", {}).has_value());
  EXPECT_EQ(failure(sets.combine(std::vector<KeyRef>{key("none"), key("t")}, asked, 0)),
            wrong_type().message);

  const std::vector<Scored> result = {{"q", 1}, {"r", 2}};
  EXPECT_EQ(*sets.replace(key("t"), result, ChangeEvent::kSortedSetUnionStore), 2u);
  EXPECT_THAT(*sets.range(key("t"), RankRange{}, {}), ElementsAre(ScoredRef{"q", 1}, ScoredRef{"r", 2}));
  EXPECT_EQ(*sets.replace(key("t"), {}, ChangeEvent::kSortedSetUnionStore), 0u);
  EXPECT_FALSE(*group->keys().exists(key("t")));
}

TEST_P(SortedSetsTest, ScanSeesAll) {
  fill("z", 500);
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  do {
    const GroupHandle group = whole();
    const ScoredPage page = *group->sorted_sets().scan(key("z"), cursor, 7);
    for (const ScoredRef& member : page.members) EXPECT_TRUE(seen.emplace(member.member).second);
    cursor = page.cursor;
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 500u);
}

TEST_P(SortedSetsTest, OtherTypesAreRefused) {
  set("t", "x");
  const GroupHandle group = whole();
  SortedSets& sets = group->sorted_sets();
  EXPECT_EQ(failure(sets.add(key("t"), Members{{"a", 1}}, {})), wrong_type().message);
  EXPECT_EQ(failure(sets.increment(key("t"), "a", 1, {})), wrong_type().message);
  EXPECT_EQ(failure(sets.remove(key("t"), Names{"a"})), wrong_type().message);
  EXPECT_EQ(failure(sets.range(key("t"), RankRange{}, {})), wrong_type().message);
  EXPECT_EQ(failure(sets.pop(key("t"), true, 1)), wrong_type().message);
}

TEST_P(SortedSetsTest, RowsOfPostgres) {
  {
    const GroupHandle group = whole();
    Value value{.type = ValueType::kSortedSet, .fields = {{"a", score_bytes(1.5)}, {"b", score_bytes(-2)}}};
    ASSERT_TRUE(group->applied().put(key("d:z"), value, ObjectId(7)).has_value());
    EXPECT_THAT(*group->sorted_sets().range(key("d:z"), RankRange{}, {}),
                ElementsAre(ScoredRef{"b", -2}, ScoredRef{"a", 1.5}));
    ASSERT_TRUE(group->sorted_sets().add(key("d:z"), Members{{"a", 4}, {"c", 0}}, {}).has_value());
    ASSERT_TRUE(group->sorted_sets().remove(key("d:z"), Names{"b"}).has_value());
  }
  const Cut taken = cut();
  ASSERT_EQ(taken.objects.size(), 1u);
  EXPECT_EQ(taken.objects[0].type, ValueType::kSortedSet);
  EXPECT_FALSE(taken.objects[0].whole);
  EXPECT_THAT(taken.objects[0].fields_set,
              testing::UnorderedElementsAre(Field{"a", score_bytes(4)}, Field{"c", score_bytes(0)}));
  EXPECT_THAT(taken.objects[0].fields_removed, ElementsAre("b"));
}

INSTANTIATE_TEST_SUITE_P(Keyspace, SortedSetsTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
