#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/replication/protocol.h"
#include "postgres/replication/slot.h"

namespace stele::postgres {

struct PgoutputOptions {
  std::vector<std::string> publications;
  bool binary = false;  // columns in binary where their type can; it fails for types without a send function
  bool streaming = true;  // large transactions while they run
  bool messages = true;   // pg_logical_emit_message
};

// Settings of the session that make text the same whatever the role and database say: UTF-8, ISO dates in
// UTC, shortest exact floats, hex bytea. Every session whose text is decoded by postgres/types has them.
void fix_text_settings(ConnectOptions& options);

// One session that speaks the replication commands (and plain SQL) in one database: how a slot is made,
// looked at and followed. Its settings are fixed (ISO dates in UTC, shortest exact floats, hex bytea), so
// that text does not depend on the role. Threads: confined to its reactor. One command at a time; while it
// follows a slot, read() and send_status() may be used side by side. Errors: kDatabase with the server's
// sqlstate; those of Exchange when the connection breaks.
class ReplicationConnection {
 public:
  static net::Task<Result<std::shared_ptr<ReplicationConnection>>> connect(ConnectOptions options,
                                                                           TimePoint deadline);

  net::Task<Result<SystemIdentity>> identify_system(TimePoint deadline);
  net::Task<Result<std::optional<SlotState>>> slot_state(std::string name, TimePoint deadline);
  // The content of the history file of `timeline` (> 1).
  net::Task<Result<std::string>> timeline_history(std::uint32_t timeline, TimePoint deadline);
  // Waits for every transaction that runs, in all databases. At the deadline kDeadlineExceeded, whose message
  // and detail "pids" name those that are waited for.
  net::Task<Result<CreatedSlot>> create_slot(std::string name, bool temporary, SnapshotAction snapshot,
                                             TimePoint deadline);
  // No error if it is not there. Ends whoever follows it first.
  net::Task<Result<void>> drop_slot(std::string name, TimePoint deadline);
  // Any SQL, simple protocol. The last statement's result.
  net::Task<Result<ResultSet>> query(std::string sql, TimePoint deadline);

  // START_REPLICATION: from `from` or what the slot has confirmed, whichever is later.
  net::Task<Result<void>> start(std::string slot, Lsn from, PgoutputOptions options, TimePoint deadline);
  // After start(): the contents of the CopyData messages that have come, at least one; views until the next
  // read(). kDeadlineExceeded leaves all as it is. When the server ended the stream, its error.
  net::Task<Result<std::span<const std::string_view>>> read(TimePoint deadline);
  // After start(): queues one status and hands it to the kernel. Never waits for the server; skipped when the
  // last one could not be handed over yet.
  void send_status(const StandbyStatus& status);

  // At once; wakes a suspended read() with kCancelled.
  void close();
  // As close(), but where create_slot() is under way the server is asked to end it first: left alone it would
  // wait, and hold the log, for as long as some transaction runs.
  void give_up();
  std::uint32_t process_id() const { return connection_->process_id(); }
  const Connection& connection() const { return *connection_; }

  // For connect() alone.
  explicit ReplicationConnection(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

 private:
  static net::Task<void> send(std::shared_ptr<ReplicationConnection> connection, std::string message);
  static net::Task<void> cancel_and_close(std::shared_ptr<ReplicationConnection> connection);
  // Who holds transactions open, after a slot could not be made in time.
  net::Task<Error> name_blockers(Error error);

  std::unique_ptr<Connection> connection_;
  std::optional<CopyBoth> stream_;
  bool sending_ = false;
  bool creating_ = false;  // a slot
  std::weak_ptr<ReplicationConnection> self_;
};

}  // namespace stele::postgres
