#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using testing::Contains;

TEST_F(KeysTest, SqlWritesAreSeenAsTheyCommit) {
  start_keys();
  redis().set("k", "1");
  redis().hset("h", {{"a", "1"}, {"b", "2"}});
  ASSERT_TRUE(settled());
  sql()(
      "UPDATE redis.string_chunk SET bytes = '2' WHERE key_id = (SELECT id FROM redis.key WHERE name = 'k')");
  caught_up();
  EXPECT_EQ(redis().get("k"), "2");
  sql()(
      "UPDATE redis.hash_field SET value = 'sql' WHERE field = 'a'; INSERT INTO redis.hash_field (key_id, "
      "field, "
      "value) SELECT id, 'c', '3' FROM redis.key WHERE name = 'h'; DELETE FROM redis.hash_field WHERE field "
      "= 'b'");
  caught_up();
  EXPECT_EQ(redis().hgetall("h"), (std::map<std::string, std::string>{{"a", "sql"}, {"c", "3"}}));
  sql()(
      "WITH made AS (INSERT INTO redis.key (name, type) VALUES ('by sql', 'string') RETURNING id) INSERT "
      "INTO "
      "redis.string_chunk SELECT id, 0, 'x' FROM made");
  sql()("UPDATE redis.key SET name = 'renamed' WHERE name = 'k'");
  caught_up();
  EXPECT_EQ(redis().get("by sql"), "x");
  EXPECT_EQ(redis().get("renamed"), "2");
  EXPECT_EQ(redis().get("k"), "(nil)");
  // The keyspace's own ids go on beside those of SQL.
  redis().append("by sql", "y");
  redis().set("new", "1");
  sql()("DELETE FROM redis.key WHERE name = 'renamed'");
  caught_up();
  EXPECT_EQ(redis().get("renamed"), "(nil)");
  ASSERT_TRUE(settled());
  EXPECT_EQ(text("by sql"), "xy");
  EXPECT_EQ(keys().keyspace().stats().overridden, 0u);
  sql()("TRUNCATE redis.key");
  EXPECT_TRUE(eventually([&] { return redis().dump().empty(); }));
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.string_chunk"), "0");
}

// Local write 1, SQL commits 2, our flush writes 1: table and view must agree in the end, whatever comes
// first.
TEST_F(KeysTest, AForeignChangeBetweenAWriteAndItsFlush) {
  start_keys();
  redis().set("k", "0");
  ASSERT_TRUE(settled());
  for (int round = 0; round < 20; ++round) {
    Sql other(server().options(database_));
    other("BEGIN; UPDATE redis.string_chunk SET bytes = 'sql'");
    redis().set("k", "local" + std::to_string(round));
    if (round % 2 == 0) sql()("SELECT pg_sleep(0.05)");
    other("COMMIT");
    caught_up();
    ASSERT_TRUE(settled());
    EXPECT_EQ(redis().get("k"), text("k")) << round;
  }
}

TEST_F(KeysTest, AForeignChangeBeatsWhatIsNotFlushed) {
  options_.keys.flusher.interval = std::chrono::hours(1);
  start_keys();
  redis().set("s:k", "1");
  ASSERT_TRUE(durable("s:k"));
  ASSERT_TRUE(settled());
  redis().set("s:k", "local");
  redis().set("mine", "local");
  sql()("UPDATE redis.string_chunk SET bytes = 'sql'");
  sql()(
      "WITH made AS (INSERT INTO redis.key (name, type) VALUES ('mine', 'string') RETURNING id) INSERT INTO "
      "redis.string_chunk SELECT id, 0, 'sql' FROM made");
  caught_up();
  EXPECT_EQ(redis().get("s:k"), "sql");
  EXPECT_EQ(redis().get("mine"), "sql");
  EXPECT_EQ(keys().keyspace().stats().overridden, 2u);
  redis().set("s:other", "1");
  ASSERT_TRUE(durable("s:other"));
  EXPECT_EQ(text("s:k") + text("mine"), "sqlsql");
}

TEST_F(KeysTest, ARowThatSqlDeletedTakesTheUnflushedChangeWithIt) {
  start_keys();
  redis().set("k", "1");
  redis().set("kept", "1");
  ASSERT_TRUE(settled());
  for (int round = 0; round < 5; ++round) {
    Sql other(server().options(database_));
    other("BEGIN; DELETE FROM redis.key WHERE name = 'k'");
    redis().append("k", "+");
    redis().rename("k", "k2");
    redis().append("kept", "+");
    sql()("SELECT pg_sleep(0.05)");
    other("COMMIT");
    caught_up();
    ASSERT_TRUE(settled());
    EXPECT_EQ(redis().get("k2"), text("k2"));
    EXPECT_EQ(text("kept"), "1" + std::string(static_cast<std::size_t>(round) + 1, '+'));
    redis().set("k", "again");
    (void)redis().del("k2");
    ASSERT_TRUE(settled());
  }
}

TEST_F(KeysTest, ALargeForeignTransactionComesInSlices) {
  start_keys();
  sql()(
      "WITH made AS (INSERT INTO redis.key (name, type) SELECT ('n' || i)::bytea, 'string' FROM "
      "generate_series(1, "
      "5000) i RETURNING id) INSERT INTO redis.string_chunk SELECT id, 0, 'v' FROM made");
  caught_up();
  EXPECT_EQ(redis().dump().size(), 5000u);
  redis().set("after", "1");
  ASSERT_TRUE(settled());
  restart();
  EXPECT_EQ(redis().dump().size(), 5001u);
}

TEST_F(KeysTest, OnlyTheOwnerWrites) {
  start_keys();
  redis().set("k", "1");
  ASSERT_TRUE(settled());
  ViewsOptions other_options = options_;
  other_options.node_id += "b";
  MetricRegistry other_metrics;
  auto other = Views::start(other_options, other_metrics);
  ASSERT_TRUE(other) << other.error().to_string();
  NodeKeys& follower = (*other)->keys();
  ASSERT_TRUE(eventually([&] { return !follower.loading(); }));
  EXPECT_FALSE(follower.owner());
  RedisClient reader(follower);
  EXPECT_EQ(reader.get("k"), "1");
  redis().set("k", "2");
  EXPECT_TRUE(eventually([&] { return reader.get("k") == "2"; }));
  // Its epoch is taken away: what it writes from then on never reaches the tables.
  sql()("UPDATE stele.key_owner SET node = 'somebody', epoch = epoch + 1, seen = now() + interval '1 hour'");
  redis().set("k", "lost");
  ASSERT_TRUE(eventually([&] { return !keys().owner(); }));
  EXPECT_TRUE(becomes("k", "2"));
  EXPECT_EQ(text("k"), "2");
  // The other one takes over when the owner is silent.
  views_.reset();
  sql()("UPDATE stele.key_owner SET seen = now() - interval '1 hour'");
  ASSERT_TRUE(eventually([&] { return follower.owner(); }));
  reader.set("k", "3");
  ASSERT_TRUE(eventually([&] { return text("k") == "3"; }));
  other->reset();
}

}  // namespace
}  // namespace stele::views
