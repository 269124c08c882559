#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/metrics.h"
#include "engine/engine.h"
#include "json/writer.h"
#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/replication/slot.h"
#include "postgres/replication/test_server.h"
#include "views/administration.h"
#include "views/catalog.h"
#include "views/freshness.h"
#include "views/session.h"
#include "views/views.h"

namespace stele::views {

constexpr std::chrono::seconds kTestLimit(120);  // for a machine that has much else to do

inline bool eventually(const std::function<bool()>& condition, Duration limit = kTestLimit) {
  const TimePoint end = system_clock().now() + limit;
  while (!condition()) {
    if (system_clock().now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// Blocking SQL for tests, on a reactor of its own that runs on the calling thread.
class Sql {
 public:
  explicit Sql(postgres::ConnectOptions options) : options_(std::move(options)) {
    reactor_ = *net::Reactor::create({.backend = net::BackendKind::kEpoll});
  }
  ~Sql() { connection_.reset(); }

  // Runs `task` to its end here.
  void run(net::Task<void> task) {
    reactor_->spawn(stop_after(reactor_.get(), std::move(task)));
    reactor_->run();
  }

  Result<std::vector<postgres::ResultSet>> try_query(std::string sql) {
    Result<std::vector<postgres::ResultSet>> result;
    run(query_task(this, std::move(sql), &result));
    return result;
  }
  // The first cell of the last result; fails the test on an error.
  std::string operator()(std::string sql) {
    auto result = try_query(sql);
    EXPECT_TRUE(result) << result.error().to_string() << "\n" << sql.substr(0, 200);
    if (!result || result->empty()) return {};
    return std::string(result->back().value().value_or("NULL"));
  }
  // "message | hint" of the error that it must be.
  std::string error(std::string sql) {
    auto result = try_query(std::move(sql));
    if (result) return "no error";
    return result.error().message + " | " + std::string(result.error().detail("hint"));
  }
  void reconnect() { connection_.reset(); }
  net::Reactor& reactor() { return *reactor_; }

 private:
  static net::Task<void> stop_after(net::Reactor* reactor, net::Task<void> task) {
    co_await std::move(task);
    reactor->stop();
  }
  static net::Task<void> query_task(Sql* sql, std::string text,
                                    Result<std::vector<postgres::ResultSet>>* result) {
    const TimePoint deadline = system_clock().now() + std::chrono::minutes(2);
    if (sql->connection_ == nullptr || sql->connection_->is_broken()) {
      sql->connection_.reset();
      auto connected = co_await postgres::Connection::connect(sql->options_, deadline);
      if (!connected) {
        *result = connected.error();
        co_return;
      }
      sql->connection_ = std::move(*connected);
    }
    *result = co_await sql->connection_->query(std::move(text), deadline);
  }

  postgres::ConnectOptions options_;
  std::unique_ptr<net::Reactor> reactor_;
  std::unique_ptr<postgres::Connection> connection_;
};

// A server for all tests of the program, a database and views for each.
class ViewsTest : public testing::Test {
 protected:
  static postgres::TestServer& server() {
    static postgres::TestServer server({{"wal_level", "logical"},
                                        {"max_replication_slots", "20"},
                                        {"max_wal_senders", "20"},
                                        {"wal_writer_delay", "10ms"},
                                        {"fsync", "off"}});
    return server;
  }

  void SetUp() override {
    static int number = 0;
    database_ = "test" + std::to_string(++number);
    Sql admin(server().options());
    admin("CREATE DATABASE " + database_);
    sql_ = std::make_unique<Sql>(server().options(database_));
  }
  void TearDown() override {
    views_.reset();
    sql_.reset();
    Sql admin(server().options());
    admin("DROP DATABASE " + database_ + " WITH (FORCE)");
  }

  ViewsOptions options() const {
    ViewsOptions options;
    options.postgres = server().options(database_);
    options.slot_timeout = std::chrono::seconds(20);
    options.node_id = database_;
    options.decoding_memory = "64kB";
    return options;
  }
  void start() {
    auto started = Views::start(options(), metrics_);
    ASSERT_TRUE(started) << started.error().to_string();
    views_ = std::move(*started);
  }
  Sql& sql() { return *sql_; }

  std::shared_ptr<const CollectionEntry> entry(std::string_view name) {
    return views_->catalog().current()->find(name);
  }
  // Waits until the views show all that SQL has committed.
  void caught_up() {
    // A commit pushes what asynchronous ones left behind.
    const auto lsn = Lsn::parse(sql()("SELECT pg_logical_emit_message(true, 'test', '')"));
    ASSERT_TRUE(lsn);
    const auto flushed = Lsn::parse(sql()("SELECT pg_current_wal_flush_lsn()"));
    ASSERT_TRUE(flushed);
    ASSERT_TRUE(eventually([&] { return views_->freshness().visible() >= *flushed; }))
        << views_->freshness().visible().to_string() << " < " << flushed->to_string();
  }
  bool ready(std::string_view name) {
    return eventually([&] {
      const auto found = entry(name);
      return found != nullptr && found->state == CollectionState::kReady;
    });
  }

  std::vector<engine::Hit> search(std::string_view name, engine::QueryPtr query,
                                  std::size_t limit = 1'000'000) {
    const auto found = entry(name);
    if (found == nullptr || found->collection == nullptr) return {};
    const std::shared_ptr<engine::Collection> collections[] = {found->collection};
    const auto snapshot = engine::Snapshot::take(views_->visible(), collections);
    engine::Request request;
    request.targets.push_back({});
    engine::Stage retrieve{.step = engine::Retrieve{.source = engine::TextSearch{std::move(query)}}};
    request.root = {.step = engine::Select{.limit = limit}, .inputs = {std::move(retrieve)}};
    auto result = views_->engine().search(snapshot, request);
    EXPECT_TRUE(result) << result.error().to_string();
    return result ? std::move(result->hits) : std::vector<engine::Hit>();
  }

  // Is the view what the table is, row for row? Compared by PostgreSQL, as jsonb; "" or the first
  // differences. `left_out`: columns that the view has not.
  std::string difference(std::string_view name, const std::string& table,
                         const std::string& left_out = "{}") {
    caught_up();
    std::string documents;
    json::Writer writer(documents);
    writer.begin_array();
    std::size_t count = 0;
    for (const engine::Hit& hit : search(name, match_all())) {
      writer.begin_object().member("k", hit.key.to_string()).key("s").raw(hit.document->source).end_object();
      ++count;
    }
    writer.end_array();
    sql()("CREATE TEMP TABLE IF NOT EXISTS seen (d jsonb); TRUNCATE seen");
    sql()("INSERT INTO seen SELECT jsonb_array_elements(" + postgres::quote_literal(documents) + "::jsonb)");
    const std::string differences = sql()(
        "SELECT coalesce(string_agg(coalesce(a, 'nothing') || ' <> ' || coalesce(b, 'nothing'), E'\\n'), '') "
        "FROM ("
        "  SELECT a, b FROM (SELECT (to_jsonb(row_of) - '" +
        left_out + "'::text[])::text a FROM " + table +
        " row_of) x"
        "  FULL JOIN (SELECT (d->'s')::text b FROM seen) y ON a = b WHERE a IS NULL OR b IS NULL LIMIT 4) z");
    const std::string rows = sql()("SELECT count(*) FROM " + table);
    return std::to_string(count) == rows
               ? differences
               : rows + " rows, " + std::to_string(count) + " documents\n" + differences;
  }

  static engine::QueryPtr match_all();
  static engine::QueryPtr match(std::string field, engine::Value text);

  std::string database_;
  MetricRegistry metrics_;
  std::unique_ptr<Sql> sql_;
  std::unique_ptr<Views> views_;
};

inline engine::QueryPtr ViewsTest::match_all() {
  return std::make_shared<const engine::Query>(engine::Query{.node = engine::MatchAll{}});
}
inline engine::QueryPtr ViewsTest::match(std::string field, engine::Value text) {
  return std::make_shared<const engine::Query>(
      engine::Query{.node = engine::Match{.field = std::move(field), .text = std::move(text)}});
}

}  // namespace stele::views
