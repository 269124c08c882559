#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using testing::HasSubstr;

using Fields = std::map<std::string, std::string>;

class MappingTest : public KeysTest {
 protected:
  void SetUp() override {
    KeysTest::SetUp();
    options_.keys.mapped_lock_timeout = std::chrono::milliseconds(200);
    start_keys();
    sql()(
        "CREATE TABLE package (name text PRIMARY KEY, version text NOT NULL, size int CHECK (size > 0), home "
        "text, "
        "at timestamptz); INSERT INTO package VALUES ('bash', '5.2', 7164, NULL, '2026-01-02 03:04:05+00'), "
        "('dash', '0.5', 191, 'http://x', NULL); SELECT stele.publish('package')");
    ASSERT_TRUE(ready("package"));
  }
  void map(const std::string& options = "{}") {
    sql()("SELECT stele.map_keys('package:', 'package', '" + options + "')");
    ASSERT_TRUE(mapped_ready());
  }
  bool mapped_ready() {
    return eventually(
        [&] { return keys().class_of("package:x") == KeyClass::kMapped && !keys().loading("package:x"); });
  }
  std::string field(const std::string& column, const std::string& name = "bash") {
    return sql()("SELECT coalesce((SELECT " + column + "::text FROM package WHERE name = '" + name +
                 "'), '-')");
  }
};

TEST_F(MappingTest, RowsAreHashesAndFollowTheirTable) {
  map();
  EXPECT_EQ(
      redis().hgetall("package:bash"),
      (Fields{{"name", "bash"}, {"version", "5.2"}, {"size", "7164"}, {"at", "2026-01-02 03:04:05+00"}}));
  EXPECT_EQ(redis().hgetall("package:dash"),
            (Fields{{"name", "dash"}, {"version", "0.5"}, {"size", "191"}, {"home", "http://x"}}));
  sql()(
      "UPDATE package SET home = repeat('h', 100000), size = NULL WHERE name = 'bash'; INSERT INTO package "
      "VALUES "
      "('zsh', '5.9', 1); UPDATE package SET name = 'ash' WHERE name = 'dash'");
  caught_up();
  EXPECT_EQ(redis().hgetall("package:bash")["home"], std::string(100'000, 'h'));
  EXPECT_FALSE(redis().hgetall("package:bash").contains("size"));
  EXPECT_EQ(redis().hgetall("package:ash")["version"], "0.5");
  EXPECT_TRUE(redis().hgetall("package:dash").empty());
  // A large value that an update leaves alone is not in the stream.
  sql()(
      "UPDATE package SET version = '6' WHERE name = 'bash'; UPDATE package SET name = 'bash2' WHERE name = "
      "'bash'; "
      "DELETE FROM package WHERE name = 'zsh'");
  caught_up();
  EXPECT_EQ(redis().hgetall("package:bash2")["home"], std::string(100'000, 'h'));
  EXPECT_EQ(redis().hgetall("package:bash2")["version"], "6");
  EXPECT_TRUE(redis().hgetall("package:zsh").empty());
  restart();
  ASSERT_TRUE(mapped_ready());
  EXPECT_EQ(redis().hgetall("package:bash2")["version"], "6");
  sql()("TRUNCATE package");
  caught_up();
  EXPECT_TRUE(redis().hgetall("package:bash2").empty());
}

// The stream tells of a deleted or renamed row what its replica identity has.
TEST_F(MappingTest, AnotherColumnThanThePrimaryKeyIsFollowedByTheReplicaIdentity) {
  sql()(
      "CREATE TABLE city (id int PRIMARY KEY, name text NOT NULL UNIQUE, n int);"
      "CREATE UNIQUE INDEX city_identity ON city (id, name);"
      "ALTER TABLE city REPLICA IDENTITY USING INDEX city_identity;"
      "INSERT INTO city SELECT i, 'c' || i, i FROM generate_series(1, 4) i; SELECT stele.publish('city')");
  ASSERT_TRUE(ready("city"));
  sql()("SELECT stele.map_keys('city:', 'city', '{\"key\": \"name\"}')");
  ASSERT_TRUE(eventually(
      [&] { return keys().class_of("city:x") == KeyClass::kMapped && !keys().loading("city:x"); }));
  sql()(
      "UPDATE city SET n = 10 WHERE id = 1; UPDATE city SET name = 'rome' WHERE id = 2; DELETE FROM city "
      "WHERE "
      "id = 3; UPDATE city SET id = 40 WHERE id = 4");
  caught_up();
  EXPECT_EQ(redis().hgetall("city:c1"), (Fields{{"id", "1"}, {"name", "c1"}, {"n", "10"}}));
  EXPECT_TRUE(redis().hgetall("city:c2").empty());
  EXPECT_EQ(redis().hgetall("city:rome")["id"], "2");
  EXPECT_TRUE(redis().hgetall("city:c3").empty());
  EXPECT_EQ(redis().hgetall("city:c4")["id"], "40");
  EXPECT_EQ(difference("city", "city"), "");
}

TEST_F(MappingTest, WritesAreSqlOnTheRowAndSeenWhenAnswered) {
  map();
  EXPECT_EQ(mapped(hset("package:bash", {{"version", "5.3"}, {"home", "h"}})), "1");
  EXPECT_EQ(redis().hgetall("package:bash")["version"], "5.3");
  EXPECT_EQ(field("version") + field("home"), "5.3h");
  EXPECT_EQ(mapped(hdel("package:bash", {{"home", ""}, {"at", ""}})), "2");
  EXPECT_EQ(mapped(hdel("package:bash", {{"home", ""}})), "0");
  EXPECT_FALSE(redis().hgetall("package:bash").contains("home"));
  EXPECT_EQ(mapped(hdel("package:nobody", {{"home", ""}})), "0");
  const auto both =
      write_mapped({hset("package:bash", {{"size", "1"}}), hset("package:dash", {{"size", "2"}})});
  ASSERT_TRUE(both);
  EXPECT_EQ(field("size") + field("size", "dash"), "12");
  const auto neither =
      write_mapped({hset("package:bash", {{"size", "3"}}), hset("package:dash", {{"size", "-1"}})});
  ASSERT_FALSE(neither);
  EXPECT_EQ(field("size"), "1");
}

TEST_F(MappingTest, WhatPostgresRefusesIsTheCallersError) {
  map();
  EXPECT_THAT(mapped(hset("package:bash", {{"size", "-1"}})), HasSubstr("package_size_check"));
  EXPECT_THAT(mapped(hset("package:bash", {{"size", "many"}})), HasSubstr("invalid input syntax"));
  EXPECT_THAT(mapped(hset("package:bash", {{"nothing", "1"}})), HasSubstr("column \"nothing\""));
  EXPECT_THAT(mapped(hdel("package:bash", {{"version", ""}})), HasSubstr("not-null"));
  EXPECT_THAT(mapped(hset("package:bash", {{"name", "other"}})), HasSubstr("is the key of its row"));
  EXPECT_THAT(mapped(hset("package:new", {{"version", "1"}})), HasSubstr("does not insert"));
  EXPECT_THAT(mapped(del("package:bash")), HasSubstr("does not delete"));
  EXPECT_THAT(mapped(hset("other:bash", {{"version", "1"}})), HasSubstr("no table is mapped"));
  EXPECT_EQ(field("version"), "5.2");
}

TEST_F(MappingTest, RowsComeAndGoWhereTheMappingAllowsIt) {
  map(R"({"insert": true, "delete": true})");
  EXPECT_EQ(mapped(hset("package:new", {{"version", "1"}, {"size", "5"}})), "2");
  EXPECT_EQ(redis().hgetall("package:new"), (Fields{{"name", "new"}, {"version", "1"}, {"size", "5"}}));
  EXPECT_EQ(mapped(del("package:new")), "1");
  EXPECT_EQ(mapped(del("package:new")), "0");
  EXPECT_TRUE(redis().hgetall("package:new").empty());
  // Commands on the view alone never touch a row.
  (void)redis().whole()->keys().flush(std::nullopt);
  keys().keyspace().expire_some(1000);
  EXPECT_EQ(redis().hgetall("package:bash")["version"], "5.2");
}

TEST_F(MappingTest, ALockHoldsItsCallerAloneAndNotForLong) {
  map();
  Sql blocker(server().options(database_));
  blocker("BEGIN; SELECT FROM package WHERE name = 'bash' FOR UPDATE");
  std::string late;
  std::thread waiting([&] {
    Sql own(server().options(database_));
    Result<std::vector<std::uint64_t>> result;
    own.run(
        [](NodeKeys* node, MappedWrite write, Result<std::vector<std::uint64_t>>* out) -> net::Task<void> {
          std::vector<MappedWrite> writes;
          writes.push_back(std::move(write));
          *out = co_await node->write_mapped(std::move(writes), system_clock().now() + kTestLimit);
        }(&keys(), hset("package:bash", {{"version", "late"}}), &result));
    late = result ? "written" : result.error().message;
  });
  EXPECT_EQ(mapped(hset("package:dash", {{"version", "1"}})), "0");
  redis().set("s:durable", "1");
  EXPECT_TRUE(durable("s:durable"));
  waiting.join();
  EXPECT_THAT(late, HasSubstr("lock timeout"));
  blocker("ROLLBACK");
  EXPECT_EQ(mapped(hset("package:bash", {{"version", "now"}})), "0");
}

TEST_F(MappingTest, TheTableMayBeAltered) {
  map();
  sql()("ALTER TABLE package DROP COLUMN home");
  EXPECT_THAT(mapped(hset("package:dash", {{"home", "h"}})), HasSubstr("column \"home\""));
  EXPECT_EQ(mapped(hset("package:dash", {{"version", "1"}})), "0");
  EXPECT_TRUE(eventually([&] { return !redis().hgetall("package:dash").contains("home"); }));
  sql()("ALTER TABLE package RENAME TO packages; ALTER TABLE packages RENAME name TO id");
  EXPECT_EQ(mapped(hset("package:dash", {{"version", "2"}})), "0");
  EXPECT_TRUE(eventually([&] { return redis().hgetall("package:dash")["id"] == "dash"; }));
  EXPECT_EQ(redis().hgetall("package:dash")["version"], "2");
  EXPECT_TRUE(eventually([&] { return redis().hgetall("package:bash").contains("id"); }));
  sql()("DROP TABLE packages");
  EXPECT_TRUE(eventually([&] { return keys().class_of("package:x") == KeyClass::kDurable; }));
  EXPECT_TRUE(redis().hgetall("package:dash").empty());
}

TEST_F(MappingTest, AMappingComesAndGoes) {
  EXPECT_THAT(sql().error("SELECT stele.map_keys('x:', 'pg_class')"), HasSubstr("is not published"));
  EXPECT_THAT(sql().error("SELECT stele.map_keys('x:', 'package', '{\"all\": 1}')"),
              HasSubstr("unknown option"));
  redis().set("package:mine", "1");
  ASSERT_TRUE(settled());
  EXPECT_THAT(sql().error("SELECT stele.map_keys('package:', 'package')"), HasSubstr("there are keys"));
  redis().del("package:mine");
  ASSERT_TRUE(settled());
  map();
  EXPECT_THAT(sql().error("SELECT stele.map_keys('package:b', 'package')"), HasSubstr("mapped already"));
  EXPECT_TRUE(eventually([&] {
    return sql()("SELECT mappings #>> '{0,table}' FROM stele.key_status") == "\"public\".\"package\"";
  }));
  sql()("SELECT stele.unmap_keys('package:')");
  EXPECT_TRUE(eventually([&] { return keys().class_of("package:bash") == KeyClass::kDurable; }));
  EXPECT_TRUE(redis().hgetall("package:bash").empty());
  map();
  EXPECT_EQ(redis().hgetall("package:bash")["version"], "5.2");
  sql()("SELECT stele.unpublish('package')");
  EXPECT_TRUE(eventually([&] { return keys().class_of("package:bash") == KeyClass::kDurable; }));
}

TEST_F(MappingTest, RowsAreReadWhileWritersGoOn) {
  sql()("INSERT INTO package SELECT 'p' || i, '0', i FROM generate_series(1, 600) i");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    Sql own(server().options(database_));
    for (int i = 1; !stop; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(3));  // what the stream can follow
      const std::string n = std::to_string(i % 600);
      own("UPDATE package SET version = '" + std::to_string(i) + "' WHERE name = 'p" + n + "'");
      if (i % 5 == 0) own("DELETE FROM package WHERE name = 'p" + std::to_string((i * 7) % 600) + "'");
      if (i % 3 == 0)
        own("INSERT INTO package VALUES ('p" + std::to_string((i * 11) % 600) +
            "', 'new', 1) ON CONFLICT DO NOTHING");
    }
  });
  for (int round = 0; round < 3; ++round) {
    map();
    if (round < 2) sql()("SELECT stele.unmap_keys('package:')");
    if (round < 2)
      ASSERT_TRUE(eventually([&] { return keys().class_of("package:x") == KeyClass::kDurable; }));
  }
  stop = true;
  writer.join();
  caught_up();
  const std::string rows =
      sql()("SELECT string_agg(name || '=' || version, ' ' ORDER BY name COLLATE \"C\") FROM package");
  std::string seen;
  const auto group = redis().whole();
  std::map<std::string, std::string> sorted;
  for (const std::string& name : group->keys().scan(kDb, 0, {.count = 100'000})->names)
    if (name.starts_with("package:"))
      sorted[name.substr(8)] = **group->hashes().get(RedisClient::key(name), "version");
  for (const auto& [name, version] : sorted) seen += (seen.empty() ? "" : " ") + name + "=" + version;
  EXPECT_TRUE(seen == rows) << seen.size() << " bytes, " << rows.size() << " in the table";
}

}  // namespace
}  // namespace stele::views
