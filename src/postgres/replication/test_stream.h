#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/replication/stream.h"
#include "postgres/replication/test_server.h"

namespace stele::postgres {

// A reactor on this thread and a database of its own for each test.
class StreamTest : public testing::Test {
 protected:
  static constexpr Duration kLimit = std::chrono::seconds(60);
  using Lines = std::vector<std::string>;

  static TestServer& shared_server() {
    static TestServer server({{"wal_level", "logical"},
                              {"fsync", "off"},
                              {"max_prepared_transactions", "10"},
                              {"max_replication_slots", "30"},
                              {"max_wal_senders", "30"},
                              {"autovacuum", "off"}});
    return server;
  }

  void SetUp() override {
    auto created = net::Reactor::create();
    ASSERT_TRUE(created.has_value()) << created.error().to_string();
    reactor_ = *std::move(created);
  }

  // Runs `body` to its end, with a connection to a fresh database as sql_.
  void run(net::Task<void> body) { run_on(shared_server(), std::move(body)); }
  void run_on(TestServer& server, net::Task<void> body) {
    server_ = &server;
    net::Timer watchdog(*reactor_);
    bool late = false;
    reactor_->post([&] {
      watchdog.set(reactor_->now() + kLimit * 3, [&] {
        late = true;
        reactor_->stop();
      });
    });
    reactor_->spawn(run_in_database(this, std::move(body)));
    reactor_->run();
    ASSERT_FALSE(late) << "the test did not end";
  }

  TimePoint soon() const { return reactor_->now() + kLimit; }
  ConnectOptions options() const { return server_->options(database_); }

  // --- SQL

  static net::Task<std::unique_ptr<Connection>> connect(StreamTest* test) {
    auto connection = co_await Connection::connect(test->options(), test->soon());
    EXPECT_TRUE(connection.has_value()) << connection.error().to_string();
    co_return connection.has_value() ? *std::move(connection) : nullptr;
  }
  // The first value of the last result; "NULL"; or "ERROR sqlstate message".
  net::Task<std::string> ask(std::string statements) {
    return ask_on(this, sql_.get(), std::move(statements));
  }
  static net::Task<std::string> ask_on(StreamTest* test, Connection* connection, std::string statements) {
    auto results = co_await connection->query(std::move(statements), test->soon());
    if (!results.has_value()) {
      co_return fmt::format("ERROR {} {}", results.error().detail("sqlstate"), results.error().message);
    }
    if (results->empty() || results->back().empty()) co_return std::string();
    const wire::Cell value = results->back().value();
    co_return value ? std::string(*value) : "NULL";
  }
  // Statements that must succeed, each sent for itself; no literal of theirs holds a semicolon.
  net::Task<void> must(std::string statements) { return must_on(this, sql_.get(), std::move(statements)); }
  static net::Task<void> must_on(StreamTest* test, Connection* connection, std::string statements) {
    for (std::size_t at = 0; at < statements.size();) {
      const std::size_t end = std::min(statements.find(';', at), statements.size());
      auto answer = co_await ask_on(test, connection, statements.substr(at, end - at));
      EXPECT_FALSE(answer.starts_with("ERROR")) << answer << " in " << statements.substr(0, 200);
      at = end + 1;
    }
  }
  net::Task<Lsn> flush_lsn() { return flush_lsn_of(this); }
  static net::Task<Lsn> flush_lsn_of(StreamTest* test) {
    auto text = co_await test->ask("SELECT pg_current_wal_flush_lsn()");
    co_return Lsn::parse(text).value_or(Lsn());
  }

  // --- the stream

  StreamOptions stream_options(std::string publication = "p") const {
    StreamOptions stream;
    stream.connect = options();
    stream.slot = "slot_" + database_;
    stream.pgoutput.publications = {std::move(publication)};
    stream.spools = temporary_file_spools("/tmp", 1U << 30);
    stream.backoff_min = std::chrono::milliseconds(10);
    stream.backoff_max = std::chrono::milliseconds(200);
    return stream;
  }
  // With a new slot.
  net::Task<std::unique_ptr<ReplicationStream>> open(StreamOptions stream) {
    return open_for(this, std::move(stream));
  }
  static net::Task<std::unique_ptr<ReplicationStream>> open_for(StreamTest* test, StreamOptions stream) {
    auto opened =
        co_await ReplicationStream::create(std::move(stream), false, SnapshotAction::kNothing, test->soon());
    EXPECT_TRUE(opened.has_value()) << opened.error().to_string();
    co_return opened.has_value() ? *std::move(opened) : nullptr;
  }

  // Everything up to `lsn` (by default what is flushed now), as lines.
  net::Task<Lines> read(ReplicationStream* stream) { return read_now(this, stream); }
  static net::Task<Lines> read_now(StreamTest* test, ReplicationStream* stream) {
    auto lsn = co_await test->flush_lsn();
    auto lines = co_await read_until(stream, lsn);
    co_return lines;
  }
  static net::Task<Lines> read_until(ReplicationStream* stream, Lsn lsn) {
    Lines lines;
    while (stream->delivered() < lsn) {
      auto event = co_await stream->next();
      if (!event.has_value()) {
        lines.push_back("error " + event.error().to_string());
        break;
      }
      if (!append_event(*event, lines)) break;
    }
    co_return lines;
  }

  // "begin", one line a change, "commit"; false after Lost.
  static bool append_event(StreamEvent& event, Lines& lines) {
    if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&event)) {
      append_transaction(**transaction, lines);
    } else if (const auto* message = std::get_if<FreeMessage>(&event)) {
      lines.push_back("message " + message->content);
    } else if (std::holds_alternative<Reconnected>(event)) {
      lines.emplace_back("reconnected");
    } else if (const auto* lost = std::get_if<Lost>(&event)) {
      lines.push_back(fmt::format("lost {} {}", lost->reason.detail("reason"), lost->reason.message));
      return false;
    }
    return true;
  }

  static void append_transaction(Transaction& transaction, Lines& lines) {
    std::string begin = "begin";
    for (const WriteMark& mark : transaction.head().marks) begin += " " + to_string(mark);
    lines.push_back(begin);
    while (true) {
      auto batch = transaction.next_batch();
      if (!batch.has_value()) lines.push_back(batch.error().to_string());
      if (!batch.has_value() || batch->empty()) break;
      for (const Change& change : *batch) {
        if (change.kind != ChangeKind::kRelation) lines.push_back(to_line(change));
      }
    }
    lines.emplace_back("commit");
  }

  static std::string to_line(const Change& change) {
    const std::string& name = change.relation->name;
    switch (change.kind) {
      case ChangeKind::kInsert:
        return fmt::format("+{} {}", name, to_line(change.row));
      case ChangeKind::kDelete:
        return fmt::format("-{} {} {}", name, static_cast<char>(change.old_kind), to_line(change.old_row));
      case ChangeKind::kUpdate: {
        if (change.old_kind == pgoutput::OldTuple::kNone)
          return fmt::format("~{} {}", name, to_line(change.row));
        return fmt::format("~{} {} {} -> {}", name, static_cast<char>(change.old_kind),
                           to_line(change.old_row), to_line(change.row));
      }
      case ChangeKind::kTruncate:
        return fmt::format("truncate {}{}{}", name, change.cascade ? " cascade" : "",
                           change.restart_identity ? " restart" : "");
      case ChangeKind::kRelation:
        break;
    }
    return "relation " + name;
  }
  // Long values by their length.
  static std::string to_line(const Tuple& tuple) {
    std::string line;
    for (const ColumnValue column : tuple) {
      if (!line.empty()) line += '|';
      if (column.is_null()) {
        line += "NULL";
      } else if (column.kind == ColumnKind::kUnchanged) {
        line += "UNCHANGED";
      } else if (column.bytes.size() > 100) {
        line += fmt::format("<{} bytes>", column.bytes.size());
      } else {
        line += column.bytes;
      }
    }
    return line;
  }

  std::unique_ptr<net::Reactor> reactor_;
  TestServer* server_ = nullptr;
  std::string database_ = "postgres";
  std::unique_ptr<Connection> sql_;

 private:
  static net::Task<void> drop_slots(StreamTest* test) {
    auto admin = co_await connect(test);
    for (int i = 0; admin && i < 500; ++i) {
      auto left =
          co_await ask_on(test, admin.get(),
                          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                          " WHERE database = current_database() AND active;"
                          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                          " WHERE database = current_database() AND NOT active;"
                          "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
      if (left == "0") co_return;
      co_await test->reactor_->sleep_for(std::chrono::milliseconds(10));
    }
  }

  static net::Task<void> run_in_database(StreamTest* test, net::Task<void> body) {
    static int number = 0;
    auto admin = co_await connect(test);
    if (admin) {
      const std::string name = fmt::format("t{}", ++number);
      co_await must_on(test, admin.get(), "CREATE DATABASE " + name);
      test->database_ = name;
      test->sql_ = co_await connect(test);
      if (test->sql_) co_await std::move(body);
      co_await drop_slots(test);
      test->sql_.reset();
      test->database_ = "postgres";
    }
    test->reactor_->stop();
  }
};

}  // namespace stele::postgres
