#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "views/test_views.h"

namespace stele::views {
namespace {

// Writers that never stop; errors are the server's business.
class Writers {
 public:
  Writers(const postgres::ConnectOptions& options, std::string table, int count) {
    for (int i = 0; i < count; ++i)
      threads_.emplace_back([this, options, table, i] { write(options, table, i); });
  }
  ~Writers() { stop(); }
  void stop() {
    stop_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  int done() const { return done_; }

 private:
  void write(const postgres::ConnectOptions& options, const std::string& table, int number) {
    Sql sql(options);
    for (int i = 0; !stop_; ++i) {
      const std::string id = std::to_string(number * 1'000'000 + i % 500);
      const auto result =
          sql.try_query(i % 50 == 49 ? "DELETE FROM " + table + " WHERE id = " + id
                        : i % 7 == 3 ? "BEGIN; UPDATE " + table + " SET id = -id WHERE id = " + id +
                                           "; SAVEPOINT s; DELETE FROM " + table + "; ROLLBACK TO s; COMMIT"
                                     : "INSERT INTO " + table + " VALUES (" + id + ", " + std::to_string(i) +
                                           ") ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n");
      if (result) {
        ++done_;
      } else {
        sql.reconnect();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<int> done_{0};
  std::vector<std::thread> threads_;
};

TEST_F(ViewsTest, JoinsWhileWritersGoOn) {
  start();
  sql()(
      "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i + 5000000, i FROM "
      "generate_series(1, 5000) i");
  Writers writers(server().options(database_), "t", 3);
  ASSERT_TRUE(eventually([&] { return writers.done() > 50; }));
  for (int round = 0; round < 3; ++round) {
    sql()("SELECT stele.publish('t')");
    ASSERT_TRUE(ready("t"));
    sql()("SELECT stele.unpublish('t')");
    ASSERT_TRUE(eventually([&] { return entry("t") == nullptr; }));
  }
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  const int before = writers.done();
  ASSERT_TRUE(eventually([&] { return writers.done() > before + 100; }));
  writers.stop();
  EXPECT_EQ(difference("t", "t"), "");
}

TEST_F(ViewsTest, NamesWhoBlocksACopyAndGoesOnAfterwards) {
  ViewsOptions quick = options();
  quick.slot_timeout = std::chrono::seconds(1);
  auto started = Views::start(quick, metrics_);
  ASSERT_TRUE(started) << started.error().to_string();
  views_ = std::move(*started);
  sql()("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE other (id int)");
  Sql blocker(server().options(database_));
  blocker("BEGIN; INSERT INTO other VALUES (1)");
  const std::string pid = blocker("SELECT pg_backend_pid()");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(eventually([&] { return entry("t") && entry("t")->reason.find(pid) != std::string::npos; }))
      << entry("t")->reason;
  EXPECT_EQ(entry("t")->state, CollectionState::kBuilding);
  EXPECT_FALSE(views_->status().ready);
  sql()("INSERT INTO t VALUES (2)");
  blocker("COMMIT");
  ASSERT_TRUE(ready("t"));
  EXPECT_EQ(difference("t", "t"), "");
  ASSERT_TRUE(eventually([&] { return views_->status().ready; }));
}

TEST_F(ViewsTest, GoesOnWhenTheWalsenderIsKilled) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY, n int); SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  Writers writers(server().options(database_), "t", 2);
  for (int round = 0; round < 5; ++round) {
    const int before = writers.done();
    ASSERT_TRUE(eventually([&] { return writers.done() > before + 40; }));
    sql()(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL AND "
        "database = "
        "current_database()");
  }
  writers.stop();
  EXPECT_EQ(difference("t", "t"), "");
  ASSERT_TRUE(eventually([&] { return views_->status().reconnects > 0; }));
}

TEST_F(ViewsTest, CopiesAnewWhenTheSlotIsGone) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1); SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  const std::string slot = views_->status().slot;
  sql()("INSERT INTO t VALUES (2, 2)");
  caught_up();
  // Ended and dropped in one go, so that it is not taken again between.
  ASSERT_TRUE(eventually([&] {
    return sql()
        .try_query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
                   slot + "' AND active_pid IS NOT NULL; SELECT pg_drop_replication_slot('" + slot + "')")
        .has_value();
  }));
  sql()("INSERT INTO t VALUES (3, 3); DELETE FROM t WHERE id = 1");
  EXPECT_EQ(difference("t", "t"), "");
  ASSERT_TRUE(ready("t"));
  EXPECT_EQ(search("t", match_all()).size(), 2U);
}

// A slot that is being made waits for every transaction that runs; nobody who stops waits for that.
class StopWhileASlotWaits : public ViewsTest {
 protected:
  void SetUp() override {
    ViewsTest::SetUp();
    ViewsOptions views = options();
    views.slot_timeout = std::chrono::hours(1);
    auto started = Views::start(views, metrics_);
    ASSERT_TRUE(started) << started.error().to_string();
    views_ = std::move(*started);
    sql()("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE other (id int)");
    blocker_ = std::make_unique<Sql>(server().options(database_));
  }
  void TearDown() override {
    blocker_.reset();
    ViewsTest::TearDown();
  }
  void block() { (*blocker_)("BEGIN; INSERT INTO other VALUES (1)"); }
  std::string slots(const std::string& which) {
    return sql()("SELECT count(*) FROM pg_replication_slots WHERE database = current_database() AND " +
                 which);
  }
  bool waits(const std::string& slot) {
    return eventually([&] {
      return slots("slot_name LIKE '" + slot +
                   "' AND active_pid IS NOT NULL AND confirmed_flush_lsn IS NULL") == "1";
    });
  }
  void expect_stop() {
    auto stopped = std::async(std::launch::async, [this] { views_->stop(); });
    EXPECT_EQ(stopped.wait_for(kTestLimit), std::future_status::ready);
    EXPECT_TRUE(eventually([&] { return slots("true") == "0"; }));
    (*blocker_)("COMMIT");  // were it still waited for, the test ends nevertheless
    stopped.wait();
  }

  std::unique_ptr<Sql> blocker_;
};

TEST_F(StopWhileASlotWaits, ForACopy) {
  block();
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(waits(views_->status().slot + "_copy%"));
  expect_stop();
}

TEST_F(StopWhileASlotWaits, ForTheStream) {
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  block();
  const std::string slot = views_->status().slot;
  ASSERT_TRUE(eventually([&] {
    return sql()
        .try_query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" +
                   slot + "' AND active_pid IS NOT NULL; SELECT pg_drop_replication_slot('" + slot + "')")
        .has_value();
  }));
  ASSERT_TRUE(waits(slot));
  expect_stop();
}

// A server of its own, which is killed.
TEST(ViewsBadDays, EqualTheTablesAfterKillsOfTheServer) {
  const postgres::TestServer::Settings settings = {{"wal_level", "logical"},
                                                   {"logical_decoding_work_mem", "64kB"}};
  postgres::TestServer server(settings);
  MetricRegistry metrics;
  ViewsOptions options;
  options.postgres = server.options();
  {
    Sql sql(server.options());
    sql("CREATE TABLE t (id int PRIMARY KEY, n int)");
  }
  auto started = Views::start(options, metrics);
  ASSERT_TRUE(started) << started.error().to_string();
  Views& views = **started;
  const auto find = [&] { return views.catalog().current()->find("t"); };
  {
    Sql sql(server.options());
    sql("SELECT stele.publish('t')");
  }
  ASSERT_TRUE(eventually([&] { return find() && find()->state == CollectionState::kReady; }));
  {
    Writers writers(server.options(), "t", 2);
    for (int round = 0; round < 2; ++round) {
      const int before = writers.done();
      ASSERT_TRUE(eventually([&] { return writers.done() > before + 60; }));
      server.kill_all();
      server.start();
    }
    const int before = writers.done();
    ASSERT_TRUE(eventually([&] { return writers.done() > before + 20; }));
  }
  Sql sql(server.options());
  const std::string rows = sql("SELECT string_agg(id || '=' || n, ' ' ORDER BY id) FROM t");
  const auto seen = [&] {
    const std::shared_ptr<engine::Collection> collections[] = {find()->collection};
    const auto snapshot = engine::Snapshot::take(views.visible(), collections);
    engine::Request request;
    request.targets.push_back({});
    engine::Stage retrieve{
        .step = engine::Retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})}}};
    request.root = {.step = engine::Select{.sort = {{.kind = engine::SortKey::Kind::kKey}}, .limit = 100'000},
                    .inputs = {std::move(retrieve)}};
    std::string text;
    const auto result = views.engine().search(snapshot, request);
    for (const auto& hit : result->hits) {
      const auto document = json::Document::parse(hit.document->source);
      text += (text.empty() ? "" : " ") + hit.key.to_string() + "=" +
              std::string(document->root().find("n")->raw());
    }
    return text;
  };
  ASSERT_TRUE(eventually([&] { return find()->state == CollectionState::kReady && seen() == rows; }));
}

}  // namespace
}  // namespace stele::views
