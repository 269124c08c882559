// Fields of hashes that expire.
#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class Recorder final : public ChangeListener {
 public:
  void on_changes(std::span<const Change> changes) override {
    for (const Change& change : changes)
      seen.push_back(std::string(notification_name(change.event)) + " " + std::string(change.key.name));
  }
  std::vector<std::string> seen;
};

class FieldExpiryTest : public KeyspaceTest {
 protected:
  FieldExpiryTest() { keyspace_->add_listener(recorder_); }
  ~FieldExpiryTest() override { keyspace_->remove_listener(recorder_); }

  std::vector<FieldOutcome> expire(std::string_view name, std::vector<std::string_view> fields, WallMs at,
                                   ExpireCondition condition = ExpireCondition::kAlways) {
    return *whole()->hashes().expire(key(name), fields, at, condition);
  }
  std::optional<WallMs> until(std::string_view name, std::string_view field) {
    const std::vector<std::string_view> fields = {field};
    return whole()->hashes().expiries(key(name), fields)->front().at;
  }
  std::vector<std::string> seen() { return std::exchange(recorder_.seen, {}); }

  Recorder recorder_;
};

TEST_P(FieldExpiryTest, AFieldGoesByItself) {
  set_fields("h", {{"a", "1"}, {"b", "2"}});
  EXPECT_THAT(expire("h", {"a", "none"}, in_ms(100)), ElementsAre(FieldOutcome::kSet, FieldOutcome::kNone));
  EXPECT_EQ(until("h", "a"), in_ms(100));
  EXPECT_EQ(until("h", "b"), std::nullopt);
  advance_ms(99);
  EXPECT_EQ(fields("h").size(), 2u);
  seen();
  advance_ms(1);
  EXPECT_THAT(fields("h"), ElementsAre(Field{"b", "2"}));
  EXPECT_THAT(seen(), ElementsAre("hexpired h"));
}

TEST_P(FieldExpiryTest, AHashGoesWithItsLastField) {
  set_fields("h", {{"a", "1"}});
  expire("h", {"a"}, in_ms(100));
  advance_ms(100);
  seen();
  EXPECT_FALSE(*whole()->keys().exists(key("h")));
  EXPECT_THAT(seen(), ElementsAre("hexpired h", "del h"));
}

TEST_P(FieldExpiryTest, ExpireSomeFindsFieldsThatNobodyTouches) {
  set_fields("h", {{"a", "1"}, {"b", "2"}});
  set_fields("gone", {{"a", "1"}});
  set_fields("stays", {{"a", "1"}});
  expire("h", {"a"}, in_ms(100));
  expire("gone", {"a"}, in_ms(200));
  advance_ms(1000);
  EXPECT_EQ(keyspace_->expire_some(100), 2u);
  EXPECT_EQ(whole()->keys().size(kDb), 2u);
  EXPECT_EQ(keyspace_->expire_some(100), 0u);
}

TEST_P(FieldExpiryTest, ManyFieldsOfOneHashGoInSteps) {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("field" + std::to_string(i));
  std::vector<FieldRef> values;
  for (const std::string& name : names) values.push_back({name, "v"});
  set_fields("h", values);
  set_fields("h", {{"stays", "v"}});
  expire("h", {names.begin(), names.end()}, in_ms(10));
  advance_ms(1000);
  std::size_t gone = 0;
  while (const std::size_t some = keyspace_->expire_some(100)) gone += some;
  EXPECT_EQ(gone, 1000u);
  EXPECT_THAT(fields("h"), ElementsAre(Field{"stays", "v"}));
}

TEST_P(FieldExpiryTest, ConditionsAreThoseOfKeys) {
  set_fields("h", {{"a", "1"}});
  EXPECT_THAT(expire("h", {"a"}, in_ms(100), ExpireCondition::kIfAny), ElementsAre(FieldOutcome::kRefused));
  EXPECT_THAT(expire("h", {"a"}, in_ms(100), ExpireCondition::kIfLater), ElementsAre(FieldOutcome::kRefused));
  EXPECT_THAT(expire("h", {"a"}, in_ms(100), ExpireCondition::kIfEarlier), ElementsAre(FieldOutcome::kSet));
  EXPECT_THAT(expire("h", {"a"}, in_ms(50), ExpireCondition::kIfNone), ElementsAre(FieldOutcome::kRefused));
  EXPECT_THAT(expire("h", {"a"}, in_ms(50), ExpireCondition::kIfLater), ElementsAre(FieldOutcome::kRefused));
  EXPECT_THAT(expire("h", {"a"}, in_ms(0)), ElementsAre(FieldOutcome::kRemoved));
  EXPECT_FALSE(*whole()->keys().exists(key("h")));
}

TEST_P(FieldExpiryTest, WritesClearAndIncrementsKeep) {
  set_fields("h", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  expire("h", {"a", "b", "c"}, in_ms(100));
  set_fields("h", {{"a", "1"}});
  EXPECT_EQ(until("h", "a"), std::nullopt);
  (void)whole()->hashes().increment_by(key("h"), "b", 5);
  EXPECT_EQ(until("h", "b"), in_ms(100));
  const FieldRef c{"c", "4"};
  (void)whole()->hashes().set(key("h"), std::span(&c, 1), ExpiryChange::keep());
  EXPECT_EQ(until("h", "c"), in_ms(100));
  (void)whole()->hashes().set(key("h"), std::span(&c, 1), ExpiryChange::until(in_ms(500)));
  EXPECT_EQ(until("h", "c"), in_ms(500));
  const std::vector<std::string_view> persisted = {"c", "a", "none"};
  const auto former = *whole()->hashes().persist(key("h"), persisted);
  EXPECT_EQ(former[0].at, in_ms(500));
  EXPECT_EQ(former[1].at, std::nullopt);
  EXPECT_FALSE(former[2].exists);
  EXPECT_EQ(until("h", "c"), std::nullopt);
  // A field that goes and comes again begins anew.
  const std::vector<std::string_view> removed = {"b"};
  (void)whole()->hashes().remove(key("h"), removed);
  set_fields("h", {{"b", "2"}});
  EXPECT_EQ(until("h", "b"), std::nullopt);
}

TEST_P(FieldExpiryTest, RenameKeepsThem) {
  set_fields("h", {{"a", "1"}, {"b", "2"}});
  expire("h", {"a"}, in_ms(100));
  ASSERT_TRUE(whole()->keys().rename(key("h"), key("other")).has_value());
  EXPECT_EQ(until("other", "a"), in_ms(100));
  advance_ms(1000);
  EXPECT_EQ(keyspace_->expire_some(10), 1u);
  EXPECT_THAT(fields("other"), ElementsAre(Field{"b", "2"}));
}

TEST_P(FieldExpiryTest, TheyAreWrittenBehind) {
  set_fields("d:h", {{"a", "1"}, {"b", "2"}});
  expire("d:h", {"a"}, in_ms(100));
  Cut all = cut();
  ASSERT_EQ(all.objects.size(), 1u);
  EXPECT_THAT(all.objects[0].fields_set, UnorderedElementsAre(Field{"a", "1", in_ms(100)}, Field{"b", "2"}));
  keyspace_->flush_committed(all);
  (void)whole()->applied().echo(all.objects[0].id, all.objects[0].generation);
  expire("d:h", {"b"}, in_ms(300));
  all = cut();
  ASSERT_EQ(all.objects.size(), 1u);
  EXPECT_THAT(all.objects[0].fields_set, ElementsAre(Field{"b", "2", in_ms(300)}));
  keyspace_->flush_committed(all);
  (void)whole()->applied().echo(all.objects[0].id, all.objects[0].generation);
  advance_ms(150);
  EXPECT_EQ(keyspace_->expire_some(10), 1u);
  all = cut();
  ASSERT_EQ(all.objects.size(), 1u);
  EXPECT_THAT(all.objects[0].fields_removed, ElementsAre("a"));
}

TEST_P(FieldExpiryTest, WhatPostgresSaysIsTaken) {
  const Value value{.type = ValueType::kHash, .fields = {{"a", "1", in_ms(100)}, {"b", "2"}}};
  ASSERT_TRUE(whole()->applied().put(key("d:h"), value, ObjectId(7)).has_value());
  EXPECT_EQ(until("d:h", "a"), in_ms(100));
  advance_ms(100);
  EXPECT_THAT(fields("d:h"), ElementsAre(Field{"b", "2"}));
}

TEST_P(FieldExpiryTest, AWatchSeesThatAFieldExpired) {
  set_fields("h", {{"a", "1"}, {"b", "2"}});
  expire("h", {"a"}, in_ms(100));
  const auto watch = whole()->watch(key("h"));
  EXPECT_TRUE(whole()->unchanged(*watch));
  advance_ms(100);
  EXPECT_FALSE(whole()->unchanged(*watch));
}

INSTANTIATE_TEST_SUITE_P(All, FieldExpiryTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
