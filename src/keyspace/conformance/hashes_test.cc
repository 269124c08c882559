#include <map>
#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::UnorderedElementsAre;

class HashesTest : public KeyspaceTest {};

TEST_P(HashesTest, SetCountsNewFields) {
  const GroupHandle group = whole();
  Hashes& hashes = group->hashes();
  EXPECT_EQ(*hashes.set(key("h"), std::vector<FieldRef>{{"a", "1"}, {"b", "2"}, {"a", "3"}}), 2u);
  EXPECT_EQ(*hashes.set(key("h"), std::vector<FieldRef>{{"b", "4"}, {"c", "5"}}), 1u);
  EXPECT_EQ(*hashes.size(key("h")), 3u);
  EXPECT_THAT(*hashes.get(key("h"), "a"), Optional(std::string_view("3")));
  EXPECT_EQ(*hashes.get(key("h"), "none"), std::nullopt);
  EXPECT_EQ(*hashes.get(key("none"), "a"), std::nullopt);
  EXPECT_THAT(*hashes.get_all(key("h")),
              UnorderedElementsAre(FieldRef{"a", "3"}, FieldRef{"b", "4"}, FieldRef{"c", "5"}));
  EXPECT_THAT(*hashes.get_many(key("h"), std::vector<std::string_view>{"c", "x", "b"}),
              ElementsAre(Optional(std::string_view("5")), std::nullopt, Optional(std::string_view("4"))));
  EXPECT_EQ(*hashes.value_length(key("h"), "c"), 1u);
  EXPECT_EQ(*hashes.value_length(key("h"), "x"), 0u);
}

TEST_P(HashesTest, FieldsAreAnyBytes) {
  const std::string binary("\0\xff", 2);
  set_fields("h", {{binary, binary}, {"", ""}});
  EXPECT_THAT(fields("h"), UnorderedElementsAre(Field{binary, binary}, Field{"", ""}));
}

TEST_P(HashesTest, SetIfAbsent) {
  const GroupHandle group = whole();
  EXPECT_TRUE(*group->hashes().set_if_absent(key("h"), "f", "1"));
  EXPECT_FALSE(*group->hashes().set_if_absent(key("h"), "f", "2"));
  EXPECT_THAT(*group->hashes().get(key("h"), "f"), Optional(std::string_view("1")));
}

TEST_P(HashesTest, AHashWithoutFieldsDoesNotExist) {
  set_fields("h", {{"a", "1"}, {"b", "2"}});
  const GroupHandle group = whole();
  EXPECT_EQ(*group->hashes().remove(key("h"), std::vector<std::string_view>{"a", "x", "a"}), 1u);
  EXPECT_TRUE(*group->keys().exists(key("h")));
  EXPECT_EQ(*group->hashes().remove(key("h"), std::vector<std::string_view>{"b"}), 1u);
  EXPECT_FALSE(*group->keys().exists(key("h")));
  EXPECT_EQ(*group->hashes().remove(key("h"), std::vector<std::string_view>{"b"}), 0u);
  EXPECT_EQ(group->keys().size(kDb), 0u);
}

TEST_P(HashesTest, Increments) {
  const GroupHandle group = whole();
  Hashes& hashes = group->hashes();
  EXPECT_EQ(*hashes.increment_by(key("h"), "n", 3), 3);
  EXPECT_EQ(*hashes.increment_by(key("h"), "n", -5), -2);
  EXPECT_EQ(*hashes.increment_by_float(key("h"), "f", 1.5L), "1.5");
  EXPECT_EQ(*hashes.increment_by_float(key("h"), "n", 0.5L), "-1.5");
  EXPECT_EQ(failure(hashes.increment_by(key("h"), "n", 1)), hash_value_not_an_integer().message);
  ASSERT_TRUE(hashes.set(key("h"), std::vector<FieldRef>{{"x", "y"}, {"max", "9223372036854775807"}}));
  EXPECT_EQ(failure(hashes.increment_by_float(key("h"), "x", 1)), hash_value_not_a_float().message);
  EXPECT_EQ(failure(hashes.increment_by(key("h"), "max", 1)), would_overflow().message);
  EXPECT_THAT(*hashes.get(key("h"), "max"), Optional(std::string_view("9223372036854775807")));
}

TEST_P(HashesTest, OtherTypesAreRefused) {
  set("s", "x");
  const GroupHandle group = whole();
  Hashes& hashes = group->hashes();
  EXPECT_EQ(failure(hashes.get(key("s"), "f")), wrong_type().message);
  EXPECT_EQ(failure(hashes.get_all(key("s"))), wrong_type().message);
  EXPECT_EQ(failure(hashes.size(key("s"))), wrong_type().message);
  EXPECT_EQ(failure(hashes.set(key("s"), std::vector<FieldRef>{{"f", "v"}})), wrong_type().message);
  EXPECT_EQ(failure(hashes.remove(key("s"), std::vector<std::string_view>{"f"})), wrong_type().message);
  EXPECT_EQ(failure(hashes.increment_by(key("s"), "f", 1)), wrong_type().message);
  EXPECT_EQ(failure(hashes.random(key("s"), 1)), wrong_type().message);
  EXPECT_EQ(failure(hashes.scan(key("s"), 0, 10)), wrong_type().message);
}

TEST_P(HashesTest, RandomFields) {
  set_fields("h", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const GroupHandle group = whole();
  const auto different = *group->hashes().random(key("h"), 2);
  ASSERT_EQ(different.size(), 2u);
  EXPECT_NE(different[0], different[1]);
  EXPECT_EQ(group->hashes().random(key("h"), 10)->size(), 3u);
  EXPECT_EQ(group->hashes().random(key("h"), -10)->size(), 10u);
  EXPECT_TRUE(group->hashes().random(key("none"), 5)->empty());
  std::set<std::string_view> seen;
  for (int i = 0; i < 1000 && seen.size() < 3; ++i)
    seen.insert(group->hashes().random(key("h"), 1)->at(0).name);
  EXPECT_EQ(seen.size(), 3u);
}

TEST_P(HashesTest, ScanSeesWhatStaysWhileOthersComeAndGo) {
  std::map<std::string, std::string> staying;
  for (int i = 0; i < 500; ++i) staying["stay" + std::to_string(i)] = std::to_string(i);
  for (const auto& [name, value] : staying) set_fields("h", {{name, value}});
  std::map<std::string, std::string> seen;
  std::uint64_t cursor = 0;
  int round = 0;
  do {
    const GroupHandle group = whole();
    const FieldPage page = *group->hashes().scan(key("h"), cursor, 7);
    for (const FieldRef& field : page.fields) seen[std::string(field.name)] = field.value;
    cursor = page.cursor;
    const std::string other = "other" + std::to_string(round++);
    ASSERT_TRUE(group->hashes().set(key("h"), std::vector<FieldRef>{{other, "x"}}).has_value());
    const std::string former = "other" + std::to_string(round / 2);
    ASSERT_TRUE(group->hashes().remove(key("h"), std::vector<std::string_view>{former}).has_value());
  } while (cursor != 0 && round < 5000);
  EXPECT_EQ(cursor, 0u);
  for (const auto& [name, value] : staying) EXPECT_EQ(seen[name], value);
}

INSTANTIATE_TEST_SUITE_P(Keyspace, HashesTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
