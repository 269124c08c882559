#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/connection.h"
#include "postgres/shared_test_server.h"
#include "postgres/wire/sqlstate.h"

// Rows and copied data that are read and written as they come.
namespace stele::postgres {
namespace {

constexpr int kRows = 1'000'000;

class StreamingTest : public PostgresTest {
 protected:
  static net::Task<std::unique_ptr<Connection>> connect(
      ConnectOptions options = SharedTestServer::get().connect_options()) {
    auto connection = co_await Connection::connect(std::move(options), in_seconds(10));
    STELE_CHECK_MESSAGE(connection.has_value(), connection ? std::string() : connection.error().to_string());
    co_return *std::move(connection);
  }
  static net::Task<std::string> value(Connection* connection, std::string sql) {
    auto results = co_await connection->query(std::move(sql), in_seconds(20));
    if (!results) co_return results.error().to_string();
    co_return std::string(results->front().value().value_or("NULL"));
  }
};

TEST_F(StreamingTest, CopiesAMillionRowsInAndOut) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made = co_await value(connection.get(), "create unlogged table big (id int, t text)");
    {
      auto in = co_await connection->copy_in("copy big from stdin", in_seconds(10));
      CO_ASSERT(in.has_value());
      std::string lines;
      for (int i = 0; i < kRows; ++i) {
        fmt::format_to(std::back_inserter(lines), "{}\trow number {}\n", i, i);
        if (lines.size() < 10'000 && i + 1 < kRows) continue;
        auto written = co_await in->write(lines, in_seconds(10));
        CO_ASSERT(written.has_value());
        lines.clear();
      }
      auto copied = co_await in->finish(in_seconds(30));
      CO_ASSERT(copied.has_value());
      EXPECT_EQ(*copied, static_cast<std::uint64_t>(kRows));
    }
    {
      auto out = co_await connection->copy_out("copy big to stdout", in_seconds(10));
      CO_ASSERT(out.has_value());
      EXPECT_EQ(out->columns(), 2U);
      std::uint64_t rows = 0, sum = 0;
      std::size_t batch_max = 0;
      while (true) {
        auto chunks = co_await out->next(in_seconds(10));
        CO_ASSERT(chunks.has_value());
        if (chunks->empty()) break;
        std::size_t bytes = 0;
        for (const std::string_view chunk : *chunks) {
          sum += std::strtoull(chunk.data(), nullptr, 10);
          bytes += chunk.size();
        }
        rows += chunks->size();
        batch_max = std::max(batch_max, bytes);
      }
      EXPECT_EQ(rows, static_cast<std::uint64_t>(kRows));
      EXPECT_EQ(sum, std::uint64_t{kRows} * (kRows - 1) / 2);
      EXPECT_EQ(out->tag(), fmt::format("COPY {}", kRows));
      EXPECT_LT(batch_max, 4U << 20);  // a buffer's worth, never the whole
    }
    const std::string dropped = co_await value(connection.get(), "drop table big");
  };
  run(test());
}

TEST_F(StreamingTest, StreamsRowsWhileTheServerWaits) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto watcher = co_await connect();
    auto rows = co_await connection->stream_rows(
        {"select i, repeat('x', 100) from generate_series(1, $1::int) i", {"1000000"}}, in_seconds(10));
    CO_ASSERT(rows.has_value());
    CO_ASSERT(rows->columns().size() == 2U);
    auto first = co_await rows->next(in_seconds(10));
    CO_ASSERT(first.has_value());
    EXPECT_EQ(first->front()[0], "1");
    // Nobody reads: the server stands still on its full socket.
    const std::string waits = fmt::format(
        "select coalesce(wait_event, '') from pg_stat_activity where pid = {}", connection->process_id());
    std::string event;
    while (event != "ClientWrite") {
      event = co_await value(watcher.get(), waits);
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(10));
    }
    std::size_t count = first->size();
    std::size_t batch_max = count;
    while (true) {
      auto more = co_await rows->next(in_seconds(10));
      CO_ASSERT(more.has_value());
      if (more->empty()) break;
      count += more->size();
      batch_max = std::max(batch_max, more->size());
    }
    EXPECT_EQ(count, 1'000'000U);
    EXPECT_LT(batch_max, 50'000U);
    EXPECT_EQ(rows->tag(), "SELECT 1000000");
  };
  run(test());
}

TEST_F(StreamingTest, TellsErrorsBeforeAndAmidTheRows) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto wrong = co_await connection->stream_rows({"select nothing", {}}, in_seconds(10));
    EXPECT_EQ(wrong.error().detail("sqlstate"), "42703");
    {
      auto rows = co_await connection->stream_rows(
          {"select 1/(50000-i) from generate_series(1, 100000) i", {}}, in_seconds(10));
      CO_ASSERT(rows.has_value());
      std::size_t count = 0;
      while (true) {
        auto more = co_await rows->next(in_seconds(10));
        if (!more) {
          EXPECT_EQ(more.error().detail("sqlstate"), "22012");
          break;
        }
        CO_ASSERT(!more->empty());
        count += more->size();
      }
      EXPECT_EQ(count, 49'999U);
    }
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
  };
  run(test());
}

TEST_F(StreamingTest, CancelsAStreamOrBreaksWhenDropped) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    {
      auto rows =
          co_await connection->stream_rows({"select generate_series(1, 100000000)", {}}, in_seconds(10));
      CO_ASSERT(rows.has_value());
      auto first = co_await rows->next(in_seconds(10));
      EXPECT_TRUE(first.has_value());
      auto cancelled = co_await rows->cancel();
      EXPECT_TRUE(cancelled.has_value());
    }
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
    {
      auto rows =
          co_await connection->stream_rows({"select generate_series(1, 100000000)", {}}, in_seconds(10));
      CO_ASSERT(rows.has_value());
    }
    EXPECT_TRUE(connection->is_broken());
  };
  run(test());
}

TEST_F(StreamingTest, CopyFailures) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made = co_await value(connection.get(), "create temp table t (a int)");
    {
      auto in = co_await connection->copy_in("copy t from stdin", in_seconds(10));
      CO_ASSERT(in.has_value());
      auto written = co_await in->write("1\nx\n", in_seconds(10));
      EXPECT_TRUE(written.has_value());
      auto finished = co_await in->finish(in_seconds(10));
      EXPECT_EQ(finished.error().detail("sqlstate"), "22P02");
    }
    {
      auto in = co_await connection->copy_in("copy t from stdin", in_seconds(10));
      CO_ASSERT(in.has_value());
      auto written = co_await in->write("1\n2\n", in_seconds(10));
      auto failed = co_await in->fail("changed my mind", in_seconds(10));
      EXPECT_TRUE(failed.has_value());
    }
    EXPECT_EQ(co_await value(connection.get(), "select count(*) from t"), "0");
    auto missing = co_await connection->copy_in("copy no_such from stdin", in_seconds(10));
    EXPECT_EQ(missing.error().detail("sqlstate"), wire::sqlstate::kUndefinedTable);
    auto none = co_await connection->copy_out("select 1", in_seconds(10));
    EXPECT_EQ(none.error().code, ErrorCode::kInvalidArgument);
    auto plain = co_await connection->query("copy t from stdin", in_seconds(10));
    EXPECT_EQ(plain.error().code, ErrorCode::kInvalidArgument);
    auto out = co_await connection->query("copy t to stdout", in_seconds(10));
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
  };
  run(test());
}

TEST_F(StreamingTest, SpeaksTheReplicationProtocol) {
  static constexpr auto test = []() -> net::Task<void> {
    auto plain = co_await connect();
    ConnectOptions options = SharedTestServer::get().connect_options();
    options.replication = "database";
    auto walsender = co_await connect(options);
    auto identity = co_await walsender->query("IDENTIFY_SYSTEM", in_seconds(10));
    CO_ASSERT(identity.has_value());
    EXPECT_EQ(identity->front().column("xlogpos"), 2U);
    auto slot =
        co_await walsender->query("CREATE_REPLICATION_SLOT s TEMPORARY LOGICAL pgoutput", in_seconds(10));
    CO_ASSERT(slot.has_value());
    const std::string made = co_await value(plain.get(), "create publication p for all tables");
    {
      auto stream = co_await walsender->copy_both(
          "START_REPLICATION SLOT s LOGICAL 0/0 (proto_version '1', publication_names 'p')", in_seconds(10));
      CO_ASSERT(stream.has_value());
      auto chunks = co_await stream->next(in_seconds(10));
      CO_ASSERT(chunks.has_value());
      EXPECT_EQ(chunks->front()[0], 'k');  // a keepalive
      const TimePoint soon = net::Reactor::current()->now() + std::chrono::milliseconds(20);
      while (true) {
        auto nothing = co_await stream->next(soon);
        if (nothing) continue;
        EXPECT_EQ(nothing.error().code, ErrorCode::kDeadlineExceeded);
        break;
      }
      auto finished = co_await stream->finish(in_seconds(10));
      EXPECT_TRUE(finished.has_value());
    }
    EXPECT_FALSE(walsender->is_broken());
    const std::string dropped = co_await value(plain.get(), "drop publication p");
  };
  run(test());
}

}  // namespace
}  // namespace stele::postgres
