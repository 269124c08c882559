#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "postgres/replication/change_log.h"
#include "postgres/replication/relation.h"
#include "postgres/replication/tuple.h"
#include "postgres/replication/write_mark.h"

namespace stele::postgres {

enum class ChangeKind : std::uint8_t {
  kInsert,
  kUpdate,
  kDelete,
  kTruncate,  // one for each relation of the statement
  kRelation,  // from here on `relation` looks like this (it may be what it was before)
};

// One change of a committed transaction. Views hold until the transaction's next next_batch().
struct Change {
  ChangeKind kind = ChangeKind::kInsert;
  pgoutput::OldTuple old_kind = pgoutput::OldTuple::kNone;
  bool cascade = false;           // of kTruncate
  bool restart_identity = false;  // of kTruncate
  const Relation* relation = nullptr;
  // kUpdate: the old key if it changed, the whole old row with REPLICA IDENTITY FULL; kDelete: one of them.
  // A key tuple has all columns of the relation, those outside the identity null.
  Tuple old_row;
  // kInsert, kUpdate. kUnchanged columns keep the value of the row under its *old* key.
  Tuple row;
};

struct BatchLimits {
  std::size_t changes = 4096;
  std::size_t bytes = 4U << 20;
};

// What did one transaction change? Committed, whole, in the order of its statements; rolled back
// subtransactions are gone. Read once, in batches of bounded memory:
//   while (true) { STELE_TRY(auto changes, transaction.next_batch()); if (changes.empty()) break; ... }
// One thread. Cost: about 0.1 us a row to read. Large ones come from a spool, which next_batch() reads.
class Transaction {
 public:
  struct Head {
    Xid xid = 0;
    Lsn commit_lsn;  // where the commit record *ends*: applied up to here once this transaction is applied
    Lsn commit_record_lsn;  // where it begins
    WallTime commit_time;
    std::vector<WriteMark> marks;  // of nodes that wrote in it; almost always none or one
  };

  Transaction(Head head, ChangeLog log, BatchLimits limits);

  const Head& head() const { return head_; }
  Lsn commit_lsn() const { return head_.commit_lsn; }
  // How many records were logged, those of rolled back subtransactions included: for progress displays.
  std::uint64_t change_count() const { return log_.record_count(); }
  std::uint64_t byte_count() const { return log_.byte_count(); }
  bool is_spooled() const { return log_.is_spooled(); }

  // The next changes; empty at the end. kIo or kCorruption from the spool.
  Result<std::span<const Change>> next_batch();

 private:
  Head head_;
  ChangeLog log_;
  ChangeLog::Reader reader_;
  BatchLimits limits_;
  std::vector<ChangeLog::Record> records_;
  std::vector<Change> batch_;
};

}  // namespace stele::postgres
