#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/replication/copy_rows.h"
#include "postgres/replication/replication_connection.h"

namespace stele::postgres {

// A moment of the database that others can read, and the LSN it stands at: transactions whose commit ends at
// or below consistent_point() are in it, all others are not. Held by a temporary slot, which is gone with
// this object; copies that have begun go on without it.
class ExportedSnapshot {
 public:
  // `slot`: a name nobody else uses. Waits for all running transactions: kDeadlineExceeded names their pids.
  static net::Task<Result<ExportedSnapshot>> take(ConnectOptions options, std::string slot,
                                                  TimePoint deadline);

  Lsn consistent_point() const { return slot_.consistent_point; }
  const std::string& name() const { return slot_.snapshot; }
  const SystemIdentity& system() const { return system_; }

 private:
  std::shared_ptr<ReplicationConnection> holder_;
  SystemIdentity system_;
  CreatedSlot slot_;
};

// A table as a publication gives it to the stream.
struct PublishedTable {
  Oid id = 0;
  std::string schema;
  std::string name;
  std::vector<std::string> columns;  // the stream's, in its order: no generated ones, only those of a list
  std::string row_filter;            // an SQL condition, or empty
  bool is_partitioned = false;       // published as its root
};

// The tables of `publication`, by schema and name.
net::Task<Result<std::vector<PublishedTable>>> published_tables(Connection* connection,
                                                                std::string publication, TimePoint deadline);

// Which rows has this table? Reads whole tables as of one snapshot, one after another on one connection, in
// the form and with the columns that the stream has. The server waits for a slow reader.
//   for (const PublishedTable& table : tables) {
//     auto begun = co_await copy->begin(table, deadline); ...
//     while (true) { auto rows = co_await copy->next(deadline); if (!rows || rows->empty()) break; ... }
// Threads: confined to its reactor. Errors: kDatabase (a table that is gone, no SELECT right),
// kFailedPrecondition for a table with row security that would hide rows, those of Connection.
class TableCopy {
 public:
  // `snapshot`: of ExportedSnapshot, or of a stream just created, still held; empty: one of its own.
  static net::Task<Result<std::unique_ptr<TableCopy>>> open(ConnectOptions options, std::string snapshot,
                                                            bool binary, TimePoint deadline);

  net::Task<Result<void>> begin(PublishedTable table, TimePoint deadline);
  // Some rows, at least one; empty at the end of the table. Views until the next call. kDeadlineExceeded:
  // none came in time, ask again.
  net::Task<Result<std::span<const Tuple>>> next(TimePoint deadline);

  // Of the present table.
  std::uint64_t row_count() const { return row_count_; }
  std::uint64_t byte_count() const { return byte_count_; }
  // The planner's estimate of what the table holds, for progress; 0 when it does not know.
  net::Task<Result<std::uint64_t>> estimated_rows(Oid table, TimePoint deadline);

 private:
  TableCopy(std::unique_ptr<Connection> connection, bool binary)
      : connection_(std::move(connection)), binary_(binary) {}

  std::unique_ptr<Connection> connection_;
  bool binary_;
  std::optional<CopyOut> copy_;
  std::optional<CopyRows> rows_;
  std::uint64_t row_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

// The statement that begin() runs.
std::string copy_statement(const PublishedTable& table, bool binary);

}  // namespace stele::postgres
