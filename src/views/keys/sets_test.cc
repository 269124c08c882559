#include <limits>

#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

// Sets and sorted sets in PostgreSQL.
class SetKeysTest : public KeysTest {
 protected:
  std::string members(const std::string& name) {
    return sql()("SELECT string_agg(member, ' ' ORDER BY member) FROM redis.set WHERE key = '" + name + "'");
  }
  std::string scored(const std::string& name) {
    return sql()(
        "SELECT string_agg(member || '=' || score, ' ' ORDER BY score, member) FROM redis.zset "
        "WHERE key = '" +
        name + "'");
  }
  std::string here(const std::string& name) { return redis().dump()["0/" + name]; }
};

TEST_F(SetKeysTest, WhatIsAddedStandsInTheTablesAndComesBack) {
  start_keys();
  redis().sadd("s", {"a", "b", "", std::string_view("\0x", 2)});
  redis().sadd("integers", {"3", "-70000", "5"});
  redis().zadd("z", {{"one", 1},
                     {"tenth", 0.1},
                     {"most", std::numeric_limits<double>::infinity()},
                     {"least", -std::numeric_limits<double>::infinity()}});
  {
    const auto group = redis().whole();
    for (int i = 0; i < 300; ++i) {
      const std::string member = "m" + std::to_string(i);
      const std::string_view name = member;
      ASSERT_TRUE(group->sets().add(RedisClient::key("many"), std::span(&name, 1)));
      const keyspace::ScoredRef each{member, static_cast<double>(i % 7)};
      ASSERT_TRUE(group->sorted_sets().add(RedisClient::key("sorted"), std::span(&each, 1), {}));
    }
  }
  ASSERT_TRUE(settled());
  EXPECT_EQ(members("integers"), "-70000 3 5");
  EXPECT_EQ(scored("z"), "least=-Infinity tenth=0.1 one=1 most=Infinity");
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.set WHERE key = 's'"), "4");
  EXPECT_EQ(sql()("SELECT count(DISTINCT member) FROM redis.set WHERE key = 'many'"), "300");
  const auto before = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), before);

  redis().srem("s", {"a", "b"});
  redis().sadd("s", {"c"});
  redis().zadd("z", {{"one", -1.5}, {"two", 2}});
  redis().zrem("z", {"most", "least"});
  redis().srem("integers", {"3", "-70000", "5"});
  redis().rename("many", "renamed");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.set WHERE key = 's'"), "3");
  EXPECT_EQ(scored("z"), "one=-1.5 tenth=0.1 two=2");
  EXPECT_EQ(
      sql()("SELECT count(*) FROM redis.set_member m JOIN redis.key k ON k.id = m.key_id WHERE k.name = "
            "'integers'"),
      "0");
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.set WHERE key = 'renamed'"), "300");
  const auto after = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), after);
}

TEST_F(SetKeysTest, AnotherTypeTakesThePlace) {
  start_keys();
  redis().sadd("k", {"a"});
  redis().zadd("other", {{"a", 1}});
  ASSERT_TRUE(settled());
  redis().del("k");
  redis().zadd("k", {{"a", 2}});
  redis().set("other", "text");
  ASSERT_TRUE(settled());
  EXPECT_EQ(scored("k"), "a=2");
  EXPECT_EQ(text("other"), "text");
  EXPECT_EQ(
      sql()("SELECT (SELECT count(*) FROM redis.set_member) + (SELECT count(*) FROM redis.zset_member)"),
      "1");
}

TEST_F(SetKeysTest, WhatSqlWritesIsSeen) {
  start_keys();
  redis().sadd("s", {"a", "b"});
  redis().zadd("z", {{"a", 1}, {"b", 2}});
  ASSERT_TRUE(settled());
  sql()(
      "BEGIN; INSERT INTO redis.set_member (key_id, member) SELECT id, 'c' FROM redis.key WHERE name = 's'; "
      "DELETE FROM redis.set_member WHERE member = 'a'; "
      "UPDATE redis.zset_member SET score = 0.5 WHERE member = 'b'; COMMIT");
  EXPECT_TRUE(eventually([&] { return here("s") == "b;c;"; }));
  EXPECT_TRUE(eventually([&] { return here("z") == "b=0.500000;a=1.000000;"; }));
  sql()(
      "WITH k AS (INSERT INTO redis.key (name, type) VALUES ('new', 'zset') RETURNING id) "
      "INSERT INTO redis.zset_member (key_id, member, score) SELECT id, 'x', 7 FROM k");
  EXPECT_TRUE(eventually([&] { return here("new") == "x=7.000000;"; }));
  EXPECT_NE(sql().error("UPDATE redis.zset_member SET score = 'NaN'"), "");
  sql()("DELETE FROM redis.key WHERE name = 's'");
  EXPECT_TRUE(eventually([&] { return here("s").empty(); }));
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.set_member"), "0");
}

}  // namespace
}  // namespace stele::views
