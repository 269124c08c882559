#include <gtest/gtest.h>

#include "views/test_views.h"
#include "views/writer.h"

namespace stele::views {
namespace {

class RowReadingTest : public ViewsTest {
 protected:
  static TimePoint soon() { return net::Reactor::current()->now() + std::chrono::seconds(10); }

  static net::Task<void> read_task(RowReadingTest* test, Writer* writer, std::string* source) {
    auto rows = co_await writer->read({}, test->entry("t"), {"1"}, soon());
    *source = !rows ? rows.error().to_string() : (*rows)[0] ? (*rows)[0]->source : "no row";
  }
  static net::Task<void> update_task(RowReadingTest* test, Writer* writer, std::uint64_t seq_no,
                                     std::string* outcome) {
    std::vector<DocumentWrite> writes;
    writes.push_back({test->entry("t"), DocumentAction::kIndex, "1", R"({"n":2})", {}, seq_no});
    auto reply = co_await writer->write({}, std::move(writes), soon());
    *outcome = reply.outcomes[0] ? "written" : reply.outcomes[0].error().to_string();
  }
  // `work` with a writer of this thread's reactor.
  template <class Work>
  void with_writer(Work work) {
    sql().run(frame(this, std::move(work)));
  }
  template <class Work>
  static net::Task<void> frame(RowReadingTest* test, Work work) {
    const auto writer = test->views_->make_writer();
    co_await work(writer.get());
    co_await writer->stop();
  }
};

// What is flushed ends in the middle of a record: nothing completes it while the bulk's client is idle.
TEST_F(RowReadingTest, AnIdleBulkTransactionHoldsNobodyUp) {
  sql()("ALTER SYSTEM SET wal_writer_delay = '10ms'");
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE bulk (t text)");
  sql()("INSERT INTO t VALUES (1, 1); SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  Sql bulk(server().options(database_));
  bulk("BEGIN");
  // Whole pages are flushed meanwhile; where one ends differs.
  for (int i = 0; i < 5; ++i) {
    bulk("INSERT INTO bulk SELECT repeat('x', 100 + " + std::to_string(i) +
         ") FROM generate_series(1, 10000)");
    std::string source;
    with_writer([&](Writer* writer) { return read_task(this, writer, &source); });
    EXPECT_EQ(source, i == 0 ? R"({"id":1,"n":1})" : R"({"id":1,"n":2})");
    const std::uint64_t seq_no = static_cast<std::uint64_t>(search("t", match_all())[0].document->seq_no);
    std::string outcome;
    with_writer([&](Writer* writer) { return update_task(this, writer, seq_no, &outcome); });
    EXPECT_EQ(outcome, "written");
  }
}

}  // namespace
}  // namespace stele::views
