#include <gtest/gtest.h>

#include "protocols/sql/test_head.h"
#include "views/test_views.h"

namespace stele::sql {
namespace {

// A head in front of a server with views; the log is flushed by commits alone, or late.
class ViewsSessionTest : public views::ViewsTest {
 protected:
  // After each write the views must show the row that was written.
  static net::Task<void> write_rows(ViewsSessionTest* test, Head* head, std::string first, int* shown) {
    head->open();
    const TimePoint late = net::Reactor::current()->now() + std::chrono::minutes(1);
    auto connected = co_await postgres::Connection::connect(head->options(), late);
    STELE_CHECK(connected.has_value());
    auto begun = co_await (*connected)->query(std::move(first), late);
    EXPECT_TRUE(begun.has_value());
    for (int i = 1; i <= 10; ++i) {
      auto inserted = co_await (*connected)->query("INSERT INTO t VALUES (" + std::to_string(i) + ")", late);
      EXPECT_TRUE(inserted.has_value());
      if (test->search("t", match_all()).size() == static_cast<std::size_t>(i)) ++*shown;
    }
    co_await (*connected)->close(late);
    co_await head->close();
  }

  // How many of ten writes were shown when they were answered.
  int shown(std::string first) {
    start();
    sql()("ALTER SYSTEM SET wal_writer_delay = '10s'");
    sql()("SELECT pg_reload_conf(); CREATE TABLE t (id int PRIMARY KEY); SELECT stele.publish('t')");
    EXPECT_TRUE(ready("t"));
    Head head(server().options(database_), &views_->freshness());
    head.context.apply_time_max = std::chrono::seconds(20);
    int count = 0;
    sql().run(write_rows(this, &head, std::move(first), &count));
    EXPECT_EQ(head.context.not_applied->value(), 0U);
    return count;
  }
};

TEST_F(ViewsSessionTest, ShowsCommitsOfADatabaseThatAnswersBeforeItFlushes) {
  sql()("ALTER DATABASE " + database_ + " SET synchronous_commit = off");
  EXPECT_EQ(shown("SELECT 1"), 10);
}

TEST_F(ViewsSessionTest, ShowsCommitsOfASessionThatIsAnsweredBeforeTheyAreFlushed) {
  EXPECT_EQ(shown("SET synchronous_commit = off"), 10);
}

}  // namespace
}  // namespace stele::sql
