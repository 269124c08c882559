#include "postgres/replication/replication_connection.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"
#include "postgres/login.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("replication");
constexpr Duration kBlockersTimeout = std::chrono::seconds(5);
constexpr Duration kCancelTimeout = std::chrono::seconds(1);

// Each holder of an open transaction id shows an exclusive lock on it, to every role.
constexpr std::string_view kBlockersSql =
    "SELECT coalesce(l.pid::text, 'prepared ' || p.gid), coalesce(a.usename, p.owner, '?'),"
    " coalesce(a.state, 'prepared'), coalesce(a.datname, p.database, '?')"
    " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
    " LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = l.transactionid"
    " WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'"
    " AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() ORDER BY a.xact_start NULLS FIRST LIMIT 10";

std::string text_of(wire::Cell cell) {
  return cell ? std::string(*cell) : std::string();
}

std::uint32_t number_of(wire::Cell cell) {
  std::uint32_t number = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), number);
  return number;
}

Lsn lsn_of(wire::Cell cell) {
  return cell ? Lsn::parse(*cell).value_or(Lsn()) : Lsn();
}

Error unexpected_answer(std::string_view command) {
  return make_error(ErrorCode::kProtocol, fmt::format("unexpected answer to {}", command));
}

}  // namespace

void fix_text_settings(ConnectOptions& options) {
  constexpr std::pair<const char*, const char*> kSettings[] = {
      {"client_encoding", "UTF8"}, {"DateStyle", "ISO"},        {"IntervalStyle", "postgres"},
      {"TimeZone", "UTC"},         {"extra_float_digits", "3"}, {"bytea_output", "hex"},
  };
  for (const auto& [name, value] : kSettings) options.settings.emplace_back(name, value);
}

net::Task<Result<std::shared_ptr<ReplicationConnection>>> ReplicationConnection::connect(
    ConnectOptions options, TimePoint deadline) {
  options.replication = "database";
  fix_text_settings(options);
  auto session = co_await Connection::connect(std::move(options), deadline);
  if (!session.has_value()) co_return std::move(session).error();
  auto connection = std::make_shared<ReplicationConnection>(*std::move(session));
  connection->self_ = connection;
  co_return connection;
}

net::Task<Result<ResultSet>> ReplicationConnection::query(std::string sql, TimePoint deadline) {
  auto results = co_await connection_->query(std::move(sql), deadline);
  if (!results.has_value()) co_return std::move(results).error();
  if (results->empty()) co_return ResultSet();
  co_return std::move(results->back());
}

net::Task<Result<SystemIdentity>> ReplicationConnection::identify_system(TimePoint deadline) {
  auto answer = co_await query("IDENTIFY_SYSTEM", deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  if (answer->size() != 1 || answer->columns().size() < 4) co_return unexpected_answer("IDENTIFY_SYSTEM");
  const ResultSet::Row row = (*answer)[0];
  co_return SystemIdentity{text_of(row[0]), number_of(row[1]), lsn_of(row[2]), text_of(row[3])};
}

net::Task<Result<std::optional<SlotState>>> ReplicationConnection::slot_state(std::string name,
                                                                              TimePoint deadline) {
  auto answer = co_await query(
      "SELECT confirmed_flush_lsn, restart_lsn, wal_status, plugin, database, active_pid"
      " FROM pg_catalog.pg_replication_slots WHERE slot_name = " +
          quote_literal(name),
      deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  if (answer->empty()) co_return std::optional<SlotState>();
  const ResultSet::Row row = (*answer)[0];
  co_return std::optional<SlotState>(SlotState{lsn_of(row[0]), lsn_of(row[1]), text_of(row[2]),
                                               text_of(row[3]), text_of(row[4]), number_of(row[5])});
}

net::Task<Result<std::string>> ReplicationConnection::timeline_history(std::uint32_t timeline,
                                                                       TimePoint deadline) {
  auto answer = co_await query(fmt::format("TIMELINE_HISTORY {}", timeline), deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  if (answer->size() != 1 || answer->columns().size() < 2) co_return unexpected_answer("TIMELINE_HISTORY");
  co_return text_of((*answer)[0][1]);
}

net::Task<Result<CreatedSlot>> ReplicationConnection::create_slot(std::string name, bool temporary,
                                                                  SnapshotAction snapshot,
                                                                  TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(check_slot_name(name));
  creating_ = true;
  auto answer =
      co_await query(create_slot_command(connection_->server_version(), name, temporary, snapshot), deadline);
  creating_ = false;
  if (!answer.has_value() && answer.error().code == ErrorCode::kDeadlineExceeded) {
    auto named = co_await name_blockers(std::move(answer).error());
    co_return named;
  }
  if (!answer.has_value()) co_return std::move(answer).error();
  if (answer->size() != 1 || answer->columns().size() < 3)
    co_return unexpected_answer("CREATE_REPLICATION_SLOT");
  const ResultSet::Row row = (*answer)[0];
  co_return CreatedSlot{lsn_of(row[1]), text_of(row[2])};
}

net::Task<Error> ReplicationConnection::name_blockers(Error error) {
  error.message =
      "a replication slot could not be made in time: it waits for all running transactions to end";
  const TimePoint deadline = net::Reactor::current()->now() + kBlockersTimeout;
  auto blockers = co_await query(std::string(kBlockersSql), deadline);
  if (!blockers.has_value() || blockers->empty()) co_return error;
  std::string pids;
  std::string sentence;
  for (const ResultSet::Row row : *blockers) {
    const std::string pid = text_of(row[0]);
    pids += (pids.empty() ? "" : ",") + pid;
    sentence += fmt::format("{}pid {} ({}, user {}, database {})", sentence.empty() ? "" : ", ", pid,
                            text_of(row[2]), text_of(row[1]), text_of(row[3]));
  }
  error.message += ": " + sentence;
  co_return std::move(error).with("pids", std::move(pids));
}

net::Task<Result<void>> ReplicationConnection::drop_slot(std::string name, TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(check_slot_name(name));
  while (true) {
    auto state = co_await slot_state(name, deadline);
    if (!state.has_value()) co_return std::move(state).error();
    if (!*state) co_return Result<void>();
    if ((*state)->active_pid != 0) {
      auto ended = co_await query(
          fmt::format("SELECT pg_catalog.pg_terminate_backend({})", (*state)->active_pid), deadline);
      if (!ended.has_value()) co_return std::move(ended).error();
    }
    auto dropped =
        co_await query(fmt::format("SELECT pg_catalog.pg_drop_replication_slot('{}')", name), deadline);
    if (dropped.has_value()) co_return Result<void>();
    // Still followed by the one who was asked to go, or by somebody new.
    const bool in_use = dropped.error().detail("sqlstate") == "55006";
    if (!in_use || net::Reactor::current()->now() >= deadline) co_return std::move(dropped).error();
    co_await net::Reactor::current()->sleep_for(std::chrono::milliseconds(20));
  }
}

net::Task<Result<void>> ReplicationConnection::start(std::string slot, Lsn from, PgoutputOptions options,
                                                     TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(check_slot_name(slot));
  std::string command =
      fmt::format("START_REPLICATION SLOT {} LOGICAL {} (proto_version '2', publication_names {}",
                  quote_identifier(slot), from.to_string(), publication_list(options.publications));
  if (options.streaming) command += ", streaming 'on'";
  if (options.messages) command += ", messages 'true'";
  if (options.binary) command += ", binary 'true'";
  command += ")";
  auto stream = co_await connection_->copy_both(std::move(command), deadline);
  if (!stream.has_value()) co_return std::move(stream).error();
  stream_.emplace(*std::move(stream));
  co_return Result<void>();
}

net::Task<Result<std::span<const std::string_view>>> ReplicationConnection::read(TimePoint deadline) {
  auto batch = co_await stream_->next(deadline);
  if (batch.has_value() && batch->empty()) {
    co_return make_error(ErrorCode::kConnectionClosed, "the server ended the replication stream");
  }
  co_return std::move(batch);
}

void ReplicationConnection::send_status(const StandbyStatus& status) {
  if (sending_ || !stream_ || connection_->is_broken()) return;
  std::string message;
  append_standby_status(message, status);
  sending_ = true;
  net::spawn(send(self_.lock(), std::move(message)));
}

// A failure shows in the next read().
net::Task<void> ReplicationConnection::send(std::shared_ptr<ReplicationConnection> connection,
                                            std::string message) {
  auto sent = co_await connection->stream_->send(message);
  connection->sending_ = false;
}

void ReplicationConnection::give_up() {
  if (!creating_) return close();
  net::spawn(cancel_and_close(self_.lock()));
}

net::Task<void> ReplicationConnection::cancel_and_close(std::shared_ptr<ReplicationConnection> connection) {
  auto asked = co_await send_cancel(connection->connection_->cancel_target(),
                                    net::Reactor::current()->now() + kCancelTimeout);
  if (!asked) kLog.warn("a slot that is being made was not given up: {}", asked.error().to_string());
  connection->close();
}

void ReplicationConnection::close() {
  connection_->interrupt(make_error(ErrorCode::kCancelled, "the stream was stopped"));
}

}  // namespace stele::postgres
