#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using keyspace::ListEnd;

class KeysListTest : public KeysTest {
 protected:
  std::string rows(std::string_view name) {
    return sql()("SELECT string_agg(value, ' ' ORDER BY index) FROM redis.list WHERE key = '" +
                 std::string(name) + "'");
  }
};

TEST_F(KeysListTest, AChangeWritesTheRowsThatChanged) {
  start_keys();
  redis().push("l", {"a", "b", "c"});
  redis().push("l", {"1", "0"}, ListEnd::kLeft);
  redis().push("gone", {"x"});
  ASSERT_TRUE(settled());
  EXPECT_EQ(rows("l"), "0 1 a b c");
  redis().pop("l", ListEnd::kRight);
  redis().pop("gone", ListEnd::kLeft);
  // Moves those that are left of it.
  ASSERT_TRUE(redis().whole()->lists().insert(RedisClient::key("l"), true, "1", "between"));
  ASSERT_TRUE(settled());
  EXPECT_EQ(rows("l"), "0 between 1 a b");
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.list_element"), "5");
  EXPECT_NE(sql()("SELECT xmin::text FROM redis.list_element WHERE value = 'b'"),
            sql()("SELECT xmin::text FROM redis.list_element WHERE value = 'between'"));
  const auto before = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), before);
  redis().push("l", {"d"});
  ASSERT_TRUE(settled());
  EXPECT_EQ(rows("l"), "0 between 1 a b d");
  redis().set("l", "a string now");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.list_element"), "0");
}

TEST_F(KeysListTest, ALargeListComesBackAsItWas) {
  start_keys();
  std::vector<std::string> values;
  for (int i = 0; i < 3000; ++i) values.push_back(std::to_string(i));
  values.insert(values.begin() + 1000, std::string(100'000, 'x'));
  redis().push("large", {values.begin(), values.end()});
  ASSERT_TRUE(settled());
  {
    const auto group = redis().whole();
    for (int i = 0; i < 300; ++i)
      ASSERT_TRUE(group->lists().insert(RedisClient::key("large"), true, "700", "new" + std::to_string(i)));
    ASSERT_TRUE(group->lists().remove(RedisClient::key("large"), 0, "2000"));
    ASSERT_TRUE(group->lists().trim(RedisClient::key("large"), 20, -20));
  }
  ASSERT_TRUE(settled());
  const auto before = redis().dump();
  EXPECT_EQ(rows("large"), redis().list("large"));
  restart();
  EXPECT_EQ(redis().dump(), before);
}

TEST_F(KeysListTest, WhatSqlWritesIsInTheList) {
  start_keys();
  redis().push("l", {"a", "b"});
  ASSERT_TRUE(settled());
  sql()(
      "WITH made AS (INSERT INTO redis.key (name, type) VALUES ('by sql', 'list') RETURNING id) INSERT INTO "
      "redis.list_element SELECT id, n * 1000, n::text::bytea FROM made, generate_series(1, 5) n");
  sql()(
      "INSERT INTO redis.list_element SELECT k.id, max(e.position) + 1, 'c' FROM redis.key k JOIN "
      "redis.list_element e ON e.key_id = k.id WHERE k.name = 'l' GROUP BY k.id; DELETE FROM "
      "redis.list_element WHERE value = 'a'");
  caught_up();
  EXPECT_EQ(redis().list("l"), "b c");
  EXPECT_EQ(redis().list("by sql"), "1 2 3 4 5");
  ASSERT_TRUE(redis().whole()->lists().insert(RedisClient::key("by sql"), true, "3", "x"));
  redis().pop("l", ListEnd::kLeft);
  ASSERT_TRUE(settled());
  EXPECT_EQ(rows("by sql"), "1 2 x 3 4 5");
  EXPECT_EQ(rows("l"), "c");
  sql()("DELETE FROM redis.key WHERE name = 'by sql'; DELETE FROM redis.list_element WHERE value = 'c'");
  caught_up();
  EXPECT_TRUE(redis().dump().empty());
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.list_element"), "0");
}

}  // namespace
}  // namespace stele::views
