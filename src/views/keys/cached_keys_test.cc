#include <atomic>
#include <thread>

#include "net/event.h"
#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

using testing::HasSubstr;

// Loads keys as a head does, from a thread of its own.
class Asker {
 public:
  Asker(ViewsOptions options, NodeKeys& keys, std::vector<std::string> names) : answers_(names.size()) {
    thread_ = std::thread([this, options, &keys, names = std::move(names)] {
      Sql reactor(options.postgres);
      reactor.run(ask_all(&keys, names, this));
    });
  }
  ~Asker() {
    if (thread_.joinable()) thread_.join();
  }
  // What each was told: the string, "(nil)", or the error.
  std::vector<std::string> answers() {
    thread_.join();
    return answers_;
  }

 private:
  static net::Task<void> ask_all(NodeKeys* keys, std::vector<std::string> names, Asker* asker) {
    asker->left_ = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) net::spawn(ask(keys, names[i], asker, i));
    co_await asker->done_.wait();
  }
  static net::Task<void> ask(NodeKeys* keys, std::string name, Asker* asker, std::size_t place) {
    auto loaded = co_await keys->load({RedisClient::key(name)});
    asker->answers_[place] = !loaded           ? loaded.error().message
                             : loaded->empty() ? "(nil)"
                                               : loaded->front().value.string;
    if (--asker->left_ == 0) asker->done_.set();
  }

  std::vector<std::string> answers_;
  std::size_t left_ = 0;
  net::Event done_;
  std::thread thread_;
};

class CachedKeysTest : public KeysTest {
 protected:
  void SetUp() override {
    KeysTest::SetUp();
    start_keys();
    sql()(
        "CREATE TABLE users (id int PRIMARY KEY, name text, team text); INSERT INTO users VALUES (1, 'ada', "
        "'x'), "
        "(2, 'bob', 'x'), (3, 'cy', 'y')");
  }
  void cache(const std::string& query, const std::string& options) {
    sql()("SELECT stele.cache_keys('user:', " + postgres::quote_literal(query) + ", '" + options + "')");
    ASSERT_TRUE(eventually([&] { return keys().reads_through("user:1"); }));
    caught_up();
  }
  std::string load(const std::string& name) { return Asker(options_, keys(), {name}).answers().front(); }
  // As a client would see it who asks the keyspace alone.
  std::string held(const std::string& name) { return redis().get(name); }
  std::uint64_t invalidate(Invalidation what, std::string name) {
    Result<std::uint64_t> removed = std::uint64_t{0};
    sql().run(invalidate_task(&keys(), what, std::move(name), &removed));
    return removed.value_or(999);
  }
  Result<void> write(const std::string& name, const std::string& value) {
    Result<void> written;
    sql().run(write_task(&keys(), name, value, &written));
    return written;
  }
  // Loads wait while it is held by us.
  void hold() { sql()("SELECT pg_advisory_lock(1)"); }
  void let_go() { sql()("SELECT pg_advisory_unlock(1)"); }
  std::string waiting() {
    return sql()(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT "
        "oid "
        "FROM pg_database WHERE datname = current_database())");
  }

  static constexpr std::string_view kName = "SELECT name FROM users WHERE id = $1";
  static constexpr std::string_view kSlow =
      "SELECT u.name FROM users u, LATERAL (SELECT pg_advisory_xact_lock_shared(1) WHERE u.id > 0) l WHERE "
      "u.id = $1";
  static constexpr std::string_view kExact = R"({"tables": [{"table": "users", "key": "id"}]})";

 private:
  static net::Task<void> invalidate_task(NodeKeys* keys, Invalidation what, std::string name,
                                         Result<std::uint64_t>* removed) {
    *removed = co_await keys->invalidate(what, std::move(name));
  }
  static net::Task<void> write_task(NodeKeys* keys, std::string name, std::string value,
                                    Result<void>* written) {
    *written = co_await keys->write_through(RedisClient::key(name), std::move(value),
                                            system_clock().now() + kTestLimit);
  }
};

TEST_F(CachedKeysTest, AnAbsentKeyIsLoadedAndKept) {
  cache(std::string(kName), std::string(kExact));
  EXPECT_EQ(load("user:1"), "ada");
  EXPECT_EQ(held("user:1"), "ada");
  EXPECT_TRUE(redis().whole()->keys().expiry(RedisClient::key("user:1"))->at.has_value());
  EXPECT_EQ(keys().class_of("user:1"), KeyClass::kCache);
  EXPECT_EQ(load("user:9"), "(nil)");
  // PostgreSQL prints 1, so a change of it would not name this key.
  EXPECT_EQ(load("user:01"), "(nil)");
  EXPECT_THAT(load("user:x"), "(nil)");
}

TEST_F(CachedKeysTest, SeveralColumnsAreAHash) {
  cache("SELECT name, team, NULL AS nothing FROM users WHERE id = $1", std::string(kExact));
  (void)load("user:2");
  EXPECT_EQ(redis().hgetall("user:2"), (std::map<std::string, std::string>{{"name", "bob"}, {"team", "x"}}));
}

TEST_F(CachedKeysTest, ManyWhoAskAtOnceAreOneStatement) {
  cache(std::string(kSlow), std::string(kExact));
  hold();
  Asker many(options_, keys(), std::vector<std::string>(40, "user:1"));
  Asker more(options_, keys(), std::vector<std::string>(40, "user:1"));
  ASSERT_TRUE(eventually([&] { return waiting() == "1"; }));
  Asker other(options_, keys(), {"user:2"});
  ASSERT_TRUE(eventually([&] { return waiting() == "2"; }));
  let_go();
  for (const std::string& answer : many.answers()) EXPECT_EQ(answer, "ada");
  for (const std::string& answer : more.answers()) EXPECT_EQ(answer, "ada");
  EXPECT_EQ(other.answers().front(), "bob");
}

TEST_F(CachedKeysTest, ChangesOfTheTableRemoveTheirKeysAlone) {
  cache(std::string(kName), std::string(kExact));
  for (const char* name : {"user:1", "user:2", "user:4"}) (void)load(name);
  sql()("UPDATE users SET name = 'ada lovelace' WHERE id = 1; INSERT INTO users VALUES (4, 'dan', 'y')");
  caught_up();
  EXPECT_EQ(held("user:1"), "(nil)");
  EXPECT_EQ(held("user:2"), "bob");
  EXPECT_EQ(load("user:1"), "ada lovelace");
  EXPECT_EQ(load("user:4"), "dan");
  sql()("UPDATE users SET id = 11 WHERE id = 1; DELETE FROM users WHERE id = 4");
  caught_up();
  EXPECT_EQ(load("user:1"), "(nil)");
  EXPECT_EQ(load("user:4"), "(nil)");
  EXPECT_EQ(load("user:11"), "ada lovelace");
  EXPECT_EQ(held("user:2"), "bob");
  sql()("TRUNCATE users");
  caught_up();
  EXPECT_EQ(held("user:2"), "(nil)");
}

TEST_F(CachedKeysTest, ATableWithoutAKeyConcernsAllKeys) {
  cache(std::string(kName), R"({"tables": ["users"]})");
  (void)load("user:1");
  (void)load("user:2");
  sql()("UPDATE users SET team = 'z' WHERE id = 3");
  caught_up();
  EXPECT_EQ(held("user:1"), "(nil)");
  EXPECT_EQ(held("user:2"), "(nil)");
}

TEST_F(CachedKeysTest, WhatWasReadBeforeAChangeIsNotKept) {
  cache(std::string(kSlow), std::string(kExact));
  hold();
  Asker early(options_, keys(), {"user:1"});
  ASSERT_TRUE(eventually([&] { return waiting() == "1"; }));
  sql()("UPDATE users SET name = 'new' WHERE id = 1");
  caught_up();
  // Who comes now does not join the load that began before.
  Asker late(options_, keys(), {"user:1"});
  ASSERT_TRUE(eventually([&] { return waiting() == "2"; }));
  let_go();
  EXPECT_EQ(early.answers().front(), "ada");
  EXPECT_EQ(late.answers().front(), "new");
  EXPECT_EQ(held("user:1"), "new");
}

TEST_F(CachedKeysTest, NoStaleValueStaysWhileOthersWrite) {
  cache(std::string(kName), std::string(kExact));
  std::atomic<bool> stops = false;
  std::thread writer([&, options = options_] {
    Sql own(options.postgres);
    for (int i = 0; i < 150; ++i) own("UPDATE users SET name = 'v" + std::to_string(i) + "' WHERE id = 1");
    stops = true;
  });
  while (!stops) (void)load("user:1");
  writer.join();
  caught_up();
  const std::string present = held("user:1");
  EXPECT_TRUE(present == "v149" || present == "(nil)") << present;
  EXPECT_EQ(load("user:1"), "v149");
}

TEST_F(CachedKeysTest, TagsAndPrefixesInvalidate) {
  cache("SELECT name, 'team:' || team AS tag FROM users WHERE id = $1",
        R"({"tags": ["people"], "tag_columns": ["tag"]})");
  for (const char* name : {"user:1", "user:2", "user:3"}) (void)load(name);
  EXPECT_EQ(held("user:3"), "cy");
  EXPECT_EQ(invalidate(Invalidation::kTag, "team:x"), 2u);
  EXPECT_EQ(held("user:1"), "(nil)");
  EXPECT_EQ(held("user:3"), "cy");
  (void)load("user:1");
  EXPECT_EQ(invalidate(Invalidation::kTag, "people"), 2u);
  (void)load("user:1");
  EXPECT_EQ(invalidate(Invalidation::kPrefix, "user:1"), 1u);
  EXPECT_EQ(invalidate(Invalidation::kTable, "public.users"), 999u);
}

TEST_F(CachedKeysTest, AbsenceIsRememberedUntilARowComes) {
  cache(std::string(kSlow), R"({"negative_ttl": "1 hour", "tables": [{"table": "users", "key": "id"}]})");
  EXPECT_EQ(load("user:9"), "(nil)");
  // Nothing is asked: it would wait.
  sql()("ALTER TABLE users RENAME TO elsewhere");
  EXPECT_EQ(load("user:9"), "(nil)");
  EXPECT_THAT(load("user:8"), HasSubstr("users"));
  sql()("ALTER TABLE elsewhere RENAME TO users; INSERT INTO users VALUES (9, 'iris', 'z')");
  caught_up();
  EXPECT_EQ(load("user:9"), "iris");
}

TEST_F(CachedKeysTest, SetRunsTheStatementThatIsNamed) {
  cache(std::string(kName), std::string(kExact));
  EXPECT_THAT(write("user:1", "x").error().message, HasSubstr("on_set"));
  cache(
      std::string(kName),
      R"({"tables": [{"table": "users", "key": "id"}], "on_set": "UPDATE users SET name = $2 WHERE id = $1"})");
  (void)load("user:1");
  ASSERT_TRUE(eventually([&] { return write("user:1", "grace").has_value(); }));
  EXPECT_EQ(sql()("SELECT name FROM users WHERE id = 1"), "grace");
  EXPECT_EQ(held("user:1"), "(nil)");
  EXPECT_EQ(load("user:1"), "grace");
}

TEST_F(CachedKeysTest, WhatIsRefusedSaysWhy) {
  EXPECT_THAT(sql().error("SELECT stele.cache_keys('u:', 'SELECT 1')"), HasSubstr("1 parameters are wanted"));
  EXPECT_THAT(sql().error("SELECT stele.cache_keys('u:', 'SELECT name FROM nowhere WHERE id = $1')"),
              HasSubstr("nowhere"));
  EXPECT_THAT(sql().error("SELECT stele.cache_keys('u:', 'SELECT $1::text', '{\"what\": 1}')"),
              HasSubstr("unknown option"));
  EXPECT_THAT(
      sql().error("SELECT stele.cache_keys('u:', 'SELECT $1::text', '{\"tables\": [{\"table\": \"users\", "
                  "\"key\": \"none\"}]}')"),
      HasSubstr("no column"));
  EXPECT_THAT(
      sql().error("CREATE TABLE bare (a int); SELECT stele.cache_keys('u:', 'SELECT $1::text', '{\"tables\": "
                  "[\"bare\"]}')"),
      HasSubstr("replica identity"));
  sql()("SELECT stele.cache_keys('u:', 'SELECT $1::text')");
  EXPECT_THAT(sql().error("SELECT stele.cache_keys('u:x:', 'SELECT $1::text')"), HasSubstr("taken already"));
  EXPECT_TRUE(eventually([&] { return keys().reads_through("u:1"); }));
  EXPECT_EQ(load("u:1"), "1");
  sql()("SELECT stele.uncache_keys('u:')");
  caught_up();
  EXPECT_FALSE(keys().reads_through("u:1"));
  EXPECT_EQ(held("u:1"), "(nil)");
}

}  // namespace
}  // namespace stele::views
