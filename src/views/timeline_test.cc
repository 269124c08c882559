#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "postgres/shared_test_server.h"
#include "views/applier.h"
#include "views/test_views.h"

namespace stele::views {
namespace {

class TimelineTest : public postgres::PostgresTest {};

net::Task<void> expect_wait(Freshness* freshness, LsnToken token, std::optional<ErrorCode> error) {
  const TimePoint soon = net::Reactor::current()->now() + std::chrono::milliseconds(5);
  const auto waited = co_await freshness->wait_visible(token, soon);
  EXPECT_EQ(waited.has_value(), !error) << token.to_string();
  if (!waited && error) {
    EXPECT_EQ(waited.error().code, *error) << token.to_string();
  }
}

// A position on a timeline that this server's one left before it, or never came from, will never be reached.
TEST_F(TimelineTest, APositionCountsUpToWhereItsTimelineWasLeft) {
  static constexpr auto test = []() -> net::Task<void> {
    Freshness freshness;
    freshness.set_timeline(3, {{1, Lsn(100)}, {2, Lsn(200)}});
    freshness.publish(Lsn(250));
    EXPECT_EQ(freshness.token().to_string(), "0/FA@3");
    constexpr ErrorCode kLost = ErrorCode::kFailedPrecondition;
    co_await expect_wait(&freshness, {Lsn(100), 1}, std::nullopt);
    co_await expect_wait(&freshness, {Lsn(101), 1}, kLost);
    co_await expect_wait(&freshness, {Lsn(200), 2}, std::nullopt);
    co_await expect_wait(&freshness, {Lsn(201), 2}, kLost);
    co_await expect_wait(&freshness, {Lsn(250), 3}, std::nullopt);
    co_await expect_wait(&freshness, {Lsn(251), 3}, ErrorCode::kDeadlineExceeded);
    co_await expect_wait(&freshness, {Lsn(1), 4}, kLost);
    co_await expect_wait(&freshness, {Lsn(250), 0}, std::nullopt);
  };
  run(test());
}

// Positions of a server that was set back are behind those that readers have seen.
TEST_F(TimelineTest, WhatReadersSeeNeverGoesBack) {
  engine::VisibleLsn visible;
  const auto engine = engine::make_engine(visible);
  Freshness freshness;
  Catalog catalog;
  Roster roster(catalog);
  Applier applier(*engine, visible, freshness, roster, postgres::memory_spools(1U << 20), 0);
  applier.set_callbacks({.boundary = [] {}});
  applier.restart(Lsn(1000));
  applier.progress(Lsn(1000));
  EXPECT_EQ(applier.lsn_base(), 0U);
  applier.restart(Lsn(400));
  EXPECT_EQ(applier.lsn_base(), 600U);
  EXPECT_EQ(visible.current(), Lsn(1000));
  EXPECT_EQ(freshness.visible(), Lsn(400));
  applier.progress(Lsn(500));
  EXPECT_EQ(visible.current(), Lsn(1100));
  EXPECT_EQ(freshness.visible(), Lsn(500));
  // Forward again, on the base that is there.
  applier.restart(Lsn(700));
  applier.progress(Lsn(700));
  EXPECT_EQ(visible.current(), Lsn(1300));
  EXPECT_EQ(freshness.visible(), Lsn(700));
}

net::Task<void> expect_on_new_timeline(Freshness* freshness, Lsn before) {
  co_await expect_wait(freshness, {before, 1}, std::nullopt);
  co_await expect_wait(freshness, {Lsn(before.value() + (1ULL << 30)), 1}, ErrorCode::kFailedPrecondition);
  co_await expect_wait(freshness, {before, 2}, std::nullopt);
  co_await expect_wait(freshness, {before, 3}, ErrorCode::kFailedPrecondition);
}

// The end of an archive recovery begins a timeline, as a promoted standby does.
TEST_F(TimelineTest, FollowsAServerToItsNewTimeline) {
  const postgres::TestServer::Settings settings = {{"wal_level", "logical"}, {"restore_command", "false"}};
  postgres::TestServer server(settings);
  {
    Sql sql(server.options());
    sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
  }
  MetricRegistry metrics;
  ViewsOptions options;
  options.postgres = server.options();
  auto started = Views::start(options, metrics);
  ASSERT_TRUE(started) << started.error().to_string();
  Views& views = **started;
  const auto documents = [&] {
    const auto entry = views.catalog().current()->find("t");
    return entry && entry->collection ? entry->collection->stats().documents : 0;
  };
  Lsn before;
  {
    Sql sql(server.options());
    sql("SELECT stele.publish('t'); INSERT INTO t VALUES (2)");
    before = *Lsn::parse(sql("SELECT pg_current_wal_flush_lsn()"));
  }
  ASSERT_TRUE(eventually([&] { return documents() == 2 && views.freshness().visible() >= before; }));
  EXPECT_EQ(views.freshness().timeline(), 1U);
  ASSERT_TRUE(server.stop(SIGINT));
  const std::string signal = server.data() + "/recovery.signal";
  std::ofstream(signal).close();
  std::filesystem::permissions(signal, std::filesystem::perms(0666));
  server.start();
  ASSERT_TRUE(eventually([&] { return views.freshness().timeline() == 2; }));
  {
    Sql sql(server.options());
    sql("INSERT INTO t VALUES (3)");
  }
  EXPECT_TRUE(eventually([&] { return documents() == 3; }));
  run(expect_on_new_timeline(&views.freshness(), before));
}

}  // namespace
}  // namespace stele::views
