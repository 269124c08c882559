#include <set>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::UnorderedElementsAre;

class KeysTest : public KeyspaceTest {
 protected:
  bool expire(std::string_view name, WallMs at, ExpireCondition condition = ExpireCondition::kAlways) {
    return *whole()->keys().expire(key(name), at, condition);
  }
  std::vector<std::string> scan_all(ScanOptions options) {
    std::vector<std::string> names;
    std::uint64_t cursor = 0;
    do {
      const ScanPage page = *keyspace_->begin(Scope::slice(cursor))->keys().scan(kDb, cursor, options);
      names.insert(names.end(), page.names.begin(), page.names.end());
      cursor = page.cursor;
    } while (cursor != 0);
    return names;
  }
};

TEST_P(KeysTest, ExistsTypeRemove) {
  set("s", "x");
  set_fields("h", {{"f", "v"}});
  const GroupHandle group = whole();
  EXPECT_EQ(*group->keys().type(key("s")), ValueType::kString);
  EXPECT_EQ(*group->keys().type(key("h")), ValueType::kHash);
  EXPECT_EQ(*group->keys().type(key("none")), ValueType::kNone);
  EXPECT_TRUE(*group->keys().exists(key("s")));
  EXPECT_TRUE(*group->keys().remove(key("s")));
  EXPECT_FALSE(*group->keys().remove(key("s")));
  EXPECT_FALSE(*group->keys().exists(key("s")));
}

TEST_P(KeysTest, AKeyIsGoneAtItsTimeForEveryReader) {
  set_until("k", "v", in_ms(100));
  advance_ms(99);
  EXPECT_EQ(get("k"), "v");
  advance_ms(1);
  EXPECT_EQ(get("k"), "(nil)");
  EXPECT_FALSE(expiry("k").exists);
  EXPECT_FALSE(*whole()->keys().remove(key("k")));
}

TEST_P(KeysTest, TimeStandsStillInAGroup) {
  set_until("k", "v", in_ms(100));
  const GroupHandle group = whole();
  const WallMs begin = group->now();
  advance_ms(200);
  EXPECT_EQ(group->now(), begin);
  EXPECT_TRUE(*group->keys().exists(key("k")));
}

TEST_P(KeysTest, ExpireConditions) {
  using enum ExpireCondition;
  set("k", "v");
  EXPECT_FALSE(expire("none", in_ms(100)));
  EXPECT_FALSE(expire("k", in_ms(100), kIfAny));
  EXPECT_FALSE(expire("k", in_ms(100), kIfLater));
  EXPECT_TRUE(expire("k", in_ms(100), kIfEarlier));
  EXPECT_FALSE(expire("k", in_ms(200), kIfNone));
  EXPECT_FALSE(expire("k", in_ms(100), kIfLater));
  EXPECT_TRUE(expire("k", in_ms(200), kIfLater));
  EXPECT_FALSE(expire("k", in_ms(200), kIfEarlier));
  EXPECT_TRUE(expire("k", in_ms(300), kIfAny));
  EXPECT_EQ(expiry("k").at, in_ms(300));
  EXPECT_TRUE(*whole()->keys().persist(key("k")));
  EXPECT_FALSE(*whole()->keys().persist(key("k")));
  EXPECT_TRUE(expire("k", in_ms(50), kIfNone));
  EXPECT_TRUE(expire("k", in_ms(0)));
  EXPECT_EQ(get("k"), "(nil)");
}

TEST_P(KeysTest, ActiveExpiryRemovesAtMostItsLimit) {
  for (int i = 0; i < 10; ++i) set_until("k" + std::to_string(i), "v", in_ms(10 + i));
  set("stays", "v");
  EXPECT_EQ(keyspace_->stats().keys_with_expiry, 10u);
  EXPECT_EQ(keyspace_->expire_some(100), 0u);
  advance_ms(14);
  EXPECT_EQ(keyspace_->expire_some(3), 3u);
  EXPECT_EQ(keyspace_->expire_some(100), 2u);
  EXPECT_EQ(keyspace_->stats().keys, 6u);
  EXPECT_EQ(keyspace_->stats().expired, 5u);
}

TEST_P(KeysTest, RenameMovesValueAndExpiry) {
  set_until("a", "1", in_ms(100));
  set_fields("b", {{"f", "v"}});
  ASSERT_TRUE(whole()->keys().rename(key("a"), key("b")).has_value());
  EXPECT_EQ(get("a"), "(nil)");
  EXPECT_EQ(get("b"), "1");
  EXPECT_EQ(expiry("b").at, in_ms(100));
  EXPECT_EQ(failure(whole()->keys().rename(key("a"), key("b"))), no_such_key().message);
  set("a", "2");
  EXPECT_FALSE(*whole()->keys().rename_if_absent(key("a"), key("b")));
  EXPECT_TRUE(*whole()->keys().rename_if_absent(key("a"), key("c")));
  EXPECT_EQ(get("c"), "2");
  ASSERT_TRUE(whole()->keys().rename(key("c"), key("c")).has_value());
  EXPECT_FALSE(*whole()->keys().rename_if_absent(key("c"), key("c")));
  EXPECT_EQ(get("c"), "2");
  advance_ms(100);
  EXPECT_EQ(get("b"), "(nil)");
}

TEST_P(KeysTest, ScanNamesEveryKeyOnce) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) names.insert("key" + std::to_string(i));
  for (const std::string& name : names) set(name, "v");
  set_fields("hash", {{"f", "v"}});
  const std::vector<std::string> strings = scan_all({.count = 13, .type = ValueType::kString});
  EXPECT_EQ(strings.size(), names.size());
  EXPECT_EQ(std::set(strings.begin(), strings.end()), names);
  EXPECT_THAT(scan_all({.count = 13, .type = ValueType::kHash}), UnorderedElementsAre("hash"));
  EXPECT_TRUE(scan_all({.count = 13, .type = ValueType::kStream}).empty());
}

TEST_P(KeysTest, ScanIsCompleteWhileTheTableGrowsAndShrinks) {
  std::set<std::string> staying;
  for (int i = 0; i < 300; ++i) staying.insert("stay" + std::to_string(i));
  for (const std::string& name : staying) set(name, "v");
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  int added = 0;
  do {
    const GroupHandle group = whole();
    const ScanPage page = *group->keys().scan(kDb, cursor, {.count = 5});
    seen.insert(page.names.begin(), page.names.end());
    cursor = page.cursor;
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(group->strings().set(key("new" + std::to_string(added++)), "v", {}).has_value());
    }
    ASSERT_TRUE(group->keys().remove(key("new" + std::to_string(added / 2))).has_value());
  } while (cursor != 0 && added < 100000);
  EXPECT_EQ(cursor, 0u);
  for (const std::string& name : staying) EXPECT_TRUE(seen.contains(name)) << name;
}

TEST_P(KeysTest, ScanCursorsSurviveADouble) {
  for (int i = 0; i < 100; ++i) set("key" + std::to_string(i), "v");
  std::uint64_t cursor = 0;
  do {
    cursor = whole()->keys().scan(kDb, cursor, {.count = 1})->cursor;
    EXPECT_EQ(static_cast<std::uint64_t>(static_cast<double>(cursor)), cursor);
  } while (cursor != 0);
}

TEST_P(KeysTest, ScanDoesNotNameTheDead) {
  set_until("dead", "v", in_ms(10));
  set("alive", "v");
  advance_ms(10);
  EXPECT_THAT(scan_all({}), UnorderedElementsAre("alive"));
}

TEST_P(KeysTest, RandomKey) {
  EXPECT_EQ(*whole()->keys().random(kDb), std::nullopt);
  set("a", "1");
  set("b", "2");
  std::set<std::string> seen;
  for (int i = 0; i < 1000 && seen.size() < 2; ++i) seen.insert(**whole()->keys().random(kDb));
  EXPECT_EQ(seen, (std::set<std::string>{"a", "b"}));
}

TEST_P(KeysTest, MemoryIsGivenBack) {
  const std::size_t empty = keyspace_->stats().used_memory_bytes;
  set("s", std::string(1000, 'x'));
  const std::size_t with_string = keyspace_->stats().used_memory_bytes;
  EXPECT_GE(with_string, 1000u);
  set_fields("h", {{"a", "1"}, {"b", std::string(100, 'y')}});
  const std::size_t with_hash = keyspace_->stats().used_memory_bytes;
  EXPECT_GE(with_hash, with_string + 100);
  set_fields("h", {{"b", std::string(300, 'y')}});
  EXPECT_GE(keyspace_->stats().used_memory_bytes, with_hash + 200);
  ASSERT_TRUE(whole()->strings().append(key("s"), std::string(500, 'x')).has_value());
  EXPECT_GE(keyspace_->stats().used_memory_bytes, with_hash + 700);
  ASSERT_TRUE(whole()->keys().rename(key("s"), key("t")).has_value());
  set("t", "small");
  ASSERT_TRUE(whole()->hashes().remove(key("h"), std::vector<std::string_view>{"b"}).has_value());
  EXPECT_LT(keyspace_->stats().used_memory_bytes, with_string);
  ASSERT_TRUE(whole()->hashes().remove(key("h"), std::vector<std::string_view>{"a"}).has_value());
  ASSERT_TRUE(whole()->keys().remove(key("t")).has_value());
  EXPECT_EQ(keyspace_->stats().used_memory_bytes, empty);
}

TEST_P(KeysTest, FlushEmptiesOneDatabaseOrAllButNeverRows) {
  set("a", "1");
  {
    const GroupHandle group = whole();
    ASSERT_TRUE(group->strings().set({DatabaseNumber{3}, "b"}, "2", {}).has_value());
    Value row{.type = ValueType::kHash, .fields = {{"id", "7"}}};
    ASSERT_TRUE(group->applied().put(key("m:7"), row, std::nullopt).has_value());
    EXPECT_EQ(*group->keys().flush(kDb), 1u);
    EXPECT_EQ(group->keys().size(DatabaseNumber{3}), 1u);
    EXPECT_EQ(*group->keys().flush(std::nullopt), 1u);
    EXPECT_EQ(group->keys().size(DatabaseNumber{3}), 0u);
  }
  EXPECT_THAT(fields("m:7"), UnorderedElementsAre(Field{"id", "7"}));
}

INSTANTIATE_TEST_SUITE_P(Keyspace, KeysTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
