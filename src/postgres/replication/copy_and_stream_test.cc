#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "postgres/replication/test_copy.h"

namespace stele::postgres {
namespace {

using testing::HasSubstr;

// How a copy and the stream fit together: what views are built upon.
class CopyAndStream : public CopyTest {
 protected:
  using T = CopyAndStream;

  static net::Task<void> snapshot_is_a_moment(T* t) {
    co_await t->must("CREATE TABLE a(id int PRIMARY KEY); INSERT INTO a VALUES (1)");
    auto holder = co_await ReplicationConnection::connect(t->options(), t->soon());
    EXPECT_TRUE(holder.has_value()) << holder.error().to_string();
    if (!holder.has_value()) co_return;
    auto created = co_await (*holder)->create_slot("temporary_one", true, SnapshotAction::kExport, t->soon());
    EXPECT_TRUE(created.has_value()) << created.error().to_string();
    if (!created.has_value()) co_return;
    co_await t->must("INSERT INTO a VALUES (2)");
    auto lsn = co_await t->flush_lsn();
    EXPECT_LT(created->consistent_point, lsn);
    std::size_t rows = 0;
    const Visit count = [&rows](const std::vector<ColumnValue>&) { ++rows; };
    auto copied =
        co_await copy_rows(t, t->options(), "SELECT * FROM a", created->snapshot, wire::Format::kText, count);
    EXPECT_TRUE(copied.has_value()) << copied.error().to_string();
    EXPECT_EQ(rows, 1U);
    (*holder)->close();
    holder->reset();
    auto left = std::string("1");
    while (left != "0")
      left = co_await t->ask("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
    auto late =
        co_await copy_rows(t, t->options(), "SELECT * FROM a", created->snapshot, wire::Format::kText, count);
    EXPECT_FALSE(late.has_value());
  }

  static net::Task<void> rights(T* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE secret(id int PRIMARY KEY); INSERT INTO secret "
        "VALUES (1), (2);"
        "ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON secret USING (id = 1);"
        "CREATE PUBLICATION p FOR TABLE secret; DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN;"
        "GRANT SELECT ON secret TO plain; GRANT CREATE ON SCHEMA public TO plain");
    co_await t->must("SET ROLE plain");
    // A copy by a role that policies apply to loses rows in silence; ours is refused.
    auto answer = co_await t->ask("SELECT count(*) FROM secret");
    EXPECT_EQ(answer, "1");
    // What needs which right: messages none, publications ownership of both, origins a superuser.
    answer = co_await t->ask("SELECT pg_logical_emit_message(true, 'stele', '1:1') IS NOT NULL");
    EXPECT_EQ(answer, "t");
    answer = co_await t->ask("SELECT pg_replication_origin_create('x')");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501"));
    answer = co_await t->ask("ALTER PUBLICATION p ADD TABLE a");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501 must be owner of publication p"));
    co_await t->must("RESET ROLE; ALTER PUBLICATION p OWNER TO plain; SET ROLE plain");
    answer = co_await t->ask("ALTER PUBLICATION p ADD TABLE a");
    EXPECT_THAT(answer, HasSubstr("ERROR 42501 must be owner of table a"));
    co_await t->must("RESET ROLE; GRANT ALL ON DATABASE " + t->database_ + " TO plain");
    ConnectOptions options = t->options();
    options.user = "plain";
    const Visit visit = [](const std::vector<ColumnValue>&) {};
    auto copied = co_await copy_rows(t, options, "SELECT * FROM secret", "", wire::Format::kText, visit);
    EXPECT_EQ(copied.has_value() ? "" : copied.error().detail("sqlstate"), "42501");
    co_await t->must("REASSIGN OWNED BY plain TO postgres; DROP OWNED BY plain; DROP ROLE plain");
  }

  struct Copy {
    std::map<std::string, std::string> rows;  // by id
    std::size_t faults = 0;                   // changes that do not fit: something was lost or came twice
  };

  template <class Row>
  static std::vector<std::string> texts(const Row& row) {
    std::vector<std::string> all;
    for (const ColumnValue column : row) all.emplace_back(column.is_null() ? "NULL" : column.bytes);
    return all;
  }

  static void apply(const Change& change, Copy& copy) {
    if (change.kind == ChangeKind::kInsert) {
      auto row = texts(change.row);
      if (!copy.rows.emplace(row[0], row[1]).second) ++copy.faults;
    } else if (change.kind == ChangeKind::kDelete) {
      if (copy.rows.erase(texts(change.old_row)[0]) != 1) ++copy.faults;
    } else if (change.kind == ChangeKind::kUpdate) {
      auto row = texts(change.row);
      const std::string old =
          change.old_kind == pgoutput::OldTuple::kNone ? row[0] : texts(change.old_row)[0];
      const auto found = copy.rows.find(old);
      if (found == copy.rows.end()) {
        ++copy.faults;
        return;
      }
      copy.rows.erase(found);
      copy.rows[row[0]] = row[1];
    }
  }

  static net::Task<void> fill(T* t, std::string name, std::string snapshot, Copy* copy) {
    const Visit add = [copy](const std::vector<ColumnValue>& columns) {
      auto row = texts(columns);
      copy->rows.emplace(row[0], row[1]);
    };
    auto filled =
        co_await copy_rows(t, t->options(), "SELECT * FROM " + name, snapshot, wire::Format::kText, add);
    EXPECT_TRUE(filled.has_value()) << filled.error().to_string();
  }

  struct Writers {
    bool stop = false;
    int running = 0;
    net::Event ended;
    std::size_t commits = 0;
  };

  // Random transactions on rows of its own, in both tables.
  static net::Task<void> write(T* t, Writers* writers, int number) {
    auto connection = co_await connect(t);
    std::mt19937 random(static_cast<unsigned>(number));
    const auto pick = [&random](int below) {
      return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    for (int n = 0; !writers->stop; ++n) {
      std::string sql = "BEGIN";
      const int statements = pick(20) == 0 ? 150 : 1 + pick(4);
      for (int i = 0; i < statements; ++i) {
        const char* table = pick(2) == 0 ? "a" : "b";
        const int id = number * 1000 + pick(300);
        const int kind = pick(10);
        if (kind < 6) {
          sql += fmt::format(";INSERT INTO {} VALUES ({}, {}) ON CONFLICT (id) DO UPDATE SET n = excluded.n",
                             table, id, n);
        } else if (kind < 8) {
          sql += fmt::format(";DELETE FROM {} WHERE id = {}", table, id);
        } else if (kind == 8) {
          sql += fmt::format(
              ";UPDATE {0} SET id = {1}, n = {2} WHERE id = {3} AND NOT EXISTS (SELECT FROM {0} WHERE id = "
              "{1})",
              table, number * 1000 + pick(300), n, id);
        } else {
          sql += fmt::format(";SAVEPOINT s;DELETE FROM {} WHERE id BETWEEN {} AND {};{} s", table,
                             number * 1000, number * 1000 + 50, pick(2) == 0 ? "ROLLBACK TO" : "RELEASE");
        }
      }
      co_await must_on(t, connection.get(), sql + (pick(8) == 0 ? ";ROLLBACK" : ";COMMIT"));
      ++writers->commits;
    }
    if (--writers->running == 0) writers->ended.set();
  }

  static net::Task<void> compare(T* t, std::string table, const Copy* copy) {
    auto results = co_await t->sql_->query("SELECT id, n FROM " + table, t->soon());
    std::map<std::string, std::string> wanted;
    for (const ResultSet::Row row : results->front()) wanted.emplace(*row[0], *row[1]);
    EXPECT_EQ(copy->rows, wanted) << table;
    EXPECT_EQ(copy->faults, 0U) << table;
  }

  static void for_each_change(Transaction* transaction, const std::function<void(const Change&)>& visit) {
    while (true) {
      auto batch = transaction->next_batch();
      EXPECT_TRUE(batch.has_value());
      if (!batch.has_value() || batch->empty()) return;
      for (const Change& change : *batch) visit(change);
    }
  }

  // An existing table joins while the stream runs: publication first, then the snapshot, then the copy. The
  // snapshot's position.
  static net::Task<Lsn> join_table(T* t, Connection* connection, Copy* b) {
    co_await must_on(t, connection, "ALTER PUBLICATION p ADD TABLE b");
    auto holder = co_await ReplicationConnection::connect(t->options(), t->soon());
    EXPECT_TRUE(holder.has_value()) << holder.error().to_string();
    auto created =
        co_await (*holder)->create_slot("join_" + t->database_, true, SnapshotAction::kExport, t->soon());
    EXPECT_TRUE(created.has_value()) << created.error().to_string();
    co_await fill(t, "b", created->snapshot, b);
    (*holder)->close();
    co_return created->consistent_point;
  }

  static net::Task<void> join(T* t) {
    co_await t->must(
        "CREATE TABLE a(id int PRIMARY KEY, n int); CREATE TABLE b(id int PRIMARY KEY, n int);"
        "INSERT INTO a SELECT g, 0 FROM generate_series(1, 3000) g; INSERT INTO b SELECT g, 0 FROM "
        "generate_series(1, 3000) g;"
        "CREATE PUBLICATION p FOR TABLE a");
    Writers writers;
    writers.running = 3;
    for (int i = 1; i <= 3; ++i) net::spawn(write(t, &writers, i));
    while (writers.commits < 50) co_await t->reactor_->sleep_for(std::chrono::milliseconds(1));

    StreamOptions options = t->stream_options();
    options.connect.settings.emplace_back("logical_decoding_work_mem", "64kB");
    options.limits.memory_bytes_max = 5'000;
    ReplicationStream* confirming = nullptr;
    options.confirmed = [&confirming] { return confirming != nullptr ? confirming->delivered() : Lsn(); };
    auto stream = co_await ReplicationStream::create(options, false, SnapshotAction::kExport, t->soon());
    EXPECT_TRUE(stream.has_value()) << stream.error().to_string();
    confirming = stream->get();
    Copy a;
    Copy b;
    const Lsn begin = (*stream)->delivered();
    co_await fill(t, "a", (*stream)->created().snapshot, &a);
    EXPECT_FALSE(a.rows.empty());

    std::size_t transactions = 0;
    std::size_t reconnects = 0;
    std::optional<Lsn> joined;  // where b stands
    Lsn last = begin;
    std::mt19937 random(7);
    auto killer = co_await connect(t);
    std::size_t next_kill = 150;
    Lsn end = Lsn(UINT64_MAX);
    while ((*stream)->delivered() < end) {
      auto event = co_await (*stream)->next();
      EXPECT_TRUE(event.has_value());
      if (!event.has_value() || std::holds_alternative<Lost>(*event)) {
        ADD_FAILURE() << "the stream ended";
        break;
      }
      if (std::holds_alternative<Reconnected>(*event)) ++reconnects;
      if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event)) {
        ++transactions;
        EXPECT_LT(last, (*transaction)->commit_lsn());
        last = (*transaction)->commit_lsn();
        for_each_change(transaction->get(), [&](const Change& change) {
          if (change.relation->name == "a") apply(change, a);
          // What committed up to the snapshot is in the copy.
          if (change.relation->name == "b" && joined && last > *joined) apply(change, b);
        });
        if (transactions == 300) {
          auto from = co_await join_table(t, killer.get(), &b);
          joined = from;
        }
        if (transactions >= next_kill && !writers.stop) {
          next_kill += 50 + random() % 150;
          co_await must_on(t, killer.get(),
                           fmt::format("SELECT pg_terminate_backend({})", (*stream)->walsender_pid()));
        }
        if (transactions >= 1500 && reconnects >= 4 && !writers.stop) {
          writers.stop = true;
          co_await writers.ended.wait();
          end = co_await t->flush_lsn();
        }
      }
    }
    EXPECT_GE(reconnects, 4U);
    co_await compare(t, "a", &a);
    co_await compare(t, "b", &b);
  }
};

TEST_F(CopyAndStream, ASnapshotIsAMomentHeldByItsSlot) {
  run(snapshot_is_a_moment(this));
}
TEST_F(CopyAndStream, RightsAndRowSecurity) {
  run(rights(this));
}
TEST_F(CopyAndStream, JoinWithoutLossOrRepetition) {
  run(join(this));
}

}  // namespace
}  // namespace stele::postgres
