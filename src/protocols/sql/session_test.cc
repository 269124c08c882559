#include "protocols/sql/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/shared_test_server.h"
#include "postgres/wire/server_error.h"
#include "protocols/sql/test_head.h"

namespace stele::sql {
namespace {

using postgres::Connection;
using postgres::SharedTestServer;
using ::testing::HasSubstr;
using ::testing::Matcher;

class SessionTest : public postgres::PostgresTest {
 protected:
  static net::Task<std::unique_ptr<Connection>> connect(postgres::ConnectOptions options) {
    auto connection = co_await Connection::connect(std::move(options), in_seconds(10));
    STELE_CHECK_MESSAGE(connection.has_value(), connection ? std::string() : connection.error().to_string());
    co_return *std::move(connection);
  }
  // The first cell of the last result, or the error.
  static net::Task<std::string> value(Connection* connection, std::string sql) {
    auto results = co_await connection->query(std::move(sql), in_seconds(20));
    if (!results) co_return results.error().to_string();
    co_return std::string(results->back().value().value_or("NULL"));
  }
  static net::Task<void> expect(Connection* connection, std::string sql, Matcher<std::string> matcher) {
    const std::string found = co_await value(connection, std::move(sql));
    EXPECT_THAT(found, matcher);
  }
  // Until the condition holds; the watchdog of run() ends what never does.
  static net::Task<void> until(std::function<bool()> condition) {
    while (!condition()) {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    }
  }
};

TEST_F(SessionTest, PassesQueriesRowsAndErrors) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.open();
    head.show_all();
    auto connection = co_await connect(head.options());
    co_await expect(connection.get(), "SELECT count(*) FROM generate_series(1, 200000)", "200000");
    auto rows =
        co_await connection->query("SELECT repeat('x', 1000) FROM generate_series(1, 20000)", in_seconds(30));
    CO_ASSERT(rows.has_value());
    EXPECT_EQ(rows->front().size(), 20000U);
    auto failed = co_await connection->query("SELECT * FROM no_such_table", in_seconds(10));
    EXPECT_EQ(failed.error().detail("sqlstate"), "42P01");
    auto one = co_await connection->execute({"SELECT $1::int + 1", {"41"}}, in_seconds(10));
    EXPECT_EQ(one->value(), "42");
    co_await connection->close(in_seconds(5));
    co_await until([&] { return head.listener->connections() == 0; });
    co_await head.close();
  };
  run(test());
}

TEST_F(SessionTest, AnswersItsOwnParametersInBothProtocols) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.open();
    auto connection = co_await connect(head.options());
    co_await expect(connection.get(), "SHOW stele.lsn", "0/1");
    auto extended = co_await connection->execute({"SHOW stele.lsn", {}}, in_seconds(10));
    CO_ASSERT(extended.has_value());
    EXPECT_EQ(extended->value(), "0/1");
    co_await expect(connection.get(), "SHOW stele.freshness", "on");
    co_await expect(connection.get(), "SET stele.freshness = off", "NULL");
    co_await expect(connection.get(), "SHOW stele.freshness", "off");
    co_await expect(connection.get(), "SET stele.freshness = perhaps", HasSubstr("22023"));
    co_await expect(connection.get(), "SET stele.lsn = '0/5'", HasSubstr("55P02"));
    co_await expect(connection.get(), "SET stele.min_lsn = 'soon'", HasSubstr("22023"));
    co_await expect(connection.get(), "SET stele.min_lsn = '0/1'", "NULL");
    co_await expect(connection.get(), "SHOW stele.min_lsn", "0/1");
    head.context.min_lsn_time_max = std::chrono::milliseconds(20);
    co_await expect(connection.get(), "SET stele.min_lsn = '7/0'", HasSubstr("57014"));
    co_await expect(connection.get(), "SHOW stele.min_lsn", "0/1");
    co_await connection->close(in_seconds(5));
    co_await head.close();
  };
  run(test());
}

net::Task<void> insert(Connection* connection, bool* done) {
  const auto inserted = co_await connection->query("INSERT INTO held VALUES (1)",
                                                   net::Reactor::current()->now() + std::chrono::minutes(1));
  EXPECT_TRUE(inserted.has_value());
  *done = true;
}

TEST_F(SessionTest, AWritingTransactionIsReadyWhenTheViewsShowIt) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.context.apply_time_max = std::chrono::minutes(1);
    head.open();
    auto connection = co_await connect(head.options());
    co_await expect(connection.get(), "SET stele.freshness = off", "NULL");
    co_await expect(connection.get(), "CREATE TABLE held (n int)", "NULL");
    co_await expect(connection.get(), "SET stele.freshness = on", "NULL");

    bool done = false;
    net::spawn(insert(connection.get(), &done));
    auto direct = co_await connect(SharedTestServer::get().connect_options());
    for (std::string count = "0"; count == "0";)
      count = co_await value(direct.get(), "SELECT count(*) FROM held");
    // Committed, and seen by others; but not answered.
    EXPECT_FALSE(done);
    head.show_all();
    co_await until([&] { return done; });
    EXPECT_EQ(head.context.not_applied->value(), 0U);
    co_await expect(direct.get(), "DROP TABLE held", "NULL");
    co_await direct->close(in_seconds(5));
    co_await connection->close(in_seconds(5));
    co_await head.close();
  };
  run(test());
}

TEST_F(SessionTest, WarnsWhenTheViewsDoNotCome) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.context.apply_time_max = std::chrono::milliseconds(30);
    head.open();
    auto connection = co_await connect(head.options());
    std::string warning;
    connection->on_notice([&](const postgres::wire::ServerError& notice) { warning = notice.message(); });
    co_await expect(connection.get(), "CREATE TABLE late (n int)", "NULL");
    EXPECT_THAT(warning, HasSubstr("have not applied"));
    EXPECT_EQ(head.context.not_applied->value(), 1U);
    EXPECT_EQ(head.definitions, 1);
    co_await expect(connection.get(), "DROP TABLE late", "NULL");
    co_await connection->close(in_seconds(5));
    co_await head.close();
  };
  run(test());
}

// What a server says to raw bytes, up to its end.
net::Task<std::string> exchange(net::Address address, std::string bytes) {
  auto stream =
      co_await net::Stream::connect(address, net::Reactor::current()->now() + std::chrono::seconds(10));
  STELE_CHECK(stream.has_value());
  (*stream)->output() = std::move(bytes);
  auto sent = co_await (*stream)->flush();
  while (sent) {
    sent = co_await (*stream)->read();
  }
  co_return std::string((*stream)->input());
}

TEST_F(SessionTest, RefusesWhatIsNoStartupPacketAndTooManySessions) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.open();
    const std::string answer = co_await exchange(head.listener->address(), "GET / HTTP/1.1\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("08P01"));
    head.context.sessions_max = 0;
    auto refused = co_await Connection::connect(head.options(), in_seconds(10));
    EXPECT_EQ(refused.error().detail("sqlstate"), "53300");
    co_await head.close();
  };
  run(test());
}

// A startup packet for the tests' server, and whatever else the client sends at once.
std::string startup_and(std::string_view messages) {
  std::string body("\0\3\0\0user\0postgres\0database\0postgres\0\0", 37);
  return std::string("\0\0\0", 3) + static_cast<char>(body.size() + 4) + body + std::string(messages);
}

std::string query_message(std::string_view sql) {
  std::string out;
  postgres::wire::FrameWriter writer(out, 'Q');
  postgres::wire::append_c_string(out, sql);
  return out;
}

// What the client sends is no message, while the head waits for it to read a long result.
TEST_F(SessionTest, TellsABrokenClientAfterTheResultThatIsUnderWay) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.open();
    auto direct = co_await connect(SharedTestServer::get().connect_options());
    auto opened = co_await net::Stream::connect(head.listener->address(), in_seconds(10),
                                                {.input_bytes_max = 1, .output_bytes_max = 1U << 20});
    CO_ASSERT(opened.has_value());
    net::Stream& client = **opened;
    client.output() = startup_and(query_message("SELECT repeat('x', 1000) FROM generate_series(1, 40000)"));
    auto moved = co_await client.flush();
    CO_ASSERT(moved.has_value());
    for (std::string blocked = "0"; blocked == "0";)
      blocked = co_await value(direct.get(),
                               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'");
    client.output() = std::string("Q\0\0\0\2", 5);
    moved = co_await client.drain();
    while (moved) {
      moved = co_await client.read();
    }
    EXPECT_EQ(moved.error().code, ErrorCode::kConnectionClosed);
    std::string types;
    std::string last;
    while (const auto frame = *postgres::wire::read_frame(client.input())) {
      if (types.empty() || types.back() != frame->type) types += frame->type;
      last = frame->payload;
      client.consume(frame->size());
    }
    EXPECT_TRUE(client.input().empty());
    EXPECT_THAT(types, ::testing::EndsWith("TDCZE"));
    EXPECT_THAT(last, HasSubstr("08P01"));
    co_await until([&] { return head.listener->connections() == 0; });
    co_await direct->close(in_seconds(5));
    co_await head.close();
  };
  run(test());
}

TEST_F(SessionTest, SaysWhenTheServerIsAway) {
  static constexpr auto test = []() -> net::Task<void> {
    postgres::ConnectOptions nowhere = SharedTestServer::get().connect_options();
    nowhere.addresses = {{"/nonexistent/.s.PGSQL.5432", 0}};
    Head head(nowhere);
    head.open();
    auto refused = co_await Connection::connect(head.options(), in_seconds(10));
    EXPECT_EQ(refused.error().detail("sqlstate"), "57P03");
    co_await head.close();
  };
  run(test());
}

TEST_F(SessionTest, PassesCancelRequests) {
  static constexpr auto test = []() -> net::Task<void> {
    Head head(SharedTestServer::get().connect_options());
    head.open();
    auto connection = co_await connect(head.options());
    // Past its deadline the client cancels through the head.
    auto slept = co_await connection->query("SELECT pg_sleep(60)",
                                            net::Reactor::current()->now() + std::chrono::milliseconds(50));
    EXPECT_EQ(slept.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_FALSE(connection->is_broken());
    co_await connection->close(in_seconds(5));
    co_await head.close();
  };
  run(test());
}

}  // namespace
}  // namespace stele::sql
