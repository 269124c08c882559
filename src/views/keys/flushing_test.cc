#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(KeysTest, TheSchemaIsThereAndInstallsAgain) {
  start_keys();
  redis().set("k", "v");
  ASSERT_TRUE(settled());
  sql()("UPDATE stele.installed SET version = version - 1");
  restart();
  EXPECT_EQ(
      sql()("SELECT count(*) FROM pg_publication_tables WHERE pubname = 'stele' AND schemaname = 'redis'"),
      sql()("SELECT count(*) FROM pg_tables WHERE schemaname = 'redis' AND tablename <> 'library'"));
  EXPECT_EQ(redis().get("k"), "v");
}

TEST_F(KeysTest, WhatIsSetStandsInTheTablesAndComesBack) {
  start_keys();
  const std::string long_name(3200, 'n');
  const std::string huge_name(2'000'000, 'h');
  const std::string large(200'000, 'x');
  redis().set("plain", "value");
  redis().set("c:cache", "not there");
  redis().set("empty", "");
  redis().set("", "of the empty name");
  redis().set(std::string_view("nul\0key", 7), std::string_view("nul\0value", 9));
  redis().set(long_name, "1");
  redis().set(huge_name, "2");
  redis().set("large", large);
  redis().set("plain", "in another database", 1);
  redis().hset("hash", {{"f", "1"}, {"", "empty name"}, {std::string_view("\0", 1), "\xff"}, {large, large}});
  redis().set("soon", "gone");
  redis().expire_in("soon", 3'600'000);
  ASSERT_TRUE(settled());
  EXPECT_EQ(text("plain"), "value");
  EXPECT_EQ(text("c:cache"), "(nil)");
  EXPECT_EQ(text("nul\\000key"), "nul\\000value");
  EXPECT_EQ(
      sql()("SELECT count(*) FROM redis.string_chunk c JOIN redis.key k ON k.id = c.key_id WHERE k.name = "
            "'large'"),
      "4");
  EXPECT_EQ(sql()("SELECT value FROM redis.hash WHERE key = 'hash' AND field = 'f'"), "1");
  const auto before = redis().dump();
  EXPECT_THAT(before, SizeIs(10));
  restart();
  EXPECT_EQ(redis().dump(), before);
}

TEST_F(KeysTest, ExpiriesOfFieldsStandInTheTableAndComeBack) {
  start_keys();
  const auto until = [&](std::string_view field) {
    const std::vector<std::string_view> fields = {field};
    return redis().whole()->hashes().expiries(RedisClient::key("h"), fields)->front().at;
  };
  redis().hset("h", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const std::vector<std::string_view> named = {"a", "c"};
  const keyspace::WallMs moment{4'000'000'000'000};
  ASSERT_TRUE(redis()
                  .whole()
                  ->hashes()
                  .expire(RedisClient::key("h"), named, moment, keyspace::ExpireCondition::kAlways)
                  .has_value());
  ASSERT_TRUE(settled());
  constexpr std::string_view kFields =
      "SELECT string_agg(field || '=' || coalesce(extract(epoch FROM field_expires_at)::bigint::text, "
      "'none'), "
      "' ' ORDER BY field) FROM redis.hash WHERE key = 'h'";
  EXPECT_EQ(sql()(std::string(kFields)), "a=4000000000 b=none c=4000000000");
  redis().hset("h", {{"c", "4"}});
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()(std::string(kFields)), "a=4000000000 b=none c=none");
  restart();
  EXPECT_EQ(until("a"), moment);
  EXPECT_EQ(until("c"), std::nullopt);
  sql()("UPDATE redis.hash_field SET expires_at = to_timestamp(4000000001) WHERE field = 'b'");
  EXPECT_TRUE(eventually([&] { return until("b") == keyspace::WallMs{4'000'000'001'000}; }));
  sql()("UPDATE redis.hash_field SET expires_at = now() WHERE field = 'a'");
  EXPECT_TRUE(eventually([&] { return redis().hgetall("h").size() == 2; }));
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.hash WHERE key = 'h'"), "2");
}

TEST_F(KeysTest, ChangesCostWhatTheyChange) {
  start_keys();
  redis().set("s", std::string(100'000, 'a'));
  redis().hset("h", {{"a", "1"}, {"b", "2"}});
  redis().set("renamed", "1");
  redis().set("removed", "1");
  redis().set("shrinks", std::string(100'000, 'a'));
  ASSERT_TRUE(settled());
  const std::string row = sql()("SELECT id FROM redis.key WHERE name = 'renamed'");
  redis().append("s", std::string(50'000, 'b'));
  redis().hdel("h", {"a"});
  redis().hset("h", {{"c", "3"}, {"b", "4"}});
  redis().rename("renamed", "new");
  redis().del("removed");
  redis().set("shrinks", "short");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT length(value) FROM redis.string WHERE key = 's'"), "150000");
  EXPECT_EQ(sql()("SELECT string_agg(field || value, ' ' ORDER BY field) FROM redis.hash WHERE key = 'h'"),
            "b4 c3");
  EXPECT_EQ(sql()("SELECT id FROM redis.key WHERE name = 'new'"), row);
  EXPECT_EQ(
      sql()(
          "SELECT count(*) FROM redis.string_chunk c WHERE NOT EXISTS (SELECT FROM redis.key k WHERE k.id = "
          "c.key_id)"),
      "0");
  const auto before = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), before);
}

TEST_F(KeysTest, NamesChangePlacesInOneFlush) {
  start_keys();
  redis().set("a", "1");
  redis().set("b", "2");
  ASSERT_TRUE(settled());
  {
    const auto group = redis().whole();
    ASSERT_TRUE(group->keys().rename(RedisClient::key("a"), RedisClient::key("c")));
    ASSERT_TRUE(group->keys().rename(RedisClient::key("b"), RedisClient::key("a")));
    ASSERT_TRUE(group->keys().rename(RedisClient::key("c"), RedisClient::key("b")));
  }
  ASSERT_TRUE(settled());
  EXPECT_EQ(text("a") + text("b"), "21");
  EXPECT_EQ(keys().status().flushes_failed, 0u);
}

TEST_F(KeysTest, ExpiredKeysAreDeletedInPostgresAndNotLoaded) {
  start_keys();
  redis().set("dead", "1");
  redis().expire_in("dead", 200);
  ASSERT_TRUE(settled());
  views_.reset();
  sql()("SELECT pg_sleep(0.25)");
  start_keys();
  EXPECT_EQ(redis().get("dead"), "(nil)");
  keys().keyspace().expire_some(100);
  ASSERT_TRUE(eventually([&] { return sql()("SELECT count(*) FROM redis.key") == "0"; }));
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.string_chunk"), "0");
}

TEST_F(KeysTest, ASyncWriteIsCommittedWhenItIsAnswered) {
  options_.keys.flusher.interval = std::chrono::hours(1);
  start_keys();
  redis().set("s:k", "v");
  ASSERT_TRUE(durable("s:k"));
  EXPECT_EQ(text("s:k"), "v");
}

TEST_F(KeysTest, AGroupIsWrittenWhole) {
  start_keys();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      const auto group = redis().whole();
      const std::string value = std::to_string(i);
      (void)group->strings().set(RedisClient::key("m1"), value, {});
      (void)group->hashes().set(RedisClient::key("m2"), std::vector<FieldRef>{{"f", value}});
    }
  });
  std::string last;
  int seen = 0;
  for (int i = 0; i < 200 || seen < 3; ++i) {
    const std::string both = sql()(
        "SELECT (SELECT value FROM redis.string WHERE key = 'm1') || '|' || (SELECT value "
        "FROM redis.hash WHERE key = 'm2')");
    if (both == "NULL") continue;
    const auto bar = both.find('|');
    EXPECT_EQ(both.substr(0, bar), both.substr(bar + 1));
    seen += both != last ? 1 : 0;
    last = both;
  }
  stop = true;
  writer.join();
}

TEST_F(KeysTest, WhatIsTooLargeIsRefusedAloneUntilItFits) {
  options_.keys.flusher.element_bytes_max = 1000;
  start_keys();
  for (int i = 0; i < 50; ++i) redis().set("k" + std::to_string(i), "v");
  redis().hset("s:big", {{"f", std::string(2000, 'x')}});
  for (int i = 50; i < 100; ++i) redis().set("k" + std::to_string(i), "v");
  const auto refused = durable("s:big");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("longer than 1000 bytes"));
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.key"), "100");
  const KeysStatus status = keys().status();
  ASSERT_THAT(status.refused, SizeIs(1));
  EXPECT_EQ(status.refused[0].key.name, "s:big");
  EXPECT_TRUE(status.flush_error.empty());
  redis().set("s:other", "goes on");
  EXPECT_TRUE(durable("s:other"));
  ASSERT_TRUE(
      eventually([&] { return sql()("SELECT refused #>> '{0,key}' FROM stele.key_status") == "s:big"; }));
  redis().hset("s:big", {{"f", "small"}});
  ASSERT_TRUE(settled());
  EXPECT_TRUE(eventually([&] { return keys().status().refused.empty(); }));
  EXPECT_EQ(sql()("SELECT value FROM redis.hash WHERE key = 's:big'"), "small");
}

TEST_F(KeysTest, ARowThatPostgresRefusesIsFoundByHalving) {
  start_keys();
  redis().set("first", "1");
  ASSERT_TRUE(settled());
  sql()("ALTER TABLE redis.key ADD CONSTRAINT no_bad CHECK (name <> 'bad37')");
  for (int i = 0; i < 100; ++i) redis().set("bad" + std::to_string(i), "v");
  ASSERT_TRUE(eventually([&] { return keys().status().refused_count == 1; }));
  EXPECT_EQ(keys().status().refused[0].key.name, "bad37");
  EXPECT_THAT(keys().status().refused[0].reason, HasSubstr("no_bad"));
  ASSERT_TRUE(eventually([&] { return sql()("SELECT count(*) FROM redis.key") == "100"; }));
  sql()("ALTER TABLE redis.key DROP CONSTRAINT no_bad");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.key"), "101");
}

// What MULTI wrote is stored whole or not at all, though PostgreSQL has nothing against most of it.
TEST_F(KeysTest, AGroupWithARefusedKeyIsRefusedWhole) {
  options_.keys.flusher.element_bytes_max = 1000;
  start_keys();
  redis().set("counter", "0");
  ASSERT_TRUE(settled());
  sql()("ALTER TABLE redis.key ADD CONSTRAINT no_bad CHECK (name NOT LIKE 'bad%')");
  const auto set_together = [&](std::initializer_list<std::pair<const char*, std::string>> values) {
    const auto group = redis().whole();
    for (const auto& [name, value] : values)
      ASSERT_TRUE(group->strings().set(RedisClient::key(name), value, {}));
  };
  const auto stored = [&] {
    return sql()("SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM redis.string");
  };
  set_together({{"counter", "1"}, {"bad1", "v"}, {"s:with", "v"}});
  set_together({{"s:free", "1"}, {"alone", "1"}});
  redis().hset("s:big", {{"f", std::string(2000, 'x')}});
  EXPECT_TRUE(durable("s:free"));
  EXPECT_EQ(stored(), "alone=1 counter=0 s:free=1");
  const auto refused = durable("s:with");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("no_bad"));
  EXPECT_EQ(keys().status().refused_count, 4U);
  EXPECT_TRUE(keys().refuses_keys());
  EXPECT_THAT(keys().refusal_among({RedisClient::key("alone"), RedisClient::key("counter")}),
              AllOf(HasSubstr("'counter'"), HasSubstr("no_bad")));
  EXPECT_EQ(keys().refusal_among({RedisClient::key("alone"), RedisClient::key("s:free")}), "");
  // A group that has a key in common waits with it, and its writer is told.
  set_together({{"counter", "2"}, {"s:later", "1"}});
  EXPECT_FALSE(durable("s:later"));
  EXPECT_EQ(stored(), "alone=1 counter=0 s:free=1");
  // Too large is refused in the same way.
  {
    const auto group = redis().whole();
    ASSERT_TRUE(group->hashes().set(RedisClient::key("s:big"), std::vector<FieldRef>{{"f", "small"}}));
    ASSERT_TRUE(
        group->hashes().set(RedisClient::key("large"), std::vector<FieldRef>{{"f", std::string(2000, 'x')}}));
  }
  const auto large = durable("s:big");
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error().message, HasSubstr("longer than 1000 bytes"));
  redis().del("large");
  EXPECT_TRUE(eventually([&] { return durable("s:big").has_value(); }));
  // Without the offender all others go.
  redis().del("bad1");
  ASSERT_TRUE(settled());
  EXPECT_TRUE(eventually([&] { return !keys().refuses_keys(); }));
  EXPECT_EQ(stored(), "alone=1 counter=2 s:free=1 s:later=1 s:with=v");
}

TEST_F(KeysTest, ADroppedTableConcernsItsTypeAloneUntilItIsBack) {
  start_keys();
  redis().hset("before", {{"f", "1"}});
  ASSERT_TRUE(settled());
  sql()("ALTER TABLE redis.hash_field RENAME TO elsewhere");
  redis().hset("s:h", {{"f", "1"}});
  redis().set("s:s", "1");
  EXPECT_TRUE(durable("s:s"));
  const auto refused = durable("s:h");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("hash_field"));
  EXPECT_EQ(text("s:s"), "1");
  sql()("ALTER TABLE redis.elsewhere RENAME TO hash_field");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT value FROM redis.hash WHERE key = 's:h'"), "1");
}

TEST_F(KeysTest, ALockedRowKeepsItsOwnKeyAlone) {
  options_.keys.flush_lock_timeout = std::chrono::milliseconds(50);
  start_keys();
  redis().set("locked", "1");
  ASSERT_TRUE(settled());
  Sql blocker(server().options(database_));
  blocker("BEGIN; SELECT FROM redis.key WHERE name = 'locked' FOR UPDATE");
  redis().set("locked", "2");
  redis().set("s:free", "1");
  EXPECT_TRUE(durable("s:free"));
  EXPECT_EQ(text("locked"), "1");
  EXPECT_EQ(text("s:free"), "1");
  blocker("COMMIT");
  ASSERT_TRUE(settled());
  EXPECT_EQ(text("locked"), "2");
}

TEST_F(KeysTest, BackPressureBeginsAndEndsWithTheBacklog) {
  options_.keys.flusher.backlog_bytes_max = 10'000;
  start_keys();
  redis().set("k", "1");
  ASSERT_TRUE(settled());
  Sql blocker(server().options(database_));
  blocker("BEGIN; LOCK TABLE stele.key_owner");
  EXPECT_TRUE(keys().may_write());
  EXPECT_EQ(keys().status().backlog_age, Duration());
  redis().set("large", std::string(20'000, 'x'));
  ASSERT_TRUE(eventually([&] { return !keys().may_write(); }));
  EXPECT_GE(keys().status().backlog_bytes, 20'000u);
  // It ages until it is committed.
  const TimePoint written = system_clock().now();
  ASSERT_TRUE(eventually([&] { return system_clock().now() > written + std::chrono::milliseconds(50); }));
  EXPECT_GE(keys().status().backlog_age, std::chrono::milliseconds(50));
  blocker("ROLLBACK");
  ASSERT_TRUE(eventually([&] { return keys().may_write(); }));
  ASSERT_TRUE(settled());
  EXPECT_EQ(keys().status().backlog_bytes, 0u);
  EXPECT_EQ(keys().status().backlog_age, Duration());
}

TEST_F(KeysTest, WritesWaitWhileAnOlderOneWaitsForLong) {
  start_keys();
  redis().set("k", "1");
  ASSERT_TRUE(settled());
  Sql blocker(server().options(database_));
  blocker("BEGIN; LOCK TABLE stele.key_owner");
  redis().set("small", "x");
  EXPECT_TRUE(keys().may_write());
  ASSERT_TRUE(eventually([&] { return !keys().may_write(); }));
  EXPECT_GE(keys().status().backlog_age, std::chrono::milliseconds(700));
  // Nobody waits for a PostgreSQL that does not answer at all.
  ASSERT_TRUE(eventually([&] { return keys().may_write(); }));
  blocker("ROLLBACK");
  ASSERT_TRUE(settled());
  EXPECT_TRUE(keys().may_write());
}

TEST_F(KeysTest, WritesWaitForWhatPostgresTakesInASecond) {
  constexpr std::size_t kBound = 1U << 30;
  options_.keys.flusher.backlog_bytes_max = kBound;
  start_keys();
  const std::size_t unknown = options_.keys.flusher.flush_bytes;
  EXPECT_EQ(keys().status().backlog_bytes_max, unknown);
  redis().set("small", "is no measure");
  ASSERT_TRUE(settled());
  EXPECT_EQ(keys().status().backlog_bytes_max, unknown);
  redis().set("large", std::string(1'000'000, 'x'));
  ASSERT_TRUE(settled());
  const std::size_t learned = keys().status().backlog_bytes_max;
  EXPECT_NE(learned, unknown);
  EXPECT_LT(learned, kBound);
  EXPECT_GE(learned, 64U << 10);
}

}  // namespace
}  // namespace stele::views
