#include <map>
#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Names = std::vector<std::string_view>;

class SetsTest : public KeyspaceTest {
 protected:
  void add(std::string_view name, const std::vector<std::string>& members) {
    const Names names(members.begin(), members.end());
    const auto added = whole()->sets().add(key(name), names);
    ASSERT_TRUE(added.has_value()) << added.error().to_string();
  }
  std::vector<std::string> members(std::string_view name) {
    const GroupHandle group = whole();
    const auto all = group->sets().members(key(name));
    if (!all.has_value()) return {all.error().message};
    return {all->begin(), all->end()};
  }
  // Of each encoding: integers, few names, many integers, many names.
  static std::vector<std::vector<std::string>> kinds() {
    std::vector<std::vector<std::string>> kinds = {{"-7", "0", "3", "100000", "5000000000"}, {"a", "", "12"}};
    kinds.emplace_back();
    for (int i = 0; i < 600; ++i) kinds.back().push_back(std::to_string(i * 37 - 9000));
    kinds.emplace_back();
    for (int i = 0; i < 300; ++i) kinds.back().push_back("name" + std::to_string(i));
    return kinds;
  }
};

TEST_P(SetsTest, AddCountsNewMembers) {
  const GroupHandle group = whole();
  Sets& sets = group->sets();
  EXPECT_EQ(*sets.add(key("s"), Names{"a", "b", "a"}), 2u);
  EXPECT_EQ(*sets.add(key("s"), Names{"b", "c"}), 1u);
  EXPECT_EQ(*sets.size(key("s")), 3u);
  EXPECT_TRUE(*sets.contains(key("s"), "c"));
  EXPECT_FALSE(*sets.contains(key("s"), "d"));
  EXPECT_FALSE(*sets.contains(key("none"), "a"));
  EXPECT_THAT(*sets.contains_each(key("s"), Names{"a", "x", "c"}), ElementsAre(true, false, true));
  EXPECT_THAT(*sets.contains_each(key("none"), Names{"a"}), ElementsAre(false));
  EXPECT_THAT(*sets.members(key("s")), UnorderedElementsAre("a", "b", "c"));
  EXPECT_EQ(*group->keys().type(key("s")), ValueType::kSet);
}

TEST_P(SetsTest, EachKindKeepsItsMembers) {
  for (const std::vector<std::string>& all : kinds()) {
    const std::set<std::string> expected(all.begin(), all.end());
    add("s", all);
    const auto found = members("s");
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
    EXPECT_EQ(found.size(), expected.size());
    const GroupHandle group = whole();
    EXPECT_FALSE(*group->sets().contains(key("s"), "07"));
    std::size_t left = expected.size();
    for (const std::string& member : expected) {
      EXPECT_TRUE(*group->sets().contains(key("s"), member));
      EXPECT_EQ(*group->sets().remove(key("s"), Names{member, member}), 1u);
      EXPECT_EQ(*group->sets().size(key("s")), --left);
    }
    EXPECT_FALSE(*group->keys().exists(key("s")));
  }
}

TEST_P(SetsTest, IntegersBecomeNames) {
  const std::string longest(100, 'x');
  for (const std::string& other : {std::string("a"), std::string(), std::string("007"), longest}) {
    for (const int count : {3, 200, 512}) {
      std::set<std::string> expected = {other};
      for (int i = 0; i < count; ++i) {
        expected.insert(std::to_string(i));
        add("s", {std::to_string(i)});
      }
      add("s", {other});
      const auto found = members("s");
      EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected);
      EXPECT_EQ(found.size(), expected.size());
      (void)whole()->keys().remove(key("s"));
    }
  }
}

TEST_P(SetsTest, Move) {
  add("a", {"1", "x"});
  const GroupHandle group = whole();
  EXPECT_FALSE(*group->sets().move(key("a"), key("b"), "none"));
  EXPECT_FALSE(*group->sets().move(key("none"), key("b"), "x"));
  EXPECT_TRUE(*group->sets().move(key("a"), key("b"), "x"));
  EXPECT_TRUE(*group->sets().move(key("b"), key("b"), "x"));
  EXPECT_TRUE(*group->sets().move(key("a"), key("b"), "1"));
  EXPECT_FALSE(*group->keys().exists(key("a")));
  EXPECT_THAT(*group->sets().members(key("b")), UnorderedElementsAre("1", "x"));
  ASSERT_TRUE(group->strings().set(key("t"), "", {}).has_value());
  EXPECT_EQ(failure(group->sets().move(key("b"), key("t"), "1")), wrong_type().message);
  EXPECT_EQ(failure(group->sets().move(key("t"), key("b"), "1")), wrong_type().message);
}

TEST_P(SetsTest, PopAndRandom) {
  for (const std::vector<std::string>& all : kinds()) {
    add("s", all);
    const GroupHandle group = whole();
    Sets& sets = group->sets();
    const std::set<std::string> expected(all.begin(), all.end());
    const auto some = *sets.random(key("s"), 3);
    EXPECT_EQ(std::set<std::string_view>(some.begin(), some.end()).size(), 3u);
    EXPECT_EQ(sets.random(key("s"), 100000)->size(), expected.size());
    const auto repeated = *sets.random(key("s"), -1000);
    EXPECT_EQ(repeated.size(), 1000u);
    for (const std::string_view member : repeated) EXPECT_TRUE(expected.contains(std::string(member)));
    std::set<std::string> taken;
    for (const std::string& member : *sets.pop(key("s"), 2)) taken.insert(member);
    EXPECT_EQ(taken.size(), 2u);
    EXPECT_EQ(*sets.size(key("s")), expected.size() - 2);
    EXPECT_THAT(*sets.pop(key("s"), 0), IsEmpty());
    for (const std::string& member : *sets.pop(key("s"), 100000)) taken.insert(member);
    EXPECT_EQ(taken, expected);
    EXPECT_FALSE(*group->keys().exists(key("s")));
    EXPECT_THAT(*sets.pop(key("s"), 1), IsEmpty());
  }
}

TEST_P(SetsTest, Combinations) {
  add("a", {"1", "2", "3", "x"});
  add("b", {"2", "3", "4"});
  add("c", {"3", "x", "y"});
  const std::vector<KeyRef> keys = {key("a"), key("b"), key("c")};
  const std::vector<KeyRef> with_none = {key("a"), key("none")};
  const GroupHandle group = whole();
  Sets& sets = group->sets();
  EXPECT_THAT(*sets.combine(SetOperation::kIntersection, keys, 0), ElementsAre("3"));
  EXPECT_THAT(*sets.combine(SetOperation::kIntersection, std::span(keys).first(2), 1), testing::SizeIs(1));
  EXPECT_THAT(*sets.combine(SetOperation::kIntersection, with_none, 0), IsEmpty());
  EXPECT_THAT(*sets.combine(SetOperation::kUnion, keys, 0),
              UnorderedElementsAre("1", "2", "3", "4", "x", "y"));
  EXPECT_THAT(*sets.combine(SetOperation::kDifference, keys, 0), ElementsAre("1"));
  EXPECT_THAT(*sets.combine(SetOperation::kDifference, with_none, 0),
              UnorderedElementsAre("1", "2", "3", "x"));
  ASSERT_TRUE(group->strings().set(key("t"), "", {}).has_value());
  const std::vector<KeyRef> wrong = {key("none"), key("t")};
  EXPECT_EQ(failure(sets.combine(SetOperation::kIntersection, wrong, 0)), wrong_type().message);

  const std::vector<std::string> result = {"5", "6"};
  EXPECT_EQ(*sets.replace(key("t"), result, ChangeEvent::kSetUnionStore), 2u);
  EXPECT_THAT(*sets.members(key("t")), UnorderedElementsAre("5", "6"));
  EXPECT_EQ(*sets.replace(key("t"), {}, ChangeEvent::kSetUnionStore), 0u);
  EXPECT_FALSE(*group->keys().exists(key("t")));
}

TEST_P(SetsTest, OtherTypesAreRefused) {
  set("t", "x");
  const GroupHandle group = whole();
  Sets& sets = group->sets();
  EXPECT_EQ(failure(sets.add(key("t"), Names{"a"})), wrong_type().message);
  EXPECT_EQ(failure(sets.remove(key("t"), Names{"a"})), wrong_type().message);
  EXPECT_EQ(failure(sets.members(key("t"))), wrong_type().message);
  EXPECT_EQ(failure(sets.pop(key("t"), 1)), wrong_type().message);
  EXPECT_EQ(failure(sets.scan(key("t"), 0, 10)), wrong_type().message);
  ASSERT_TRUE(sets.add(key("s"), Names{"a"}).has_value());
  EXPECT_EQ(failure(group->hashes().get(key("s"), "a")), wrong_type().message);
  EXPECT_EQ(failure(group->strings().get(key("s"))), wrong_type().message);
}

TEST_P(SetsTest, ScanSeesWhatStaysWhileOthersComeAndGo) {
  std::vector<std::string> staying;
  for (int i = 0; i < 500; ++i) staying.push_back("stay" + std::to_string(i));
  add("s", staying);
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  int round = 0;
  do {
    const GroupHandle group = whole();
    const MemberPage page = *group->sets().scan(key("s"), cursor, 7);
    for (const std::string_view member : page.members) seen.emplace(member);
    cursor = page.cursor;
    const std::string other = "other" + std::to_string(round++);
    ASSERT_TRUE(group->sets().add(key("s"), Names{other}).has_value());
    const std::string former = "other" + std::to_string(round / 2);
    ASSERT_TRUE(group->sets().remove(key("s"), Names{former}).has_value());
  } while (cursor != 0 && round < 5000);
  EXPECT_EQ(cursor, 0u);
  for (const std::string& member : staying) EXPECT_TRUE(seen.contains(member)) << member;
}

TEST_P(SetsTest, RowsOfPostgres) {
  {
    const GroupHandle group = whole();
    Value value{.type = ValueType::kSet, .fields = {{"3", ""}, {"a", ""}}};
    ASSERT_TRUE(group->applied().put(key("d:s"), value, ObjectId(7)).has_value());
    EXPECT_THAT(*group->sets().members(key("d:s")), UnorderedElementsAre("3", "a"));
    ASSERT_TRUE(group->sets().add(key("d:s"), Names{"b"}).has_value());
    ASSERT_TRUE(group->sets().remove(key("d:s"), Names{"3"}).has_value());
    ASSERT_TRUE(group->sets().add(key("d:new"), Names{"1"}).has_value());
  }
  const Cut taken = cut();
  ASSERT_EQ(taken.objects.size(), 2u);
  EXPECT_EQ(taken.objects[0].id, ObjectId(7));
  EXPECT_FALSE(taken.objects[0].whole);
  EXPECT_THAT(taken.objects[0].fields_set, ElementsAre(Field{"b", ""}));
  EXPECT_THAT(taken.objects[0].fields_removed, ElementsAre("3"));
  EXPECT_TRUE(taken.objects[1].whole);
  EXPECT_EQ(taken.objects[1].type, ValueType::kSet);
  EXPECT_THAT(taken.objects[1].fields_set, ElementsAre(Field{"1", ""}));
  EXPECT_EQ(failure(whole()->applied().put(key("d:e"), Value{.type = ValueType::kSet}, ObjectId(9))),
            "a value without elements");
}

INSTANTIATE_TEST_SUITE_P(Keyspace, SetsTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
