#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

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
};

// What one transaction needs beside its writes.
struct TransactionScope {
  postgres::Pool* pool = nullptr;
  Freshness* freshness = nullptr;
  std::string role;  // SET LOCAL ROLE; empty: our own
  TimePoint deadline = kNoDeadline;
};

// Writes these documents of one table in one transaction that begins with our message. The error is that of
// all of them: kDatabase when a statement failed (nothing was written), kUnavailable and its like when the
// server went away before COMMIT was sent, kUnknownOutcome when it went away after that and does not say what
// became of the transaction (pg_xact_status is asked until the deadline).
net::Task<Result<CommittedWrites>> write_transaction(TransactionScope scope,
                                                     std::vector<const DocumentWrite*> writes);

// The same on a connection that the caller holds; `begun`: inside of a transaction that he began.
net::Task<Result<CommittedWrites>> write_on(TransactionScope scope, postgres::Lease* lease,
                                            std::vector<const DocumentWrite*> writes, bool begun);

// The result of pg_xact_status for `xid`, asked on a new connection until it is decided. True: committed.
net::Task<Result<bool>> resolve_outcome(postgres::Pool* pool, std::string xid, TimePoint deadline);

}  // namespace stele::views
