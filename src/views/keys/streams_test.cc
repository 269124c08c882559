#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using keyspace::StreamId;
using keyspace::StreamTrim;

// Streams in PostgreSQL.
class StreamKeysTest : public KeysTest {
 protected:
  std::string here(const std::string& name) { return redis().dump()["0/" + name]; }
  std::string count(const std::string& table) { return sql()("SELECT count(*) FROM redis.stream_" + table); }
  // What a flush did to the table's rows: inserted, updated, deleted.
  std::string entries(const std::string& name) {
    return sql()("SELECT string_agg(id || ' ' || fields, ' ' ORDER BY id) FROM redis.stream WHERE key = '" +
                 name + "'");
  }
  void read_new(const std::string& name, std::string_view consumer, std::size_t count_max) {
    ASSERT_TRUE(redis().whole()->streams().read_new(RedisClient::key(name), "g", consumer, count_max, false));
  }
  void create_group(const std::string& name) {
    ASSERT_TRUE(
        *redis().whole()->streams().create_group(RedisClient::key(name), "g", {.id = StreamId{}}, true));
  }
};

TEST_F(StreamKeysTest, WhatIsAddedAndReadStandsInTheTablesAndComesBack) {
  start_keys();
  create_group("s");
  redis().xadd("s", {5, 1}, {{"a", "1"}, {"b", std::string_view("\0x", 2)}});
  redis().xadd("s", StreamId{18446744073709551615U, 7}, {{"a", ""}});
  {
    const auto group = redis().whole();
    for (std::uint64_t i = 1; i <= 300; ++i) {
      const std::string value = "v" + std::to_string(i);
      const FieldRef field{"f", value};
      ASSERT_TRUE(
          group->streams().add(RedisClient::key("many"), {.id = StreamId{i, 0}}, std::span(&field, 1)));
    }
    ASSERT_TRUE(*group->streams().create_group(RedisClient::key("empty"), "other", {}, true));
  }
  create_group("many");
  read_new("many", "c", 20);
  read_new("many", "d", 20);
  ASSERT_TRUE(settled());
  EXPECT_EQ(entries("s"), R"(18446744073709551615-7 {"a": ""} 5-1 {"a": "1", "b": "\\000x"})");
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.stream WHERE key = 'many' AND fields->>'f' LIKE 'v%'"), "300");
  EXPECT_EQ(count("pending"), "40");
  EXPECT_EQ(count("consumer"), "2");
  EXPECT_EQ(count("group"), "3");
  const auto before = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), before);

  const auto key = RedisClient::key("many");
  ASSERT_EQ(*redis().whole()->streams().trim(key, {.kind = StreamTrim::Kind::kLength, .length = 100}), 200u);
  ASSERT_EQ(*redis().whole()->streams().remove(key, std::vector<StreamId>{{250, 0}}), 1u);
  ASSERT_EQ(*redis().whole()->streams().acknowledge(key, "g", std::vector<StreamId>{{1, 0}, {2, 0}}), 2u);
  ASSERT_EQ(*redis().whole()->streams().remove_consumer(key, "g", "d"), 20u);
  ASSERT_TRUE(*redis().whole()->streams().destroy_group(RedisClient::key("s"), "g"));
  create_group("s");
  redis().rename("empty", "renamed");
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT count(*), min(id) FROM redis.stream WHERE key = 'many'"), "99");
  EXPECT_EQ(count("pending"), "18");
  EXPECT_EQ(count("consumer"), "1");
  const auto after = redis().dump();
  restart();
  EXPECT_EQ(redis().dump(), after);
  redis().del("many");
  ASSERT_TRUE(settled());
  EXPECT_EQ(count("pending"), "0");
}

TEST_F(StreamKeysTest, AFlushCostsWhatChanged) {
  start_keys();
  for (std::uint64_t i = 1; i <= 50; ++i) redis().xadd("s", {i, 0}, {{"f", "v"}});
  ASSERT_TRUE(settled());
  // A row that was not written since has the transaction that wrote it.
  const std::string former = sql()("SELECT max(xmin::text::bigint) FROM redis.stream_entry");
  redis().xadd("s", {100, 0}, {{"f", "v"}}, {.kind = StreamTrim::Kind::kLength, .length = 20});
  ASSERT_TRUE(settled());
  EXPECT_EQ(sql()("SELECT count(*) FROM redis.stream_entry WHERE xmin::text::bigint > " + former), "1");
  EXPECT_EQ(count("entry"), "20");
}

TEST_F(StreamKeysTest, WhatSqlWritesIsSeen) {
  start_keys();
  redis().xadd("s", {1, 0}, {{"f", "v"}});
  create_group("s");
  ASSERT_TRUE(settled());
  sql()(
      "INSERT INTO redis.stream_entry (key_id, id, fields) SELECT id, redis.stream_id('7-2'), "
      "redis.stream_fields('from', 'sql') FROM redis.key WHERE name = 's'");
  EXPECT_TRUE(eventually([&] { return here("s") == "7-2 of 2: 1-0,f=v 7-2,from=sql | g at 0-0"; }))
      << here("s");
  sql()("DELETE FROM redis.stream_entry WHERE id = redis.stream_id('1')");
  EXPECT_TRUE(eventually([&] { return here("s") == "7-2 of 2: 7-2,from=sql | g at 0-0"; })) << here("s");
  sql()(
      "WITH k AS (INSERT INTO redis.key (name, type) VALUES ('new', 'stream') RETURNING id) "
      "INSERT INTO redis.stream_entry (key_id, id, fields) SELECT id, redis.stream_id('3'), "
      "redis.stream_fields('a', 'b') FROM k");
  EXPECT_TRUE(eventually([&] { return here("new") == "3-0 of 1: 3-0,a=b"; })) << here("new");
  sql()("DELETE FROM redis.stream_group");
  EXPECT_TRUE(eventually([&] { return here("s") == "7-2 of 2: 7-2,from=sql"; })) << here("s");
  // What follows goes on behind what SQL wrote.
  redis().xadd("new", {4, 0}, {{"a", "c"}});
  ASSERT_TRUE(settled());
  EXPECT_EQ(entries("new"), R"(3-0 {"a": "b"} 4-0 {"a": "c"})");
  sql()("DELETE FROM redis.key WHERE name = 's'");
  EXPECT_TRUE(eventually([&] { return here("s").empty(); }));
  EXPECT_EQ(count("state"), "1");
}

}  // namespace
}  // namespace stele::views
