#include <string>
#include <vector>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using Texts = std::vector<std::string_view>;

class ListsTest : public KeyspaceTest {
 protected:
  std::string all(std::string_view name) {
    const GroupHandle group = whole();
    const auto values = group->lists().range(key(name), 0, -1);
    if (!values.has_value()) return values.error().message;
    std::string text;
    for (const std::string_view value : *values) text += (text.empty() ? "" : " ") + std::string(value);
    return text;
  }
  void push(std::string_view name, std::vector<std::string_view> values) {
    ASSERT_TRUE(whole()->lists().push(key(name), ListEnd::kRight, values).has_value());
  }
};
INSTANTIATE_TEST_SUITE_P(Keyspace, ListsTest, testing::ValuesIn(implementations()), implementation_name);

TEST_P(ListsTest, PushAndPopAtBothEnds) {
  const GroupHandle group = whole();
  Lists& lists = group->lists();
  EXPECT_EQ(*lists.push(key("l"), ListEnd::kLeft, Texts{"b", "a"}), 2u);
  EXPECT_EQ(*lists.push(key("l"), ListEnd::kRight, Texts{"c", "d"}), 4u);
  EXPECT_THAT(*lists.range(key("l"), 0, -1), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(*lists.push_if_present(key("none"), ListEnd::kLeft, Texts{"x"}), 0u);
  EXPECT_FALSE(*group->keys().exists(key("none")));
  EXPECT_EQ(*lists.push_if_present(key("l"), ListEnd::kLeft, Texts{"0"}), 5u);
  EXPECT_THAT(*lists.pop(key("l"), ListEnd::kLeft), Optional(std::string_view("0")));
  EXPECT_THAT(*lists.pop(key("l"), ListEnd::kRight), Optional(std::string_view("d")));
  EXPECT_THAT(*lists.pop_many(key("l"), ListEnd::kRight, 2), Optional(ElementsAre("c", "b")));
  EXPECT_THAT(*lists.pop_many(key("l"), ListEnd::kRight, 0), Optional(IsEmpty()));
  EXPECT_THAT(*lists.pop_many(key("l"), ListEnd::kLeft, 9), Optional(ElementsAre("a")));
  EXPECT_FALSE(*group->keys().exists(key("l")));
  EXPECT_EQ(*lists.pop(key("l"), ListEnd::kLeft), std::nullopt);
  EXPECT_EQ(*lists.pop_many(key("l"), ListEnd::kLeft, 1), std::nullopt);
  EXPECT_EQ(*group->keys().type(key("l")), ValueType::kNone);
}

TEST_P(ListsTest, IndicesCountFromBothEnds) {
  push("l", {"a", "b", "c"});
  const GroupHandle group = whole();
  Lists& lists = group->lists();
  EXPECT_THAT(*lists.at(key("l"), 0), Optional(std::string_view("a")));
  EXPECT_THAT(*lists.at(key("l"), -1), Optional(std::string_view("c")));
  EXPECT_EQ(*lists.at(key("l"), 3), std::nullopt);
  EXPECT_EQ(*lists.at(key("l"), -4), std::nullopt);
  EXPECT_THAT(*lists.range(key("l"), -2, 100), ElementsAre("b", "c"));
  EXPECT_THAT(*lists.range(key("l"), -100, 0), ElementsAre("a"));
  EXPECT_THAT(*lists.range(key("l"), 2, 1), IsEmpty());
  EXPECT_THAT(*lists.range(key("l"), 3, 5), IsEmpty());
  EXPECT_THAT(*lists.range(key("none"), 0, -1), IsEmpty());
  EXPECT_EQ(failure(lists.set(key("l"), 3, "x")), index_out_of_range().message);
  EXPECT_EQ(failure(lists.set(key("none"), 0, "x")), no_such_key().message);
  EXPECT_TRUE(lists.set(key("l"), -2, "B").has_value());
  EXPECT_THAT(*lists.range(key("l"), 0, -1), ElementsAre("a", "B", "c"));
}

TEST_P(ListsTest, InsertRemoveAndTrim) {
  push("l", {"a", "b", "a", "b", "a"});
  const GroupHandle group = whole();
  Lists& lists = group->lists();
  EXPECT_EQ(*lists.insert(key("l"), true, "b", "x"), 6);
  EXPECT_EQ(*lists.insert(key("l"), false, "a", "y"), 7);
  EXPECT_EQ(*lists.insert(key("l"), false, "none", "y"), -1);
  EXPECT_EQ(*lists.insert(key("none"), false, "a", "y"), 0);
  EXPECT_THAT(*lists.range(key("l"), 0, -1), ElementsAre("a", "y", "x", "b", "a", "b", "a"));
  EXPECT_EQ(*lists.remove(key("l"), -2, "a"), 2u);
  EXPECT_THAT(*lists.range(key("l"), 0, -1), ElementsAre("a", "y", "x", "b", "b"));
  EXPECT_EQ(*lists.remove(key("l"), 1, "b"), 1u);
  EXPECT_EQ(*lists.remove(key("l"), 0, "none"), 0u);
  EXPECT_TRUE(lists.trim(key("l"), 1, -2).has_value());
  EXPECT_THAT(*lists.range(key("l"), 0, -1), ElementsAre("y", "x"));
  EXPECT_TRUE(lists.trim(key("l"), 5, 7).has_value());
  EXPECT_FALSE(*group->keys().exists(key("l")));
}

TEST_P(ListsTest, Positions) {
  push("l", {"a", "b", "a", "c", "a"});
  const GroupHandle group = whole();
  Lists& lists = group->lists();
  EXPECT_THAT(*lists.positions(key("l"), {.value = "a"}), ElementsAre(0u));
  EXPECT_THAT(*lists.positions(key("l"), {.value = "a", .count = 0}), ElementsAre(0u, 2u, 4u));
  EXPECT_THAT(*lists.positions(key("l"), {.value = "a", .rank = 2, .count = 0}), ElementsAre(2u, 4u));
  EXPECT_THAT(*lists.positions(key("l"), {.value = "a", .rank = -1, .count = 2}), ElementsAre(4u, 2u));
  EXPECT_THAT(*lists.positions(key("l"), {.value = "a", .count = 0, .compare_max = 3}), ElementsAre(0u, 2u));
  EXPECT_THAT(*lists.positions(key("l"), {.value = "x"}), IsEmpty());
  EXPECT_THAT(*lists.positions(key("none"), {.value = "a"}), IsEmpty());
}

TEST_P(ListsTest, MoveBetweenListsAndWithinOne) {
  push("a", {"1", "2", "3"});
  EXPECT_THAT(*whole()->lists().move(key("a"), ListEnd::kRight, key("b"), ListEnd::kLeft),
              Optional(std::string_view("3")));
  EXPECT_THAT(*whole()->lists().move(key("a"), ListEnd::kLeft, key("b"), ListEnd::kRight),
              Optional(std::string_view("1")));
  EXPECT_EQ(all("b"), "3 1");
  EXPECT_TRUE(whole()->lists().move(key("a"), ListEnd::kLeft, key("b"), ListEnd::kLeft).has_value());
  EXPECT_FALSE(*whole()->keys().exists(key("a")));
  EXPECT_TRUE(whole()->lists().move(key("b"), ListEnd::kLeft, key("b"), ListEnd::kRight).has_value());
  EXPECT_EQ(all("b"), "3 1 2");
  EXPECT_TRUE(whole()->lists().move(key("b"), ListEnd::kLeft, key("b"), ListEnd::kLeft).has_value());
  EXPECT_EQ(all("b"), "3 1 2");
  EXPECT_EQ(*whole()->lists().move(key("none"), ListEnd::kLeft, key("b"), ListEnd::kLeft), std::nullopt);
  set("s", "x");
  EXPECT_EQ(failure(whole()->lists().move(key("b"), ListEnd::kLeft, key("s"), ListEnd::kLeft)),
            wrong_type().message);
  EXPECT_EQ(all("b"), "3 1 2");
}

TEST_P(ListsTest, OtherTypesAreRefused) {
  set("s", "x");
  const GroupHandle group = whole();
  EXPECT_EQ(failure(group->lists().push(key("s"), ListEnd::kLeft, Texts{"a"})), wrong_type().message);
  EXPECT_EQ(failure(group->lists().pop(key("s"), ListEnd::kLeft)), wrong_type().message);
  EXPECT_EQ(failure(group->lists().range(key("s"), 0, -1)), wrong_type().message);
  EXPECT_TRUE(group->lists().push(key("l"), ListEnd::kLeft, Texts{"a"}).has_value());
  EXPECT_EQ(failure(group->strings().get(key("l"))), wrong_type().message);
  EXPECT_TRUE(group->strings().set(key("l"), "x", {}).has_value());
  EXPECT_EQ(*group->keys().type(key("l")), ValueType::kString);
}

TEST_P(ListsTest, ElementsAreAnyBytesOfAnySize) {
  std::vector<std::string> values = {"", std::string("\0\xff", 2)};
  for (const std::size_t size : {253, 254, 255, 300, 5000, 100'000})
    values.emplace_back(size, static_cast<char>('a' + size % 26));
  for (const std::string& value : values) push("l", {value});
  const GroupHandle group = whole();
  const auto forwards = group->lists().range(key("l"), 0, -1);
  EXPECT_EQ(std::vector<std::string>(forwards->begin(), forwards->end()), values);
  for (std::size_t i = values.size(); i > 0; --i)
    EXPECT_THAT(*group->lists().pop(key("l"), ListEnd::kRight), Optional(std::string_view(values[i - 1])));
}

TEST_P(ListsTest, ACutSaysWhichRowsAreOthers) {
  push("d:l", {"a", "b", "c"});
  Cut first = cut();
  ASSERT_EQ(first.objects.size(), 1u);
  EXPECT_TRUE(first.objects[0].whole);
  EXPECT_EQ(first.objects[0].elements_set.size(), 3u);
  keyspace_->flush_committed(first);
  ASSERT_TRUE(whole()->lists().pop(key("d:l"), ListEnd::kLeft).has_value());
  push("d:l", {"d"});
  const Cut second = cut();
  ASSERT_EQ(second.objects.size(), 1u);
  const DirtyObject& changed = second.objects[0];
  EXPECT_FALSE(changed.whole);
  ASSERT_EQ(changed.elements_set.size(), 1u);
  EXPECT_EQ(changed.elements_set[0].bytes, "d");
  EXPECT_EQ(changed.elements_set[0].position, first.objects[0].elements_set[2].position + 1);
  const std::int64_t gone = first.objects[0].elements_set[0].position;
  EXPECT_THAT(changed.positions_removed, ElementsAre(std::pair(gone, gone + 1)));
}

TEST_P(ListsTest, PostgresqlMayGiveAnyPositions) {
  for (const std::int64_t step : {std::int64_t{1}, std::int64_t{10}, std::int64_t{1} << 50}) {
    Value value{.type = ValueType::kList};
    for (std::int64_t i = -2; i < 3; ++i) value.elements.push_back({i * step, std::to_string(i)});
    ASSERT_TRUE(whole()->applied().put(key("d:l"), value, ObjectId(7)).has_value());
    EXPECT_EQ(all("d:l"), "-2 -1 0 1 2");
    ASSERT_TRUE(whole()->lists().insert(key("d:l"), true, "0", "x").has_value());
    EXPECT_EQ(all("d:l"), "-2 -1 x 0 1 2");
    const Cut taken = cut();
    ASSERT_EQ(taken.objects.size(), 1u);
    // The rows, after what the cut says was done to them.
    std::map<std::int64_t, std::string> rows;
    for (const ListElement& element : value.elements) rows[element.position] = element.bytes;
    const DirtyObject& object = taken.objects[0];
    if (object.whole) rows.clear();
    for (const auto& [from, until] : object.positions_removed)
      rows.erase(rows.lower_bound(from), rows.lower_bound(until));
    for (const ListElement& element : object.elements_set) rows[element.position] = element.bytes;
    std::string text;
    for (const auto& [position, bytes] : rows) text += bytes + " ";
    EXPECT_EQ(text, "-2 -1 x 0 1 2 ");
    (void)whole()->applied().echo(ObjectId(7), object.generation);
  }
}

}  // namespace
}  // namespace stele::keyspace
