#include <gtest/gtest.h>

#include "views/writer/row_reading.h"
#include "views/writer/test_writer.h"

namespace stele::views {
namespace {

// Nobody else commits here: whoever waits for a position behind the last commit has to move the log.
TEST_F(WriterTest, WaitingForAPositionMovesALogThatStandsStill) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    postgres::PoolOptions options;
    options.connect = postgres::SharedTestServer::get().connect_options();
    postgres::Pool pool(std::move(options));
    const TimePoint late = net::Reactor::current()->now() + std::chrono::seconds(15);
    const std::string now = co_await value(test, "SELECT pg_current_wal_insert_lsn()");
    const Lsn behind(Lsn::parse(now)->value() + 1);
    const auto shown = co_await wait_for_position(&pool, &test->freshness_, behind, late);
    EXPECT_TRUE(shown.has_value());
    EXPECT_GE(test->freshness_.visible(), behind);
    co_await pool.stop();
  });
}

}  // namespace
}  // namespace stele::views
