#include "postgres/pool.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/event.h"
#include "postgres/shared_test_server.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {
namespace {

class PoolTest : public PostgresTest {
 protected:
  static PoolOptions options(std::size_t connections_max) {
    PoolOptions options;
    options.connect = SharedTestServer::get().connect_options();
    options.connections_max = connections_max;
    return options;
  }
  static TimePoint in_ms(int ms) { return net::Reactor::current()->now() + std::chrono::milliseconds(ms); }
  static net::Task<std::string> value(Connection* connection, std::string sql) {
    auto results = co_await connection->query(std::move(sql), in_seconds(20));
    if (!results) co_return results.error().to_string();
    co_return std::string(results->front().value().value_or("NULL"));
  }
};

TEST_F(PoolTest, UsesAConnectionAgain) {
  static constexpr auto test = []() -> net::Task<void> {
    Pool pool(options(2));
    std::uint32_t first = 0;
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      first = (*lease)->process_id();
    }
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      EXPECT_EQ((*lease)->process_id(), first);
      auto other = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(other.has_value());
      EXPECT_NE((*other)->process_id(), first);
    }
    EXPECT_EQ(pool.statistics().opened, 2U);
    EXPECT_EQ(pool.statistics().idle, 2U);
    co_await pool.stop();
    auto refused = co_await pool.acquire(in_seconds(5));
    EXPECT_EQ(refused.error().code, ErrorCode::kCancelled);
  };
  run(test());
}

TEST_F(PoolTest, WaitersComeInTurnWithinTheirLimits) {
  static constexpr auto take = [](Pool* pool, std::vector<int>* order, int number, TimePoint deadline,
                                  net::Gate::Holder) -> net::Task<void> {
    auto lease = co_await pool->acquire(deadline);
    order->push_back(lease ? number : -number);
  };
  static constexpr auto test = []() -> net::Task<void> {
    PoolOptions limited = options(1);
    limited.waiters_max = 3;
    Pool pool(limited);
    net::Gate gate;
    std::vector<int> order;
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      net::spawn(take(&pool, &order, 1, in_seconds(20), gate.hold()));
      net::spawn(take(&pool, &order, 2, in_ms(30), gate.hold()));
      net::spawn(take(&pool, &order, 3, in_seconds(20), gate.hold()));
      EXPECT_EQ(pool.statistics().waiting, 3U);
      auto refused = co_await pool.acquire(in_seconds(5));
      EXPECT_EQ(refused.error().code, ErrorCode::kResourceExhausted);
      while (order.empty()) co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(5));
      EXPECT_EQ(order, std::vector<int>{-2});
    }
    co_await gate.close();
    EXPECT_EQ(order, (std::vector<int>{-2, 1, 3}));
    EXPECT_EQ(pool.statistics().opened, 1U);
    co_await pool.stop();
  };
  run(test());
}

TEST_F(PoolTest, RollsBackWhatWasLeftOpenAndDropsWhatIsBroken) {
  static constexpr auto test = []() -> net::Task<void> {
    Pool pool(options(1));
    std::uint32_t first = 0;
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      first = (*lease)->process_id();
      const std::string begun = co_await value(&**lease, "begin; create table left_open (a int); select 1");
    }
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      EXPECT_EQ((*lease)->process_id(), first);
      EXPECT_EQ((*lease)->transaction_status(), wire::TransactionStatus::kIdle);
      EXPECT_EQ(co_await value(&**lease, "select to_regclass('left_open')"), "NULL");
      (*lease)->interrupt(make_error(ErrorCode::kCancelled, "test"));
    }
    auto next = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(next.has_value());
    EXPECT_NE((*next)->process_id(), first);
    auto rows = co_await (*next)->stream_rows({"select generate_series(1, 1000000)", {}}, in_seconds(5));
    CO_ASSERT(rows.has_value());
    next->give_back();  // in the middle of an answer
    auto cut = co_await rows->next(in_seconds(5));
    EXPECT_FALSE(cut.has_value());
    auto last = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(last.has_value());
    last->give_up();
    EXPECT_EQ(pool.statistics().connections, 0U);
    EXPECT_EQ(pool.statistics().dropped, 3U);
    co_await pool.stop();
  };
  run(test());
}

TEST_F(PoolTest, NoticesIdleConnectionsThatTheServerClosed) {
  static constexpr auto test = []() -> net::Task<void> {
    Pool pool(options(2));
    auto killer = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(killer.has_value());
    std::uint32_t victim = 0;
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      CO_ASSERT(lease.has_value());
      victim = (*lease)->process_id();
    }
    const std::string kill = fmt::format("select pg_terminate_backend({}, 5000)", victim);
    EXPECT_EQ(co_await value(&**killer, kill), "t");
    auto lease = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(lease.has_value());
    EXPECT_NE((*lease)->process_id(), victim);
    EXPECT_EQ(co_await value(&**lease, "select 5"), "5");
    killer->give_back();
    lease->give_back();
    co_await pool.stop();
  };
  run(test());
}

TEST_F(PoolTest, ClosesWhatIsIdle) {
  static constexpr auto test = []() -> net::Task<void> {
    PoolOptions brief = options(2);
    brief.idle_timeout = std::chrono::milliseconds(30);
    Pool pool(brief);
    {
      auto lease = co_await pool.acquire(in_seconds(5));
      EXPECT_TRUE(lease.has_value());
    }
    EXPECT_EQ(pool.statistics().idle, 1U);
    while (pool.statistics().connections > 0) {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(pool.statistics().idle, 0U);
    co_await pool.stop();
  };
  run(test());
}

TEST_F(PoolTest, TellsAtOnceWhatWaitingDoesNotMend) {
  static constexpr auto test = []() -> net::Task<void> {
    PoolOptions wrong = options(2);
    wrong.connect.database = "no_such_database";
    Pool pool(wrong);
    auto refused = co_await pool.acquire(in_seconds(20));
    EXPECT_EQ(refused.error().detail("sqlstate"), wire::sqlstate::kInvalidCatalogName);
    EXPECT_EQ(pool.statistics().connections, 0U);
    co_await pool.stop();

    PoolOptions nowhere = options(2);
    nowhere.connect.addresses = {{"/tmp/no-such-socket", 0}};
    Pool waiting(nowhere);
    auto late = co_await waiting.acquire(in_ms(200));
    EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_NE(late.error().detail("cause"), "");
    EXPECT_GT(waiting.statistics().failed, 1U);
    EXPECT_LT(waiting.statistics().failed, 5U);  // 0, 50, 150 ms
    co_await waiting.stop();
  };
  run(test());
}

TEST_F(PoolTest, StopCancelsWhatLeasesRun) {
  static constexpr auto sleep = [](Lease lease, std::string* state, net::Gate::Holder) -> net::Task<void> {
    auto slept = co_await lease->query("select pg_sleep(3600)", kNoDeadline);
    *state = slept ? "slept" : slept.error().detail("sqlstate");
    // It may end its transaction, and is cancelled in whatever else it begins.
    auto again = co_await lease->query("select pg_sleep(3600)", kNoDeadline);
    *state += again ? " slept" : " " + std::string(again.error().detail("sqlstate"));
  };
  static constexpr auto test = []() -> net::Task<void> {
    Pool pool(options(1));
    net::Gate gate;
    std::string state;
    auto lease = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(lease.has_value());
    net::spawn(sleep(*std::move(lease), &state, gate.hold()));
    co_await pool.stop();
    co_await gate.close();
    EXPECT_EQ(state, "57014 57014");
    EXPECT_EQ(pool.statistics().connections, 0U);
  };
  run(test());
}

TEST_F(PoolTest, StopWakesThoseWhoWait) {
  static constexpr auto wait = [](Pool* pool, ErrorCode* code, net::Gate::Holder) -> net::Task<void> {
    auto lease = co_await pool->acquire(kNoDeadline);
    *code = lease ? ErrorCode::kInternal : lease.error().code;
  };
  // Held until the one who waits has his answer: stop() tells him before the lease is back.
  static constexpr auto release = [](Lease lease, const ErrorCode* code,
                                     net::Gate::Holder) -> net::Task<void> {
    while (*code == ErrorCode::kInternal)
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(1));
    lease.give_back();
  };
  static constexpr auto test = []() -> net::Task<void> {
    Pool pool(options(1));
    net::Gate gate;
    ErrorCode code = ErrorCode::kInternal;
    auto lease = co_await pool.acquire(in_seconds(5));
    CO_ASSERT(lease.has_value());
    net::spawn(wait(&pool, &code, gate.hold()));
    net::spawn(release(*std::move(lease), &code, gate.hold()));
    co_await pool.stop();
    co_await gate.close();
    EXPECT_EQ(code, ErrorCode::kCancelled);
    EXPECT_EQ(pool.statistics().connections, 0U);
  };
  run(test());
}

}  // namespace
}  // namespace stele::postgres
