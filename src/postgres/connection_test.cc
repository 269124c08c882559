#include "postgres/connection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/event.h"
#include "postgres/shared_test_server.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {
namespace {

class ConnectionTest : public PostgresTest {
 protected:
  static net::Task<std::unique_ptr<Connection>> connect(
      ConnectOptions options = SharedTestServer::get().connect_options()) {
    auto connection = co_await Connection::connect(std::move(options), in_seconds(10));
    STELE_CHECK_MESSAGE(connection.has_value(), connection ? std::string() : connection.error().to_string());
    co_return *std::move(connection);
  }
  // The first cell of the first result.
  static net::Task<std::string> value(Connection* connection, std::string sql) {
    auto results = co_await connection->query(std::move(sql), in_seconds(20));
    if (!results) co_return results.error().to_string();
    co_return std::string(results->front().value().value_or("NULL"));
  }
};

TEST_F(ConnectionTest, AnswersSimpleQueries) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    EXPECT_GE(connection->server_version(), 140000);
    EXPECT_NE(connection->process_id(), 0U);
    EXPECT_EQ(connection->parameter("client_encoding"), "UTF8");

    auto results = co_await connection->query(
        "select 1 as one, null as none, 'x' as text union all select 2, 'y', ''; ; create temp table t (a "
        "int);"
        "insert into t values (1), (2)",
        in_seconds(10));
    CO_ASSERT(results.has_value());
    CO_ASSERT(results->size() == 3U);
    const ResultSet& rows = results->front();
    EXPECT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows.columns()[0].name, "one");
    EXPECT_EQ(rows.columns()[0].type, oid::kInt4);
    EXPECT_EQ(rows.column("text"), 2U);
    EXPECT_EQ(rows.column("missing"), std::nullopt);
    EXPECT_EQ(rows[0][0], "1");
    EXPECT_EQ(rows[0][1], std::nullopt);
    EXPECT_EQ(rows[1][1], "y");
    EXPECT_EQ(rows[1][2], "");
    EXPECT_EQ(rows.tag(), "SELECT 2");
    EXPECT_EQ((*results)[2].affected_rows(), 2U);
  };
  run(test());
}

TEST_F(ConnectionTest, ReportsErrorsAndGoesOn) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto failed = co_await connection->query("select * from no_such_table", in_seconds(10));
    CO_ASSERT(!failed.has_value());
    EXPECT_EQ(failed.error().code, ErrorCode::kDatabase);
    EXPECT_EQ(failed.error().detail("sqlstate"), wire::sqlstate::kUndefinedTable);
    EXPECT_EQ(failed.error().detail("position"), "15");
    EXPECT_FALSE(connection->is_broken());

    const std::string one = co_await value(connection.get(), "begin; select 1/1");
    EXPECT_EQ(connection->transaction_status(), wire::TransactionStatus::kInTransaction);
    auto divided = co_await connection->execute({"select 1/$1::int", {"0"}}, in_seconds(10));
    EXPECT_EQ(divided.error().detail("sqlstate"), "22012");
    EXPECT_EQ(connection->transaction_status(), wire::TransactionStatus::kFailed);
    auto rolled = co_await connection->query("rollback", in_seconds(10));
    EXPECT_TRUE(rolled.has_value());
    EXPECT_EQ(connection->transaction_status(), wire::TransactionStatus::kIdle);
    auto nul = co_await connection->query(std::string("select 1\0", 9), in_seconds(10));
    EXPECT_EQ(nul.error().code, ErrorCode::kInvalidArgument);
  };
  run(test());
}

TEST_F(ConnectionTest, ExecutesWithParameters) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    Parameters parameters;
    parameters.text("abc")
        .int64(-5)
        .null(oid::kText)
        .boolean(true)
        .float64(1.5)
        .binary("\x01\x02", oid::kBytea);
    Statement statement{"select $1 || 'd', $2 * 2, $3, $4, $5, $6", parameters};
    auto text = co_await connection->execute(statement, in_seconds(10));
    CO_ASSERT(text.has_value());
    EXPECT_EQ((*text)[0][0], "abcd");
    EXPECT_EQ((*text)[0][1], "-10");
    EXPECT_EQ((*text)[0][2], std::nullopt);
    EXPECT_EQ((*text)[0][3], "t");
    EXPECT_EQ((*text)[0][4], "1.5");
    EXPECT_EQ((*text)[0][5], "\\x0102");

    statement.result_format = wire::Format::kBinary;
    auto binary = co_await connection->execute(statement, in_seconds(10));
    CO_ASSERT(binary.has_value());
    EXPECT_EQ(binary->columns()[1].format, wire::Format::kBinary);
    EXPECT_EQ(load_big_endian<std::int64_t>((*binary)[0][1]->data()), -10);
    EXPECT_EQ((*binary)[0][5], "\x01\x02");
    EXPECT_EQ(connection->prepared_statements(), 1U);  // one text, two formats

    auto empty = co_await connection->execute({"", {}}, in_seconds(10));
    EXPECT_TRUE(empty.has_value());
    auto wrong = co_await connection->execute({"select $1::int", {"x"}}, in_seconds(10));
    EXPECT_EQ(wrong.error().detail("sqlstate"), "22P02");
    auto missing = co_await connection->execute({"select $1::int, $2::int", {"1"}}, in_seconds(10));
    EXPECT_EQ(missing.error().detail("sqlstate"), "08P01");
    EXPECT_FALSE(connection->is_broken());
  };
  run(test());
}

TEST_F(ConnectionTest, PipelinesWithAResultEach) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made =
        co_await value(connection.get(), "create temp table doc (id int primary key, t text)");
    std::vector<Statement> upserts;
    for (int i = 0; i < 100; ++i) {
      upserts.push_back(
          {"insert into doc values ($1, $2) on conflict (id) do update set t = excluded.t returning t",
           Parameters().int32(i % 90).text(fmt::format("v{}", i))});
    }
    auto results = co_await connection->pipeline(upserts, PipelineMode::kOneTransaction, in_seconds(10));
    CO_ASSERT(results.has_value());
    CO_ASSERT(results->size() == 100U);
    for (int i = 0; i < 100; ++i) {
      CO_ASSERT((*results)[i].has_value());
      EXPECT_EQ((*results)[i]->value(), fmt::format("v{}", i));
    }
    EXPECT_EQ(connection->prepared_statements(), 1U);
    EXPECT_EQ(co_await value(connection.get(), "select count(*) from doc"), "90");
  };
  run(test());
}

TEST_F(ConnectionTest, AnErrorEndsItsTransactionInAPipeline) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made = co_await value(connection.get(), "create temp table t (a int primary key)");
    const std::string insert = "insert into t values ($1::int)";
    std::vector<Statement> statements = {
        {insert, {"1"}}, {insert, {"2"}}, {insert, {"1"}}, {insert, {"3"}}, {"select 7", {}}};
    auto one = co_await connection->pipeline(statements, PipelineMode::kOneTransaction, in_seconds(10));
    CO_ASSERT(one.has_value());
    EXPECT_TRUE((*one)[0].has_value());
    EXPECT_EQ((*one)[2].error().detail("sqlstate"), wire::sqlstate::kUniqueViolation);
    EXPECT_EQ((*one)[3].error().code, ErrorCode::kCancelled);
    EXPECT_EQ((*one)[4].error().code, ErrorCode::kCancelled);
    EXPECT_EQ(co_await value(connection.get(), "select count(*) from t"), "0");

    auto each = co_await connection->pipeline(statements, PipelineMode::kEach, in_seconds(10));
    CO_ASSERT(each.has_value());
    EXPECT_TRUE((*each)[1].has_value());
    EXPECT_EQ((*each)[2].error().detail("sqlstate"), wire::sqlstate::kUniqueViolation);
    EXPECT_TRUE((*each)[3].has_value());
    EXPECT_EQ((*each)[4]->value(), "7");
    EXPECT_EQ(co_await value(connection.get(), "select count(*) from t"), "3");

    // A text that does not parse says so each time, and does not stay in the cache.
    std::vector<Statement> wrong = {{"selec 1", {}}, {"selec 1", {}}, {"select 1", {}}};
    auto parsed = co_await connection->pipeline(wrong, PipelineMode::kEach, in_seconds(10));
    CO_ASSERT(parsed.has_value());
    EXPECT_EQ((*parsed)[0].error().detail("sqlstate"), "42601");
    EXPECT_EQ((*parsed)[1].error().detail("sqlstate"), "42601");
    EXPECT_EQ((*parsed)[2]->value(), "1");
  };
  run(test());
}

TEST_F(ConnectionTest, ACommitThatFailsFailsAllOfItsPipeline) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made = co_await value(
        connection.get(),
        "create temp table t (a int unique deferrable initially deferred); insert into t values (1)");
    std::vector<Statement> statements = {{"insert into t values (2)", {}}, {"insert into t values (1)", {}}};
    auto results = co_await connection->pipeline(statements, PipelineMode::kOneTransaction, in_seconds(10));
    CO_ASSERT(results.has_value());
    for (const auto& result : *results) {
      CO_ASSERT(!result.has_value());
      EXPECT_EQ(result.error().detail("sqlstate"), wire::sqlstate::kUniqueViolation);
    }
    EXPECT_EQ(co_await value(connection.get(), "select count(*) from t"), "1");
  };
  run(test());
}

TEST_F(ConnectionTest, PreparesAnewWhenTheTableHasChanged) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const std::string made =
        co_await value(connection.get(), "create temp table t (a int); insert into t values (1)");
    const Statement all{"select * from t", {}};
    auto before = co_await connection->execute(all, in_seconds(10));
    EXPECT_EQ(before->columns().size(), 1U);
    const std::string added = co_await value(connection.get(), "alter table t add b text default 'x'");
    auto after = co_await connection->execute(all, in_seconds(10));
    CO_ASSERT(after.has_value());
    EXPECT_EQ(after->columns().size(), 2U);
    EXPECT_EQ((*after)[0][1], "x");
    // Somebody's DEALLOCATE ALL by way of a function or a DO block is not seen: the server says it is gone.
    const std::string gone = co_await value(connection.get(), "do $$ begin execute 'deallocate all'; end $$");
    auto again = co_await connection->execute(all, in_seconds(10));
    EXPECT_TRUE(again.has_value());
    const std::string discarded = co_await value(connection.get(), "discard all");
    EXPECT_EQ(connection->prepared_statements(), 0U);
  };
  run(test());
}

TEST_F(ConnectionTest, KeepsAsManyStatementsAsAllowed) {
  static constexpr auto test = []() -> net::Task<void> {
    ConnectOptions options = SharedTestServer::get().connect_options();
    options.statements_max = 3;
    auto connection = co_await connect(options);
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 10; ++i) {
        auto result = co_await connection->execute({fmt::format("select {}", i), {}}, in_seconds(10));
        CO_ASSERT(result.has_value());
        EXPECT_EQ(result->value(), std::to_string(i));
      }
    }
    EXPECT_EQ(connection->prepared_statements(), 3U);
    Statement once{"select 100", {}};
    once.keep = false;
    auto result = co_await connection->execute(once, in_seconds(10));
    EXPECT_TRUE(result.has_value());
    auto last = co_await connection->execute({"select 9", {}}, in_seconds(10));  // closes what was pushed out
    auto held =
        co_await connection->execute({"select count(*) from pg_prepared_statements", {}}, in_seconds(10));
    EXPECT_LE(std::stoi(std::string(held->value().value_or("99"))), 4);
  };
  run(test());
}

TEST_F(ConnectionTest, CancelsAtTheDeadlineAndGoesOn) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    const TimePoint soon = net::Reactor::current()->now() + std::chrono::milliseconds(50);
    auto slept = co_await connection->query("select pg_sleep(60)", soon);
    CO_ASSERT(!slept.has_value());
    EXPECT_EQ(slept.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_FALSE(connection->is_broken());
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
    const TimePoint later = net::Reactor::current()->now() + std::chrono::milliseconds(50);
    auto again = co_await connection->execute({"select pg_sleep($1)", {"60"}}, later);
    CO_ASSERT(!again.has_value());
    EXPECT_EQ(again.error().code, ErrorCode::kDeadlineExceeded);
    const TimePoint last = net::Reactor::current()->now() + std::chrono::milliseconds(50);
    auto streamed = co_await connection->stream_rows({"select pg_sleep(60)", {}}, last);
    if (streamed) {  // the description may come before the deadline
      auto cancelled = co_await streamed->cancel();
      EXPECT_TRUE(cancelled.has_value());
    }
  };
  run(test());
}

TEST_F(ConnectionTest, IsCancelledByAnother) {
  static constexpr auto cancel_soon = [](CancelTarget target, std::uint32_t sleeper,
                                         net::Event* done) -> net::Task<void> {
    auto watcher = co_await connect();
    const std::string asleep = fmt::format(
        "select count(*) from pg_stat_activity where pid = {} and wait_event = 'PgSleep'", sleeper);
    std::string count;
    while (count != "1") count = co_await value(watcher.get(), asleep);
    auto sent = co_await send_cancel(std::move(target), in_seconds(5));
    EXPECT_TRUE(sent.has_value());
    done->set();
  };
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    net::Event done;
    net::spawn(cancel_soon(connection->cancel_target(), connection->process_id(), &done));
    auto slept = co_await connection->query("select pg_sleep(30)", in_seconds(20));
    CO_ASSERT(!slept.has_value());
    EXPECT_EQ(slept.error().detail("sqlstate"), wire::sqlstate::kQueryCanceled);
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
    co_await done.wait();
  };
  run(test());
}

TEST_F(ConnectionTest, RefusesASecondRequestMeanwhile) {
  static constexpr auto other = [](Connection* connection) -> net::Task<void> {
    auto refused = co_await connection->query("select 1", in_seconds(5));
    EXPECT_EQ(refused.error().code, ErrorCode::kFailedPrecondition);
  };
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto rows = co_await connection->stream_rows({"select generate_series(1, 3)", {}}, in_seconds(5));
    CO_ASSERT(rows.has_value());
    co_await other(connection.get());
    auto cancelled = co_await rows->cancel();
    EXPECT_TRUE(cancelled.has_value());
  };
  run(test());
}

TEST_F(ConnectionTest, HearsNoticesAndNotifications) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto sender = co_await connect();
    std::vector<std::string> notices;
    connection->on_notice([&](const wire::ServerError& notice) { notices.emplace_back(notice.message()); });
    const std::string raised = co_await value(connection.get(), "do $$ begin raise notice 'hm %', 1; end $$");
    EXPECT_THAT(notices, testing::ElementsAre("hm 1"));

    const TimePoint now = net::Reactor::current()->now();
    auto none = co_await connection->wait_notification(now + std::chrono::milliseconds(20));
    EXPECT_EQ(none.error().code, ErrorCode::kDeadlineExceeded);
    const std::string listens = co_await value(connection.get(), "listen jobs");
    const std::string notified = co_await value(sender.get(), "notify jobs, 'wake'");
    auto heard = co_await connection->wait_notification(in_seconds(10));
    CO_ASSERT(heard.has_value());
    EXPECT_EQ(heard->channel, "jobs");
    EXPECT_EQ(heard->payload, "wake");
    EXPECT_EQ(heard->process_id, sender->process_id());
    EXPECT_FALSE(connection->is_broken());
  };
  run(test());
}

TEST_F(ConnectionTest, ABrokenConnectionSaysSo) {
  static constexpr auto test = []() -> net::Task<void> {
    auto connection = co_await connect();
    auto killer = co_await connect();
    const std::string kill = fmt::format("select pg_terminate_backend({})", connection->process_id());
    EXPECT_EQ(co_await value(killer.get(), kill), "t");
    auto lost = co_await connection->query("select 1", in_seconds(10));
    CO_ASSERT(!lost.has_value());
    EXPECT_TRUE(connection->is_broken());
    EXPECT_EQ(connection->broken_reason().detail("sqlstate"), wire::sqlstate::kAdminShutdown);
    auto after = co_await connection->query("select 1", in_seconds(10));
    EXPECT_EQ(after.error().code, ErrorCode::kConnectionClosed);
  };
  run(test());
}

TEST_F(ConnectionTest, HoldsItsLimits) {
  static constexpr auto test = []() -> net::Task<void> {
    ConnectOptions options = SharedTestServer::get().connect_options();
    options.result_bytes_max = 100'000;
    options.request_bytes_max = 50'000'000;
    auto connection = co_await connect(options);
    auto large =
        co_await connection->query("select repeat('x', 1000) from generate_series(1, 200)", in_seconds(10));
    EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
    auto executed = co_await connection->execute(
        {"select repeat('x', 1000) from generate_series(1, 200)", {}}, in_seconds(10));
    EXPECT_EQ(executed.error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(co_await value(connection.get(), "select 5"), "5");
    // A message larger than the stream's buffer, both ways.
    const std::string text(20'000'000, 'y');
    auto length = co_await connection->execute({"select length($1), md5($1)", {text}}, in_seconds(20));
    CO_ASSERT(length.has_value());
    EXPECT_EQ(length->value(), "20000000");
    auto refused =
        co_await connection->execute({"select $1", {std::string(60'000'000, 'z')}}, in_seconds(20));
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
    auto roomy = co_await connect();
    auto back =
        co_await roomy->query("select repeat('x', 20000000), 1 union all select 'y', 2", in_seconds(20));
    CO_ASSERT(back.has_value());
    EXPECT_EQ(back->front()[0][0]->size(), 20'000'000U);
    EXPECT_EQ(back->front()[1][0], "y");
  };
  run(test());
}

}  // namespace
}  // namespace stele::postgres
