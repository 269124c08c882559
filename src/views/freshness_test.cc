#include "views/freshness.h"

#include <gtest/gtest.h>

#include "net/event.h"
#include "postgres/shared_test_server.h"

namespace stele::views {
namespace {

class FreshnessTest : public postgres::PostgresTest {};

net::Task<void> wait_for(Freshness* freshness, WriteNumber number, Result<Lsn>* reached, net::Event* ended) {
  auto came =
      co_await freshness->wait_write(number, net::Reactor::current()->now() + std::chrono::seconds(30));
  *reached = came;
  ended->set();
}

// The stream may be faster than the answer to COMMIT: the write is back, and not visible yet, when somebody
// begins to wait for it.
TEST_F(FreshnessTest, AWriteThatIsBackIsWaitedForUntilItIsVisible) {
  static constexpr auto test = []() -> net::Task<void> {
    Freshness freshness;
    const WriteNumber number = freshness.begin_write();
    EXPECT_TRUE(freshness.came_back({0, number.value()}, Lsn(10)));
    Result<Lsn> reached = Lsn(0);
    net::Event ended;
    net::spawn(wait_for(&freshness, number, &reached, &ended));
    freshness.publish(Lsn(10));
    co_await ended.wait();
    EXPECT_TRUE(reached.has_value());
    if (reached) EXPECT_EQ(*reached, Lsn(10));
  };
  run(test());
}

}  // namespace
}  // namespace stele::views
