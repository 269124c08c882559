#include "views/writer/batching_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "views/writer/test_writer.h"

namespace stele::views {
namespace {

using ::testing::HasSubstr;

TEST_F(WriterTest, WritesReplacesAndDeletes) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> first;
    first.push_back(test->index("b", R"({"a": "\u0000", "n":1})"));
    first.push_back(test->index("a", R"({"n":2})", DocumentAction::kCreate));
    first[0].routing = "r";
    WriteReply reply = co_await write(test, std::move(first));
    EXPECT_EQ(told(reply.outcomes[0]), "created 1");
    EXPECT_EQ(told(reply.outcomes[1]), "created 1");
    EXPECT_TRUE(reply.applied);
    EXPECT_EQ(test->freshness_.visible(), reply.lsn);
    std::vector<DocumentWrite> second;
    second.push_back(test->index("a", R"({"n":3})"));
    second.push_back(test->index("a", R"({"n":9})", DocumentAction::kCreate));
    second.push_back(test->index("b", "", DocumentAction::kDelete));
    second.push_back(test->index("c", "", DocumentAction::kDelete));
    second.push_back(test->index("d", "{}", DocumentAction::kUpdate));
    reply = co_await write(test, std::move(second));
    EXPECT_EQ(told(reply.outcomes[0]), "updated 2");
    EXPECT_EQ(told(reply.outcomes[1]), "conflict");
    EXPECT_EQ(reply.outcomes[1].error().detail("version"), "2");
    EXPECT_EQ(told(reply.outcomes[2]), "deleted 2");
    EXPECT_EQ(told(reply.outcomes[3]), "not_found 1");
    EXPECT_EQ(told(reply.outcomes[4]), "not_found");
    const std::string rows =
        co_await value(test, "SELECT string_agg(_id || _source::text, ',') FROM elastic.films");
    EXPECT_EQ(rows, R"(a{"n":3})");
  });
}

TEST_F(WriterTest, OneIdTwiceKeepsItsOrder) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> writes;
    writes.push_back(test->index("x", R"({"n":1})"));
    writes.push_back(test->index("y", R"({"n":1})"));
    writes.push_back(test->index("x", R"({"n":2})"));
    writes.push_back(test->index("x", "", DocumentAction::kDelete));
    writes.push_back(test->index("x", R"({"n":3})", DocumentAction::kCreate));
    const WriteReply reply = co_await write(test, std::move(writes));
    EXPECT_EQ(told(reply.outcomes[0]), "created 1");
    EXPECT_EQ(told(reply.outcomes[2]), "updated 2");
    EXPECT_EQ(told(reply.outcomes[3]), "deleted 3");
    EXPECT_EQ(told(reply.outcomes[4]), "created 1");
    const std::string last = co_await value(test, "SELECT _source FROM elastic.films WHERE _id = 'x'");
    EXPECT_EQ(last, R"({"n":3})");
  });
}

// What a write missed is told as it was then, not as a later write of the same transaction left it.
TEST_F(WriterTest, EachWriteOfAnIdIsToldAsItHappened) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> first;
    first.push_back(test->index("there", "{}"));
    const WriteReply made = co_await write(test, std::move(first));
    CO_ASSERT(made.outcomes[0].has_value());
    const std::uint64_t seq_no = made.outcomes[0]->seq_no;
    std::vector<DocumentWrite> writes;
    writes.push_back(test->index("absent", "", DocumentAction::kDelete));
    writes.push_back(test->index("absent", "{}"));
    writes.push_back(test->index("there", "{}", DocumentAction::kCreate));
    writes.push_back(test->index("there", "", DocumentAction::kDelete));
    writes.push_back(test->index("there", "{}", DocumentAction::kUpdate));
    writes.push_back(test->index("there", "{}"));
    writes.push_back(test->index("there", "{}"));
    writes.back().if_seq_no = seq_no;
    writes.push_back(test->index("late", "{}", DocumentAction::kUpdate));
    writes.push_back(test->index("late", "{}", DocumentAction::kCreate));
    const WriteReply reply = co_await write(test, std::move(writes));
    const std::vector<std::string> wanted = {"not_found 1", "created 1", "conflict",
                                             "deleted 2",   "not_found", "created 1",
                                             "conflict",    "not_found", "created 1"};
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(told(reply.outcomes[i]), wanted[i]) << i;
    EXPECT_EQ(reply.outcomes[2].error().detail("version"), "1");
    EXPECT_EQ(reply.outcomes[2].error().detail("seq_no"), std::to_string(seq_no));
    CO_ASSERT(reply.outcomes[5].has_value());
    EXPECT_EQ(reply.outcomes[6].error().detail("seq_no"), std::to_string(reply.outcomes[5]->seq_no));
  });
}

TEST_F(WriterTest, ConditionsCompareSequenceNumbers) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> first;
    first.push_back(test->index("x", "{}"));
    const WriteReply created = co_await write(test, std::move(first));
    const std::uint64_t seq_no = created.outcomes[0]->seq_no;
    std::vector<DocumentWrite> writes;
    for (int i = 0; i < 3; ++i) writes.push_back(test->index(i == 2 ? "z" : "x", "{}"));
    writes[0].if_seq_no = seq_no;
    writes[1].if_seq_no = seq_no;
    writes[2].if_seq_no = seq_no;
    const WriteReply reply = co_await write(test, std::move(writes));
    EXPECT_EQ(told(reply.outcomes[0]), "updated 2");
    EXPECT_EQ(told(reply.outcomes[1]), "conflict");
    CO_ASSERT(reply.outcomes[0].has_value());
    EXPECT_EQ(reply.outcomes[1].error().detail("seq_no"), std::to_string(reply.outcomes[0]->seq_no));
    EXPECT_EQ(told(reply.outcomes[2]), "conflict");
    EXPECT_EQ(reply.outcomes[2].error().detail("seq_no"), "");
  });
}

TEST_F(WriterTest, OneBadDocumentFailsAlone) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> writes;
    for (int i = 0; i < 200; ++i)
      writes.push_back(test->index(std::to_string(i), i == 77 ? R"({"n":)" : R"({"n":1})"));
    const WriteReply reply = co_await write(test, std::move(writes));
    for (int i = 0; i < 200; ++i)
      EXPECT_EQ(reply.outcomes[static_cast<std::size_t>(i)].has_value(), i != 77) << i;
    EXPECT_EQ(reply.outcomes[77].error().detail("sqlstate"), "22P02");
    const std::string count = co_await value(test, "SELECT count(*) FROM elastic.films");
    EXPECT_EQ(count, "199");
  });
}

net::Task<void> write_for(WriterTest* test, std::vector<DocumentWrite> writes, WriteReply* reply,
                          net::Event* done) {
  *reply = co_await WriterTest::write(test, std::move(writes));
  done->set();
}

// Many documents of one table, then one of another.
std::vector<DocumentWrite> large_call(const WriterTest& test) {
  std::vector<DocumentWrite> writes;
  for (int i = 0; i < 2000; ++i) writes.push_back(test.index(std::to_string(i), R"({"n":1})"));
  writes.push_back(test.row("1:en", R"({"title":"t"})"));
  return writes;
}

TEST_F(WriterTest, ALargeCallLetsOthersRun) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    WriteReply reply;
    net::Event done;
    net::spawn(write_for(test, large_call(*test), &reply, &done));
    // It has not come to the second table in one go.
    EXPECT_EQ(test->metrics_.gauge("stele_writer_lanes", "").value(), 1);
    co_await done.wait();
    EXPECT_EQ(reply.outcomes.size(), 2001U);
    for (const auto& outcome : reply.outcomes) EXPECT_EQ(told(outcome), "created 1");
  });
}

TEST_F(WriterTest, AStopAnswersACallThatIsBeingQueued) {
  static WriteReply reply;
  static net::Event done;
  with_writer([](WriterTest* test) -> net::Task<void> {
    net::spawn(write_for(test, large_call(*test), &reply, &done));
    co_return;  // stops the writer
  });
  ASSERT_TRUE(done.is_set());
  EXPECT_EQ(reply.outcomes.size(), 2001U);
  for (const auto& outcome : reply.outcomes) EXPECT_EQ(told(outcome), "cancelled");
}

TEST_F(WriterTest, CallersShareTransactions) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    static int open;
    static net::Event done;
    open = 50;
    done.reset();
    struct Caller {
      static net::Task<void> run(WriterTest* test, int number) {
        std::vector<DocumentWrite> writes;
        writes.push_back(test->index(std::to_string(number % 10), R"({"n":1})"));
        const WriteReply reply = co_await write(test, std::move(writes));
        EXPECT_TRUE(reply.outcomes[0].has_value());
        EXPECT_LE(reply.lsn, test->freshness_.visible());
        if (--open == 0) done.set();
      }
    };
    for (int i = 0; i < 50; ++i) net::spawn(Caller::run(test, i));
    co_await done.wait();
    EXPECT_LT(test->metrics_.counter("stele_writer_transactions_total", "").value(), 25U);
    const std::string versions = co_await value(test, "SELECT sum(_version) FROM elastic.films");
    EXPECT_EQ(versions, "50");
  });
}

TEST_F(WriterTest, RowsOfPublishedTables) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> writes;
    writes.push_back(test->row("1:en", R"({"title":"a","stars":5,"tags":["x","y"]})"));
    writes.push_back(test->row("2:de\\:at", R"({"id":2,"title":"b"})", DocumentAction::kCreate));
    WriteReply reply = co_await write(test, std::move(writes));
    EXPECT_EQ(told(reply.outcomes[0]), "created 1");
    EXPECT_EQ(told(reply.outcomes[1]), "created 1");
    CO_ASSERT(reply.outcomes[0].has_value());
    EXPECT_EQ(reply.outcomes[0]->seq_no, reply.lsn.value());
    std::string rows = co_await value(test,
                                      "SELECT string_agg(format('%s/%s/%s/%s/%s', id, lang, title, stars, "
                                      "tags), ' ' ORDER BY id) FROM film");
    EXPECT_EQ(rows, "1/en/a/5/{x,y} 2/de:at/b/3/");
    std::vector<DocumentWrite> second;
    second.push_back(test->row("1:en", R"({"title":"c"})"));  // replaced as a whole
    second.push_back(test->row("2:de\\:at", R"({"title":"d"})", DocumentAction::kCreate));  // is there
    second.push_back(test->row("3:en", R"({"title":"e"})", DocumentAction::kUpdate));       // is not
    second.push_back(test->row("4:en", R"({"title":"f","stars":9})"));  // against a constraint
    second.push_back(test->row("5:en", R"({"name":"f"})"));
    second.push_back(test->row("6", R"({"title":"f"})"));
    second.push_back(test->row("7:en", R"({"title":"f","secret":"x"})"));
    second.push_back(test->row("8:en", R"({"id":9,"title":"f"})"));
    second.push_back(test->row("x:en", R"({"title":"f"})"));
    second.push_back(test->row("2:de\\:at", "", DocumentAction::kDelete));
    reply = co_await write(test, std::move(second));
    EXPECT_EQ(told(reply.outcomes[0]), "updated 1");
    EXPECT_EQ(told(reply.outcomes[1]), "conflict");
    EXPECT_EQ(told(reply.outcomes[2]), "not_found");
    EXPECT_EQ(told(reply.outcomes[3]), "database_error");
    EXPECT_EQ(reply.outcomes[3].error().detail("sqlstate"), "23514");
    EXPECT_THAT(reply.outcomes[3].error().message, HasSubstr("film_stars_check"));
    for (int i = 4; i < 8; ++i)
      EXPECT_EQ(told(reply.outcomes[static_cast<std::size_t>(i)]), "invalid_argument") << i;
    EXPECT_EQ(reply.outcomes[8].error().detail("sqlstate"), "22P02");
    EXPECT_EQ(told(reply.outcomes[9]), "deleted 1");
    rows = co_await value(
        test, "SELECT string_agg(format('%s/%s/%s/%s', id, lang, title, stars), ' ' ORDER BY id) FROM film");
    EXPECT_EQ(rows, "1/en/c/3");
  });
}

// A copy of the table took the place of the one that the request began with, which gets no changes any more.
TEST_F(WriterTest, AConditionIsComparedWithTheGenerationOfNow) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    co_await value(test, "INSERT INTO film VALUES (1, 'en', 'a')");
    const auto generation = [&](std::int64_t seq_no) {
      auto made = std::make_shared<CollectionEntry>(*test->table_);
      made->collection = *test->engine_->create_collection(
          {made->name, {engine::KeyType::kI64, engine::KeyType::kText}}, {});
      engine::ChangeBatch batch{.lsn = Lsn(1)};
      batch.changes.emplace_back();
      batch.changes[0].document.key =
          *engine::DocKey::parse({engine::KeyType::kI64, engine::KeyType::kText}, "1:en");
      batch.changes[0].document.source = "{}";
      batch.changes[0].document.seq_no = seq_no;
      STELE_CHECK(made->collection->apply(std::move(batch)).has_value());
      return std::shared_ptr<const CollectionEntry>(made);
    };
    const auto former = generation(5);
    test->visible_.publish(Lsn(1));
    test->catalog_.replace(std::make_shared<const CatalogState>(
        std::vector<std::shared_ptr<const CollectionEntry>>{generation(7)}, std::vector<CatalogObject>()));
    const auto stored = co_await read(test, former, "1:en");
    CO_ASSERT(stored.has_value());
    EXPECT_EQ(stored->seq_no, 7U);
    for (const std::uint64_t seq_no : {5U, 7U}) {
      std::vector<DocumentWrite> writes;
      writes.push_back(test->row("1:en", R"({"title":"b"})"));
      writes[0].target = former;
      writes[0].if_seq_no = seq_no;
      const WriteReply reply = co_await write(test, std::move(writes));
      EXPECT_EQ(told(reply.outcomes[0]), seq_no == 7 ? "updated 1" : "conflict");
    }
    test->catalog_.replace(std::make_shared<const CatalogState>());
    const auto gone = co_await read(test, former, "1:en");
    EXPECT_FALSE(gone.has_value());
  });
}

TEST_F(WriterTest, ARoleWithoutPrivilegesIsRefused) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    co_await value(test, "DROP ROLE IF EXISTS \"no \"\"body\"; CREATE ROLE \"no \"\"body\"");
    std::vector<DocumentWrite> writes;
    writes.push_back(test->index("x", "{}"));
    const WriteReply reply = co_await write(test, std::move(writes), "no \"body");
    CO_ASSERT(!reply.outcomes[0].has_value());
    EXPECT_EQ(reply.outcomes[0].error().detail("sqlstate"), "42501");
    co_await value(test, "DROP ROLE \"no \"\"body\"");
  });
}

TEST_F(WriterTest, AnswersUnappliedAfterItsTime) {
  WriterOptions options;
  options.applied_timeout = std::chrono::milliseconds(30);
  with_writer(
      [](WriterTest* test) -> net::Task<void> {
        test->echo_.paused = true;
        std::vector<DocumentWrite> writes;
        writes.push_back(test->index("x", "{}"));
        const WriteReply reply = co_await write(test, std::move(writes));
        EXPECT_EQ(told(reply.outcomes[0]), "created 1");
        EXPECT_FALSE(reply.applied);
        EXPECT_FALSE(reply.lsn.is_none());
        test->echo_.paused = false;
      },
      std::move(options));
}

TEST_F(WriterTest, TheQueueIsBounded) {
  WriterOptions options;
  options.queue_documents_max = 3;
  with_writer(
      [](WriterTest* test) -> net::Task<void> {
        std::vector<DocumentWrite> writes;
        for (int i = 0; i < 4; ++i) writes.push_back(test->index(std::to_string(i), "{}"));
        const WriteReply reply = co_await write(test, std::move(writes));
        for (const Result<DocumentOutcome>& outcome : reply.outcomes)
          EXPECT_EQ(told(outcome), "resource_exhausted");
      },
      std::move(options));
}

net::Task<void> write_one(WriterTest* test, net::Event* done) {
  std::vector<DocumentWrite> writes;
  writes.push_back(test->index("x", "{}"));
  const WriteReply reply = co_await WriterTest::write(test, std::move(writes));
  EXPECT_TRUE(reply.outcomes[0].has_value());
  done->set();
}

TEST_F(WriterTest, NothingIsKeptForATableThatNobodyWrites) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    const Gauge& lanes = test->metrics_.gauge("stele_writer_lanes", "");
    net::Event done;
    net::spawn(write_one(test, &done));
    EXPECT_EQ(lanes.value(), 1);
    co_await done.wait();
    EXPECT_EQ(lanes.value(), 0);
  });
}

TEST_F(WriterTest, AServerThatGoesBeforeTheCommitHasWrittenNothing) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    std::vector<DocumentWrite> first;
    first.push_back(test->index("x", R"({"n":1})"));
    co_await write(test, std::move(first));
    // The row is locked, so the writer waits inside its transaction; then its session is ended.
    co_await value(test, "BEGIN; SELECT FROM elastic.films WHERE _id = 'x' FOR UPDATE");
    static net::Event done;
    done.reset();
    struct Blocked {
      static net::Task<void> run(WriterTest* test) {
        std::vector<DocumentWrite> writes;
        writes.push_back(test->index("x", R"({"n":2})"));
        const WriteReply reply = co_await write(test, std::move(writes));
        EXPECT_FALSE(reply.outcomes[0].has_value());
        done.set();
      }
    };
    net::spawn(Blocked::run(test));
    std::string ended = "0";
    while (ended == "0") {
      co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(2));
      ended =
          co_await value(test,
                         "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                         "wait_event_type = 'Lock' AND query LIKE 'INSERT INTO%') t");
    }
    co_await done.wait();
    co_await value(test, "COMMIT");
    const std::string source = co_await value(test, "SELECT _source FROM elastic.films WHERE _id = 'x'");
    EXPECT_EQ(source, R"({"n":1})");
  });
}

TEST_F(WriterTest, OutcomesAreAskedOfPostgres) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    postgres::PoolOptions options;
    options.connect = postgres::SharedTestServer::get().connect_options();
    postgres::Pool pool(std::move(options));
    const TimePoint soon = net::Reactor::current()->now() + std::chrono::seconds(10);
    const std::string committed = co_await value(test, "SELECT pg_current_xact_id()::text");
    auto outcome = co_await resolve_outcome(&pool, committed, soon);
    EXPECT_TRUE(outcome.has_value() && *outcome);
    const std::string aborted = co_await value(test, "BEGIN; SELECT pg_current_xact_id()::text");
    // It is under way: nothing is known before it ends.
    auto open = co_await resolve_outcome(&pool, aborted,
                                         net::Reactor::current()->now() + std::chrono::milliseconds(60));
    CO_ASSERT(!open.has_value());
    EXPECT_EQ(open.error().code, ErrorCode::kUnknownOutcome);
    co_await value(test, "ROLLBACK");
    outcome = co_await resolve_outcome(&pool, aborted, soon);
    EXPECT_TRUE(outcome.has_value() && !*outcome);
    co_await pool.stop();
  });
}

// After a crash another transaction may commit with the xid of one that never reached the disk.
TEST_F(WriterTest, ACommitIsProvenByItsMessageAndNotByItsXid) {
  with_writer([](WriterTest* test) -> net::Task<void> {
    postgres::PoolOptions options;
    options.connect = postgres::SharedTestServer::get().connect_options();
    postgres::Pool pool(std::move(options));
    TransactionScope scope{&pool, &test->freshness_, "", kNoDeadline};
    const TimePoint late = net::Reactor::current()->now() + std::chrono::seconds(10);
    const WriteNumber ours = test->freshness_.begin_write();
    const std::string xid = co_await value(
        test, "SELECT pg_current_xact_id()::text FROM pg_logical_emit_message(true, 'stele', '" +
                  test->freshness_.message(ours) + "')");
    auto settled = co_await settle(scope, xid, ours, late);
    CO_ASSERT(settled.has_value());
    CO_ASSERT(settled->has_value());
    EXPECT_GE(test->freshness_.visible(), **settled);

    // That transaction has committed, but it is not the one that bore this number.
    const WriteNumber lost = test->freshness_.begin_write();
    scope.settle_timeout = std::chrono::milliseconds(60);
    auto unknown = co_await settle(scope, xid, lost, late);
    CO_ASSERT(!unknown.has_value());
    EXPECT_EQ(unknown.error().code, ErrorCode::kUnknownOutcome);

    const WriteNumber undone = test->freshness_.begin_write();
    const std::string aborted = co_await value(test, "BEGIN; SELECT pg_current_xact_id()::text");
    co_await value(test, "ROLLBACK");
    auto rolled_back = co_await settle(scope, aborted, undone, late);
    CO_ASSERT(rolled_back.has_value());
    EXPECT_FALSE(rolled_back->has_value());
    co_await pool.stop();
  });
}

}  // namespace
}  // namespace stele::views
