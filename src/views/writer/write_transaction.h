#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/pool.h"
#include "views/freshness.h"
#include "views/writer.h"

namespace stele::views {

// One committed transaction of writes.
struct CommittedWrites {
  std::vector<Result<DocumentOutcome>> outcomes;  // one a write
  WriteNumber number;                             // its message, to wait for
  bool empty = false;                             // nothing was changed: there is no commit to wait for
  Lsn visible;                                    // its commit, if that was waited for already; else none
};

// What one transaction needs beside its writes.
struct TransactionScope {
  postgres::Pool* pool = nullptr;
  Freshness* freshness = nullptr;
  std::string role;  // SET LOCAL ROLE; empty: our own
  TimePoint deadline = kNoDeadline;
  postgres::Pool* push_pool = nullptr;                 // for write_row_conditionally()
  Duration settle_timeout = std::chrono::seconds(10);  // of each question about a lost COMMIT
};

// Writes these documents of one table in one transaction that begins with our message. The error is that of
// all of them: kDatabase when a statement failed (nothing was written), kUnavailable and its like when the
// server went away before COMMIT was sent or rolled it back, kUnknownOutcome when it went away after that and
// nothing says what became of the transaction (settle() is asked).
net::Task<Result<CommittedWrites>> write_transaction(TransactionScope scope,
                                                     std::vector<const DocumentWrite*> writes);

// The same on a connection that the caller holds; `begun`: inside of a transaction that he began.
net::Task<Result<CommittedWrites>> write_on(TransactionScope scope, postgres::Lease* lease,
                                            std::vector<const DocumentWrite*> writes, bool begun);

// What became of a transaction whose COMMIT was sent and not answered: the LSN of its commit, which is
// visible then, or none if it was rolled back. pg_xact_status alone may say "rolled back" but not
// "committed": what a transaction wrote to the log and was not flushed is gone after a crash, its xid with
// it, and another one that gets the same xid afterwards commits. Our message in the stream is this
// transaction's alone. kUnknownOutcome when the server has not said so
// until `deadline`, or the message has not come scope.settle_timeout after it has. Uses up the number.
net::Task<Result<std::optional<Lsn>>> settle(TransactionScope scope, std::string xid, WriteNumber number,
                                             TimePoint deadline);

// The result of pg_xact_status for `xid`, asked on a new connection until it is decided. True: committed.
net::Task<Result<bool>> resolve_outcome(postgres::Pool* pool, std::string xid, TimePoint deadline);

}  // namespace stele::views
