#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "postgres/replication/stream.h"
#include "postgres/replication/test_stream.h"

namespace stele::postgres {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What goes wrong, and how the stream goes on or says that it cannot.
class StreamBadDays : public StreamTest {
 protected:
  using Stream = std::unique_ptr<ReplicationStream>;
  using T = StreamBadDays;

  // Small segments, so that little writing is enough to lose a slot.
  static TestServer& own_server() {
    static TestServer server({{"wal_level", "logical"},
                              {"fsync", "off"},
                              {"autovacuum", "off"},
                              {"min_wal_size", "2MB"},
                              {"max_wal_size", "4MB"}},
                             {"--wal-segsize=1"});
    return server;
  }
  void run_own(net::Task<void> body) { run_on(own_server(), std::move(body)); }

  static net::Task<void> table(T* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY, t text); CREATE PUBLICATION p FOR TABLE a");
  }

  // Until the stream is stopped or lost.
  static net::Task<void> read_to_the_end(ReplicationStream* stream, Lines* lines, net::Event* ended) {
    while (true) {
      auto event = co_await stream->next();
      if (!event.has_value() || !append_event(*event, *lines)) break;
    }
    ended->set();
  }

  static net::Task<void> large_transactions(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    options.connect.settings.emplace_back("logical_decoding_work_mem", "64kB");
    options.limits.memory_bytes_max = 100'000;
    options.limits.batch = {.changes = 1000, .bytes = 30'000};
    Stream stream = co_await t->open(options);
    auto other = co_await connect(t);
    co_await t->must(
        "BEGIN; INSERT INTO a SELECT g, 'first' FROM generate_series(1, 5000) g; SAVEPOINT s;"
        "INSERT INTO a SELECT g, 'gone' FROM generate_series(5001, 9000) g;"
        "SELECT pg_logical_emit_message(true, 'stele', '1:666'); ROLLBACK TO s; SAVEPOINT u;"
        "INSERT INTO a SELECT g, 'second' FROM generate_series(5001, 10000) g; UPDATE a SET t = 'x' WHERE id "
        "= 1;"
        "RELEASE u");
    co_await must_on(
        t, other.get(),
        "BEGIN; INSERT INTO a SELECT g, 'rolled back' FROM generate_series(20001, 25000) g; ROLLBACK;"
        "INSERT INTO a VALUES (0, 'small')");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("begin", "+a 0|small", "commit"));
    EXPECT_EQ(stream->open_streams(), 1U) << "it runs, and most of it is here";
    co_await t->must("SELECT pg_logical_emit_message(true, 'stele', '1:7'); COMMIT");
    auto event = co_await stream->next();
    while (event.has_value() && !std::holds_alternative<std::unique_ptr<Transaction>>(*event)) {
      event = co_await stream->next();
    }
    Transaction& transaction = *std::get<std::unique_ptr<Transaction>>(*event);
    EXPECT_TRUE(transaction.is_spooled());
    EXPECT_EQ(transaction.head().marks, (std::vector<WriteMark>{{1, 7}}));
    std::size_t rows = 0;
    while (true) {
      auto batch = transaction.next_batch();
      EXPECT_TRUE(batch.has_value());
      if (!batch.has_value() || batch->empty()) break;
      EXPECT_LE(batch->size(), 1000U);
      for (const Change& change : *batch) {
        if (change.kind == ChangeKind::kRelation) continue;
        ++rows;
        const std::string wanted =
            rows == 10'001 ? "~a 1|x" : fmt::format("+a {}|{}", rows, rows <= 5000 ? "first" : "second");
        EXPECT_EQ(to_line(change), wanted);
      }
    }
    EXPECT_EQ(rows, 10'001U);
    EXPECT_EQ(stream->open_streams(), 0U);
  }

  static net::Task<void> walsender_killed(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    options.connect.settings.emplace_back("logical_decoding_work_mem", "64kB");
    Stream stream = co_await t->open(options);
    Lines all;
    Lines wanted;
    for (int i = 0; i < 8; ++i) {
      co_await t->must(fmt::format("INSERT INTO a VALUES ({}, 'x')", i));
      wanted.push_back(fmt::format("+a {}|x", i));
      auto lines = co_await t->read(stream.get());
      all.insert(all.end(), lines.begin(), lines.end());
      if (i % 2 == 0) {
        // In the midst of a streamed transaction, too.
        co_await t->must(fmt::format("BEGIN; INSERT INTO a SELECT g, 'big' FROM generate_series({}, {}) g",
                                     1000 * (i + 1), 1000 * (i + 1) + 900));
        auto other = co_await connect(t);
        co_await must_on(t, other.get(), fmt::format("INSERT INTO a VALUES ({}, 'y')", 100 + i));
        lines = co_await t->read(stream.get());
        EXPECT_THAT(lines, ElementsAre("begin", fmt::format("+a {}|y", 100 + i), "commit"));
        co_await must_on(t, other.get(),
                         fmt::format("SELECT pg_terminate_backend({})", stream->walsender_pid()));
        co_await t->must("COMMIT");
        lines = co_await t->read(stream.get());
        EXPECT_EQ(lines.size(), 1U + 1 + 901 + 1);
        EXPECT_EQ(lines.front(), "reconnected");
      }
    }
    std::erase(all, "begin");
    std::erase(all, "commit");
    EXPECT_EQ(all, wanted);
  }

  static net::Task<void> slot_gone(T* t) {
    co_await table(t);
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("INSERT INTO a VALUES (1)");
    auto lines = co_await t->read(stream.get());
    co_await t->must(fmt::format("SELECT pg_terminate_backend({})", stream->walsender_pid()));
    while (true) {
      auto active =
          co_await t->ask("SELECT active FROM pg_replication_slots WHERE database = current_database()");
      if (active == "f") break;
      co_await t->reactor_->sleep_for(std::chrono::milliseconds(5));
    }
    co_await t->must(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = "
        "current_database();"
        "INSERT INTO a VALUES (2)");
    lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("lost slot_missing the replication slot does not exist"));
    lines = co_await t->read(stream.get());
    EXPECT_EQ(lines.size(), 1U) << "it stays lost";
  }

  static net::Task<void> publication_gone(T* t) {
    co_await table(t);
    Stream stream = co_await t->open(t->stream_options());
    co_await t->must("DROP PUBLICATION p; INSERT INTO a VALUES (1)");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre("lost server publication \"p\" does not exist"));
  }

  static net::Task<void> slot_lost(T* t) {
    co_await table(t);
    co_await t->must("ALTER SYSTEM SET max_slot_wal_keep_size = '2MB'; SELECT pg_reload_conf()");
    Stream stream = co_await t->open(t->stream_options());  // confirms nothing
    Lines lines;
    net::Event ended;
    // It reads: a walsender that cannot send its last words would hold up the checkpoint that ends it.
    net::spawn(read_to_the_end(stream.get(), &lines, &ended));
    co_await t->must("INSERT INTO a VALUES (1)");
    for (int i = 0; i < 12; ++i) {
      co_await t->must(
          "SELECT pg_logical_emit_message(false, 'other', repeat('x', 900000)); SELECT pg_switch_wal()");
    }
    co_await t->must("CHECKPOINT");
    auto status =
        co_await t->ask("SELECT wal_status FROM pg_replication_slots WHERE database = current_database()");
    EXPECT_EQ(status, "lost");
    co_await ended.wait();
    EXPECT_EQ(lines.front(), "begin");
    EXPECT_THAT(lines.back(), HasSubstr("lost slot_lost the replication slot is lost"));
    co_await t->must("ALTER SYSTEM RESET max_slot_wal_keep_size; SELECT pg_reload_conf()");
  }

  static net::Task<void> server_killed(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    ReplicationStream* confirming = nullptr;
    options.confirmed = [&confirming] { return confirming != nullptr ? confirming->delivered() : Lsn(); };
    Stream stream = co_await t->open(options);
    confirming = stream.get();
    int id = 0;
    Lines all;
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 20; ++i) co_await t->must(fmt::format("INSERT INTO a VALUES ({})", id++));
      if (round < 2) {
        auto lines = co_await t->read(stream.get());
        all.insert(all.end(), lines.begin(), lines.end());
      }
      for (int i = 0; i < 5; ++i) co_await t->must(fmt::format("INSERT INTO a VALUES ({})", id++));
      t->server_->kill_all();
      t->server_->start();
      t->sql_ = co_await connect(t);
    }
    auto lines = co_await t->read(stream.get());
    all.insert(all.end(), lines.begin(), lines.end());
    std::erase(all, "begin");
    std::erase(all, "commit");
    EXPECT_EQ(std::erase(all, "reconnected"), 2) << "the third kill came before anybody looked";
    Lines wanted;
    for (int i = 0; i < id; ++i) wanted.push_back(fmt::format("+a {}|NULL", i));
    EXPECT_EQ(all, wanted);
  }

  // A fast shutdown waits for everything sent to be confirmed: views that have not sealed must not hold it
  // up.
  static net::Task<void> fast_shutdown(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    options.confirmed = [] { return Lsn(1); };
    Stream stream = co_await t->open(options);
    Lines lines;
    net::Event ended;
    net::spawn(read_to_the_end(stream.get(), &lines, &ended));
    co_await t->must("INSERT INTO a VALUES (1)");
    t->sql_.reset();
    t->server_->signal(SIGINT);
    while (!t->server_->has_ended()) co_await t->reactor_->sleep_for(std::chrono::milliseconds(10));
    t->server_->start();
    t->sql_ = co_await connect(t);
    co_await t->must("INSERT INTO a VALUES (2)");
    while (lines.empty() || lines.back() != "commit" || lines[lines.size() - 2] != "+a 2|NULL") {
      co_await t->reactor_->sleep_for(std::chrono::milliseconds(5));
    }
    stream->stop();
    co_await ended.wait();
    EXPECT_THAT(lines,
                ElementsAre("begin", "+a 1|NULL", "commit", "reconnected", "begin", "+a 2|NULL", "commit"));
  }

  static net::Task<void> slow_consumer(T* t) {
    co_await table(t);
    co_await t->must("ALTER SYSTEM SET wal_sender_timeout = '3s'; SELECT pg_reload_conf()");
    StreamOptions options = t->stream_options();
    options.pgoutput.streaming = false;
    Stream stream = co_await t->open(options);
    co_await t->must("INSERT INTO a VALUES (0, 'x')");
    auto lines = co_await t->read(stream.get());
    // More than the sockets hold, and nobody reads for twice the server's limit.
    co_await t->must("INSERT INTO a SELECT g, repeat('x', 500) FROM generate_series(1, 20000) g");
    co_await t->reactor_->sleep_for(std::chrono::milliseconds(6000));
    lines = co_await t->read(stream.get());
    EXPECT_EQ(lines.size(), 20'002U);
    EXPECT_EQ(lines.front(), "begin") << "not reconnected";
    // And while there is nothing to read.
    Lines quiet;
    net::Event ended;
    net::spawn(read_to_the_end(stream.get(), &quiet, &ended));
    co_await t->reactor_->sleep_for(std::chrono::milliseconds(5000));
    stream->stop();
    co_await ended.wait();
    EXPECT_THAT(quiet, IsEmpty());
    co_await t->must("ALTER SYSTEM RESET wal_sender_timeout; SELECT pg_reload_conf()");
  }

  static net::Task<void> asynchronous_commit(T* t) {
    co_await table(t);
    Stream stream = co_await t->open(t->stream_options());
    for (int i = 0; i < 20; ++i) {
      co_await t->must(fmt::format("SET synchronous_commit = off; INSERT INTO a VALUES ({})", i));
    }
    // Decoding sees flushed WAL only: one synchronous commit pushes all that came before it.
    co_await t->must(
        "SET synchronous_commit = on; BEGIN; SELECT pg_logical_emit_message(true, 'stele', '1:1'); COMMIT");
    auto lines = co_await t->read(stream.get());
    EXPECT_EQ(lines.size(), 20U * 3 + 2);
    EXPECT_EQ(lines[57], "begin");
    EXPECT_EQ(lines[58], "+a 19|NULL");
    EXPECT_EQ(lines[60], "begin 1:1");
  }

  static net::Task<void> insert_and_wait(Connection* connection, std::string sql, TimePoint deadline,
                                         bool* done) {
    (void)co_await connection->query(std::move(sql), deadline);
    *done = true;
  }

  // The stream shows what SQL does not show yet while a synchronous standby is missing.
  static net::Task<void> synchronous_standby(T* t) {
    co_await table(t);
    Stream stream = co_await t->open(t->stream_options());
    auto writer = co_await connect(t);
    co_await t->must("ALTER SYSTEM SET synchronous_standby_names = 'nobody'; SELECT pg_reload_conf()");
    // The setting is in force once an insert hangs.
    int id = 0;
    bool done = true;
    while (done) {
      done = false;
      net::spawn(
          insert_and_wait(writer.get(), fmt::format("INSERT INTO a VALUES ({})", ++id), t->soon(), &done));
      for (int i = 0; i < 50 && !done; ++i) co_await t->reactor_->sleep_for(std::chrono::milliseconds(10));
    }
    const std::string row = fmt::format("+a {}|NULL", id);
    Lines lines;
    while (std::ranges::find(lines, row) == lines.end()) {
      auto event = co_await stream->next();
      if (!event.has_value() || !append_event(*event, lines)) break;
    }
    EXPECT_EQ(lines.size(), 3U * static_cast<std::size_t>(id));
    auto count = co_await t->ask("SELECT count(*) FROM a");
    EXPECT_EQ(count, std::to_string(id - 1));
    EXPECT_FALSE(done);
    co_await t->must("ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()");
    co_await t->must(fmt::format("SELECT pg_cancel_backend({})", writer->process_id()));
    while (!done) co_await t->reactor_->sleep_for(std::chrono::milliseconds(5));
    count = co_await t->ask("SELECT count(*) FROM a");
    EXPECT_EQ(count, std::to_string(id));
  }

  // Where the first transaction ends that a slot sends when it is asked for everything.
  static net::Task<Lsn> first_commit_from_the_start(T* t, StreamOptions options) {
    auto raw = co_await ReplicationConnection::connect(options.connect, t->soon());
    auto started = co_await (*raw)->start(options.slot, Lsn(1), options.pgoutput, t->soon());
    while (!started.has_value() && started.error().detail("sqlstate") == "55006") {
      raw = co_await ReplicationConnection::connect(options.connect, t->soon());
      started = co_await (*raw)->start(options.slot, Lsn(1), options.pgoutput, t->soon());
    }
    EXPECT_TRUE(started.has_value());
    while (true) {
      auto batch = co_await (*raw)->read(t->soon());
      if (!batch.has_value()) co_return Lsn();
      for (const std::string_view content : *batch) {
        auto message = decode_replication_message(content);
        const auto* data = std::get_if<XLogData>(&*message);
        if (data == nullptr || data->payload.front() != 'C') continue;
        co_return std::get<pgoutput::Commit>(*pgoutput::decode(data->payload, false)).end_lsn;
      }
    }
  }

  static net::Task<void> resume_rules(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    Lsn confirmed;
    options.confirmed = [&confirmed] { return confirmed; };
    Stream stream = co_await t->open(options);
    const SystemIdentity system = stream->system();
    const Lsn start = stream->delivered();
    co_await t->must("INSERT INTO a VALUES (1)");
    auto lines = co_await t->read(stream.get());
    const Lsn first = stream->delivered();
    co_await t->must("INSERT INTO a VALUES (2)");
    lines = co_await t->read(stream.get());
    const Lsn second = stream->delivered();
    stream.reset();

    // Nothing was confirmed: a view that is behind gets what it misses, one that is ahead nothing twice.
    for (const auto& [applied, wanted] :
         {std::pair{start, 6U}, std::pair{first, 3U}, std::pair{second, 0U}}) {
      auto resumed = co_await ReplicationStream::resume(
          options, {system.system_identifier, system.timeline, applied}, t->soon());
      EXPECT_TRUE(resumed.has_value()) << resumed.error().to_string();
      if (!resumed.has_value()) co_return;
      co_await t->must("SELECT pg_logical_emit_message(true, 'other', 'x')");
      lines = co_await t->read(resumed->get());
      std::erase(lines, "reconnected");
      EXPECT_EQ(lines.size(), wanted);
    }
    auto other = co_await ReplicationStream::resume(options, {"1", system.timeline, first}, t->soon());
    EXPECT_EQ(other.error().detail("reason"), "system");
    other = co_await ReplicationStream::resume(options, {system.system_identifier, 7, first}, t->soon());
    EXPECT_EQ(other.error().detail("reason"), "timeline");

    // Confirm the second, as a status does; then the first is too far back.
    confirmed = second;
    other = co_await ReplicationStream::resume(options, {system.system_identifier, system.timeline, second},
                                               t->soon());
    EXPECT_TRUE(other.has_value());
    co_await t->must("INSERT INTO a VALUES (3)");
    lines = co_await t->read(other->get());
    other->reset();
    while (true) {
      auto lsn = co_await t->ask(
          "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()");
      if (Lsn::parse(lsn).value_or(Lsn()) >= second) break;
    }
    other = co_await ReplicationStream::resume(options, {system.system_identifier, system.timeline, first},
                                               t->soon());
    EXPECT_EQ(other.error().detail("reason"), "slot_ahead");

    // Why: START_REPLICATION moves up silently.
    auto end = co_await first_commit_from_the_start(t, options);
    EXPECT_GT(end, second) << "row 3: what was confirmed does not come again";
  }

  static net::Task<void> blocked_slot(T* t) {
    co_await table(t);
    auto other = co_await Connection::connect(t->server_->options("postgres"), t->soon());
    co_await must_on(t, other->get(), "BEGIN; SELECT pg_current_xact_id()");
    StreamOptions options = t->stream_options();
    auto blocked = co_await ReplicationStream::create(options, false, SnapshotAction::kNothing,
                                                      t->reactor_->now() + std::chrono::milliseconds(300));
    EXPECT_FALSE(blocked.has_value());
    if (blocked.has_value()) co_return;
    EXPECT_EQ(blocked.error().code, ErrorCode::kDeadlineExceeded);
    EXPECT_EQ(blocked.error().detail("pids"), std::to_string((*other)->process_id()));
    EXPECT_THAT(blocked.error().message,
                HasSubstr("(idle in transaction, user postgres, database postgres)"));
    auto left =
        co_await t->ask("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
    EXPECT_EQ(left, "0");
    co_await must_on(t, other->get(), "ROLLBACK");
  }

  static net::Task<void> temporary_slot(T* t) {
    co_await table(t);
    auto stream =
        co_await ReplicationStream::create(t->stream_options(), true, SnapshotAction::kNothing, t->soon());
    co_await t->must("INSERT INTO a VALUES (1)");
    auto lines = co_await t->read(stream->get());
    co_await t->must(fmt::format("SELECT pg_terminate_backend({})", (*stream)->walsender_pid()));
    co_await t->must("INSERT INTO a VALUES (2)");
    lines = co_await t->read(stream->get());
    EXPECT_THAT(lines, ElementsAre(HasSubstr("lost slot_missing")));
  }

  static net::Task<void> spool_full(T* t) {
    co_await table(t);
    StreamOptions options = t->stream_options();
    options.limits.memory_bytes_max = 10'000;
    options.spools = memory_spools(20'000);
    Stream stream = co_await t->open(options);
    co_await t->must("INSERT INTO a SELECT g, 'text' FROM generate_series(1, 5000) g");
    auto lines = co_await t->read(stream.get());
    EXPECT_THAT(lines, ElementsAre(HasSubstr("lost client spool is full")));
  }

  static net::Task<void> recreated_slot(T* t) {
    co_await table(t);
    Stream first = co_await t->open(t->stream_options());
    co_await t->must("INSERT INTO a VALUES (1)");
    auto lines = co_await t->read(first.get());
    // A start while the former one still follows the slot: it is ended and its slot dropped.
    Stream second = co_await t->open(t->stream_options());
    co_await t->must("INSERT INTO a VALUES (2)");
    lines = co_await t->read(second.get());
    EXPECT_THAT(lines, ElementsAre("begin", "+a 2|NULL", "commit"));
  }

  // Waits for the flush LSN always end; the insert LSN is past a page header when a commit ends on a page.
  static net::Task<void> page_boundaries(T* t) {
    co_await table(t);
    Stream stream = co_await t->open(t->stream_options());
    std::vector<std::pair<Lsn, Lsn>> seen;
    for (int i = 0; i < 4000; ++i) {
      co_await t->must(fmt::format("INSERT INTO a VALUES ({})", i));
      auto results = co_await t->sql_->query("SELECT pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn()",
                                             t->soon());
      seen.emplace_back(*Lsn::parse(*results->front().cell(0, 0)), *Lsn::parse(*results->front().cell(0, 1)));
    }
    std::vector<Lsn> ends;
    while (ends.size() < seen.size()) {
      auto event = co_await stream->next();
      if (!event.has_value()) break;
      if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event))
        ends.push_back((*transaction)->commit_lsn());
    }
    std::size_t exact = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const auto [flush, insert] = seen[i];
      EXPECT_LE(ends[i], flush);
      if (ends[i] == flush) ++exact;
      const std::uint64_t beyond = insert.value() - flush.value();
      // 24 bytes is a page's header, 40 a segment's first. More is something that others logged.
      if (beyond == 24 || beyond == 40) {
        EXPECT_EQ(flush.value() % 8192, 0U);
      } else if (beyond != 0) {
        EXPECT_GT(beyond, 40U);
      }
    }
    EXPECT_GT(exact, 3900U);
    auto lines = co_await read_until(stream.get(), seen.back().first);
    EXPECT_THAT(lines, IsEmpty());
  }
};

TEST_F(StreamBadDays, LargeTransactionsAreStreamedSpooledAndPruned) {
  run(large_transactions(this));
}
TEST_F(StreamBadDays, AKilledWalsenderLosesAndRepeatsNothing) {
  run(walsender_killed(this));
}
TEST_F(StreamBadDays, ADroppedSlotIsTheEnd) {
  run(slot_gone(this));
}
TEST_F(StreamBadDays, ADroppedPublicationIsTheEnd) {
  run(publication_gone(this));
}
TEST_F(StreamBadDays, AnInvalidatedSlotIsTheEnd) {
  run_own(slot_lost(this));
}
TEST_F(StreamBadDays, AKilledServerLosesAndRepeatsNothing) {
  run_own(server_killed(this));
}
TEST_F(StreamBadDays, AFastShutdownDoesNotWaitForUs) {
  run_own(fast_shutdown(this));
}
TEST_F(StreamBadDays, ASlowConsumerIsNotDisconnected) {
  run_own(slow_consumer(this));
}
TEST_F(StreamBadDays, AsynchronousCommitsAreLateAndNeverLost) {
  run(asynchronous_commit(this));
}
TEST_F(StreamBadDays, TheStreamIsAheadOfSqlWhileAStandbyIsMissing) {
  run_own(synchronous_standby(this));
}
TEST_F(StreamBadDays, ResumesOnlyWhereNothingIsMissing) {
  run(resume_rules(this));
}
TEST_F(StreamBadDays, ASlotThatCannotBeMadeNamesWhoIsInTheWay) {
  run(blocked_slot(this));
}
TEST_F(StreamBadDays, ATemporarySlotEndsWithItsConnection) {
  run(temporary_slot(this));
}
TEST_F(StreamBadDays, AFullSpoolIsTheEnd) {
  run(spool_full(this));
}
TEST_F(StreamBadDays, ANewStartTakesTheSlotOver) {
  run(recreated_slot(this));
}
TEST_F(StreamBadDays, FlushPositionsAreReachedAlsoOnPageBoundaries) {
  run(page_boundaries(this));
}

}  // namespace
}  // namespace stele::postgres
