#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::Optional;

class StringsTest : public KeyspaceTest {};

TEST_P(StringsTest, SetAndGetAnyBytes) {
  const std::string binary("a\0b\xff", 4);
  set(binary, binary);
  set("", "empty name");
  set("empty", "");
  EXPECT_EQ(get(binary), binary);
  EXPECT_EQ(get(""), "empty name");
  EXPECT_EQ(get("empty"), "");
  EXPECT_EQ(get("none"), "(nil)");
}

TEST_P(StringsTest, DatabasesAreApart) {
  const GroupHandle group = whole();
  ASSERT_TRUE(group->strings().set({DatabaseNumber{1}, "k"}, "one", {}).has_value());
  EXPECT_EQ(*group->strings().get({DatabaseNumber{0}, "k"}), std::nullopt);
  EXPECT_THAT(*group->strings().get({DatabaseNumber{1}, "k"}), Optional(std::string_view("one")));
  EXPECT_EQ(group->keys().size(DatabaseNumber{0}), 0u);
  EXPECT_EQ(group->keys().size(DatabaseNumber{1}), 1u);
}

TEST_P(StringsTest, ConditionsOfSet) {
  const GroupHandle group = whole();
  SetOptions if_present{.condition = SetOptions::Condition::kIfPresent};
  SetOptions if_absent{.condition = SetOptions::Condition::kIfAbsent};
  EXPECT_FALSE(group->strings().set(key("k"), "1", if_present)->written);
  EXPECT_TRUE(group->strings().set(key("k"), "2", if_absent)->written);
  EXPECT_FALSE(group->strings().set(key("k"), "3", if_absent)->written);
  EXPECT_TRUE(group->strings().set(key("k"), "4", if_present)->written);
  EXPECT_THAT(*group->strings().get(key("k")), Optional(std::string_view("4")));
}

TEST_P(StringsTest, SetAnswersTheFormerValueEvenIfItDoesNotWrite) {
  const GroupHandle group = whole();
  SetOptions options{.want_former = true};
  EXPECT_EQ(group->strings().set(key("k"), "1", options)->former, std::nullopt);
  EXPECT_THAT(group->strings().set(key("k"), "2", options)->former, Optional(std::string_view("1")));
  options.condition = SetOptions::Condition::kIfAbsent;
  const auto refused = group->strings().set(key("k"), "3", options);
  EXPECT_FALSE(refused->written);
  EXPECT_THAT(refused->former, Optional(std::string_view("2")));
}

TEST_P(StringsTest, SetReplacesOtherTypesUnlessTheFormerValueIsWanted) {
  set_fields("h", {{"f", "v"}});
  EXPECT_EQ(failure(whole()->strings().set(key("h"), "x", {.want_former = true})), wrong_type().message);
  EXPECT_EQ(*whole()->keys().type(key("h")), ValueType::kHash);
  set("h", "x");
  EXPECT_EQ(get("h"), "x");
  EXPECT_EQ(*whole()->keys().type(key("h")), ValueType::kString);
}

TEST_P(StringsTest, SetClearsKeepsOrSetsTheExpiry) {
  set_until("k", "1", in_ms(1000));
  EXPECT_EQ(expiry("k").at, in_ms(1000));
  set("k", "2", {.expiry = ExpiryChange::keep()});
  EXPECT_EQ(expiry("k").at, in_ms(1000));
  set("k", "3");
  EXPECT_EQ(expiry("k").at, std::nullopt);
  set_until("k", "4", in_ms(-1));
  EXPECT_EQ(get("k"), "(nil)");
}

TEST_P(StringsTest, KeepHasNothingToKeepFromADeadKey) {
  set_until("k", "1", in_ms(10));
  advance_ms(10);
  set("k", "2", {.expiry = ExpiryChange::keep()});
  EXPECT_EQ(expiry("k").at, std::nullopt);
}

TEST_P(StringsTest, GetDeleteAndGetExpire) {
  set("k", "v");
  {
    const GroupHandle group = whole();
    EXPECT_THAT(*group->strings().get_expire(key("k"), ExpiryChange::until(in_ms(50))),
                Optional(std::string_view("v")));
    EXPECT_EQ(group->keys().expiry(key("k"))->at, in_ms(50));
    EXPECT_THAT(*group->strings().get_expire(key("k"), ExpiryChange::keep()),
                Optional(std::string_view("v")));
    EXPECT_EQ(group->keys().expiry(key("k"))->at, in_ms(50));
    EXPECT_TRUE(group->strings().get_expire(key("k"), ExpiryChange::clear()).has_value());
    EXPECT_EQ(group->keys().expiry(key("k"))->at, std::nullopt);
    EXPECT_THAT(*group->strings().get_expire(key("k"), ExpiryChange::until(in_ms(-5))),
                Optional(std::string_view("v")));
    EXPECT_FALSE(*group->keys().exists(key("k")));
  }
  set("k", "w");
  const GroupHandle group = whole();
  EXPECT_THAT(*group->strings().get_delete(key("k")), Optional(std::string_view("w")));
  EXPECT_EQ(*group->strings().get_delete(key("k")), std::nullopt);
}

TEST_P(StringsTest, ManyAtOnce) {
  set_fields("hash", {{"f", "v"}});
  const GroupHandle group = whole();
  const std::vector<Strings::Pair> pairs = {{key("a"), "1"}, {key("b"), "2"}, {key("a"), "3"}};
  ASSERT_TRUE(group->strings().set_many(pairs).has_value());
  const std::vector<KeyRef> names = {key("a"), key("hash"), key("none"), key("b")};
  EXPECT_THAT(*group->strings().get_many(names), ElementsAre(Optional(std::string_view("3")), std::nullopt,
                                                             std::nullopt, Optional(std::string_view("2"))));
  const std::vector<Strings::Pair> fresh_and_old = {{key("c"), "1"}, {key("b"), "9"}};
  EXPECT_FALSE(*group->strings().set_many_if_absent(fresh_and_old));
  EXPECT_FALSE(*group->keys().exists(key("c")));
  const std::vector<Strings::Pair> fresh = {{key("c"), "1"}, {key("d"), "2"}};
  EXPECT_TRUE(*group->strings().set_many_if_absent(fresh));
  EXPECT_THAT(*group->strings().get(key("d")), Optional(std::string_view("2")));
}

TEST_P(StringsTest, AppendAndLength) {
  const GroupHandle group = whole();
  EXPECT_EQ(*group->strings().length(key("k")), 0u);
  EXPECT_EQ(*group->strings().append(key("k"), "ab"), 2u);
  EXPECT_EQ(*group->strings().append(key("k"), "c"), 3u);
  EXPECT_EQ(*group->strings().length(key("k")), 3u);
  EXPECT_THAT(*group->strings().get(key("k")), Optional(std::string_view("abc")));
}

TEST_P(StringsTest, AppendKeepsTheExpiry) {
  set_until("k", "a", in_ms(100));
  ASSERT_TRUE(whole()->strings().append(key("k"), "b").has_value());
  EXPECT_EQ(expiry("k").at, in_ms(100));
}

TEST_P(StringsTest, IncrementsIntegers) {
  const GroupHandle group = whole();
  EXPECT_EQ(*group->strings().increment_by(key("n"), 5), 5);
  EXPECT_EQ(*group->strings().increment_by(key("n"), -7), -2);
  EXPECT_THAT(*group->strings().get(key("n")), Optional(std::string_view("-2")));
}

TEST_P(StringsTest, RefusesWhatIsNoIntegerAndKeepsIt) {
  for (const std::string_view bad : {"", " 1", "1 ", "+1", "01", "-0", "1.0", "x", "9223372036854775808"}) {
    set("n", bad);
    EXPECT_EQ(failure(whole()->strings().increment_by(key("n"), 1)), not_an_integer().message) << bad;
    EXPECT_EQ(get("n"), bad);
  }
}

TEST_P(StringsTest, RefusesToOverflow) {
  set("n", "9223372036854775807");
  EXPECT_EQ(failure(whole()->strings().increment_by(key("n"), 1)), would_overflow().message);
  EXPECT_EQ(get("n"), "9223372036854775807");
  set("n", "-9223372036854775808");
  EXPECT_EQ(failure(whole()->strings().increment_by(key("n"), -1)), would_overflow().message);
  EXPECT_EQ(*whole()->strings().increment_by(key("n"), 1), -9223372036854775807);
}

TEST_P(StringsTest, IncrementsFloatsAsRedisPrintsThem) {
  const GroupHandle group = whole();
  EXPECT_EQ(*group->strings().increment_by_float(key("f"), 10.5L), "10.5");
  EXPECT_EQ(*group->strings().increment_by_float(key("f"), 0.1L), "10.6");
  EXPECT_EQ(*group->strings().increment_by_float(key("f"), -0.6L), "10");
  ASSERT_TRUE(group->strings().set(key("f"), "5.0e3", {}).has_value());
  EXPECT_EQ(*group->strings().increment_by_float(key("f"), 2.0e2L), "5200");
  ASSERT_TRUE(group->strings().set(key("f"), "3.0", {}).has_value());
  EXPECT_EQ(*group->strings().increment_by_float(key("f"), 1.000000000000000005L), "4.00000000000000001");
  ASSERT_TRUE(group->strings().set(key("f"), "1 ", {}).has_value());
  EXPECT_EQ(failure(group->strings().increment_by_float(key("f"), 1)), not_a_float().message);
  ASSERT_TRUE(group->strings().set(key("f"), "inf", {}).has_value());
  EXPECT_EQ(failure(group->strings().increment_by_float(key("f"), 1)), not_finite().message);
}

TEST_P(StringsTest, OtherTypesAreRefused) {
  set_fields("h", {{"f", "v"}});
  const GroupHandle group = whole();
  Strings& strings = group->strings();
  EXPECT_EQ(failure(strings.get(key("h"))), wrong_type().message);
  EXPECT_EQ(failure(strings.get_delete(key("h"))), wrong_type().message);
  EXPECT_EQ(failure(strings.get_expire(key("h"), ExpiryChange::clear())), wrong_type().message);
  EXPECT_EQ(failure(strings.append(key("h"), "x")), wrong_type().message);
  EXPECT_EQ(failure(strings.length(key("h"))), wrong_type().message);
  EXPECT_EQ(failure(strings.increment_by(key("h"), 1)), wrong_type().message);
  EXPECT_EQ(failure(strings.increment_by_float(key("h"), 1)), wrong_type().message);
  EXPECT_EQ(group->last_change(), ChangeSequence{});
}

INSTANTIATE_TEST_SUITE_P(Keyspace, StringsTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
