#include <atomic>
#include <thread>

#include "views/keys/test_keys.h"

namespace stele::views {
namespace {

// A server of its own, which is killed with kill -9 while keys are written and flushed.
class KeysBadDays : public testing::Test {
 protected:
  KeysBadDays() : server_({{"wal_level", "logical"}, {"logical_decoding_work_mem", "64kB"}}) {
    options_.postgres = server_.options();
    options_.keys.rules = {{"s:", KeyClass::kDurableSync}};
    options_.keys.flusher.interval = std::chrono::milliseconds(20);
  }
  void start() {
    auto started = Views::start(options_, metrics_);
    ASSERT_TRUE(started) << started.error().to_string();
    views_ = std::move(*started);
    ASSERT_TRUE(eventually([&] { return !keys().loading() && keys().owner(); }));
  }
  NodeKeys& keys() { return views_->keys(); }
  bool settled() {
    return eventually([&] {
      const auto stats = keys().keyspace().stats();
      return stats.dirty_objects == 0 && keys().status().flushed >= stats.last_change;
    });
  }

  postgres::TestServer server_;
  ViewsOptions options_;
  MetricRegistry metrics_;
  std::unique_ptr<Views> views_;
};

// Appends: what is written twice, or in part, shows.
void write(NodeKeys& keys, int i) {
  const auto group = keys.keyspace().begin(Scope::whole());
  const std::string n = std::to_string(i % 40);
  (void)group->strings().append(RedisClient::key("log" + n), std::to_string(i) + ",");
  (void)group->hashes().increment_by(RedisClient::key("count" + n), "n", 1);
  if (i % 9 == 0) (void)group->keys().remove(RedisClient::key("log" + std::to_string(i % 13)));
  if (i % 17 == 0 && *group->keys().exists(RedisClient::key("count" + n)))
    (void)group->keys().rename(RedisClient::key("count" + n),
                               RedisClient::key("count" + std::to_string(i % 40 + 1)));
}

TEST_F(KeysBadDays, EqualTheTablesAfterKillsOfTheServer) {
  start();
  std::atomic<bool> stop = false;
  std::atomic<int> done = 0;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i, ++done) {
      write(keys(), i);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  for (int round = 0; round < 4; ++round) {
    const std::uint64_t before = keys().status().flushes;
    ASSERT_TRUE(eventually([&] { return keys().status().flushes > before + 5; }));
    server_.kill_all();
    const int at = done;
    ASSERT_TRUE(eventually([&] { return done > at + 50; }));
    server_.start();
  }
  const std::uint64_t before = keys().status().flushes;
  ASSERT_TRUE(eventually([&] { return keys().status().flushes > before + 5; }));
  stop = true;
  writer.join();
  ASSERT_TRUE(settled());
  EXPECT_EQ(keys().status().refused_count, 0u);
  const auto seen = RedisClient(keys()).dump();
  EXPECT_GT(seen.size(), 40u);
  EXPECT_EQ(keys().keyspace().stats().overridden, 0u);
  views_.reset();
  start();
  EXPECT_EQ(RedisClient(keys()).dump(), seen);
}

TEST_F(KeysBadDays, SyncWritesThatWereAnsweredSurviveBoth) {
  start();
  std::atomic<bool> stop = false;
  std::atomic<int> acknowledged = -1;
  std::thread writer([&] {
    Sql own(server_.options());
    for (int i = 0; !stop; ++i) {
      {
        const auto group = keys().keyspace().begin(Scope::whole());
        (void)group->strings().set(RedisClient::key("s:k"), std::to_string(i), {});
      }
      Result<void> result;
      own.run([](NodeKeys* node, Result<void>* out) -> net::Task<void> {
        const auto last = node->keyspace().stats().last_change;
        *out =
            co_await node->wait_durable(last, {RedisClient::key("s:k")}, system_clock().now() + kTestLimit);
      }(&keys(), &result));
      if (result) acknowledged = i;
    }
  });
  ASSERT_TRUE(eventually([&] { return acknowledged > 30; }));
  server_.kill_all();
  stop = true;
  const int promised = acknowledged;
  server_.start();
  writer.join();
  Sql sql(server_.options());
  EXPECT_GE(std::stoi(sql("SELECT value FROM redis.string WHERE key = 's:k'")), promised);
}

TEST_F(KeysBadDays, ALostSlotKeepsWhatIsNotFlushed) {
  start();
  RedisClient redis(keys());
  redis.set("k", "1");
  redis.set("gone", "1");
  ASSERT_TRUE(settled());
  Sql sql(server_.options());
  Sql blocker(server_.options());
  blocker("BEGIN; LOCK TABLE stele.key_owner IN EXCLUSIVE MODE");
  redis.set("unflushed", "1");
  redis.append("k", "+");
  ASSERT_TRUE(eventually([&] {
    return sql
        .try_query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
                   views_->status().slot + "' AND active_pid IS NOT NULL; SELECT pg_drop_replication_slot('" +
                   views_->status().slot + "')")
        .has_value();
  }));
  // Nobody tells of this one.
  sql("DELETE FROM redis.key WHERE name = 'gone'");
  blocker("ROLLBACK");
  ASSERT_TRUE(eventually([&] { return redis.get("gone") == "(nil)"; }));
  ASSERT_TRUE(settled());
  EXPECT_EQ(redis.get("unflushed") + redis.get("k"), "11+");
  EXPECT_EQ(sql("SELECT string_agg(value, ' ' ORDER BY key) FROM redis.string"), "1+ 1");
}

}  // namespace
}  // namespace stele::views
