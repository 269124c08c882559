#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "postgres/replication/change_log.h"
#include "postgres/replication/pgoutput.h"
#include "postgres/replication/spool.h"
#include "postgres/replication/transaction.h"

namespace stele::postgres {

struct AssemblerLimits {
  std::size_t memory_bytes_max = 64U << 20;  // of all open transactions together; beyond it they are spooled
  BatchLimits batch;
};

// A message that belongs to no transaction: pg_logical_emit_message(false, ...).
struct FreeMessage {
  Lsn lsn;
  std::string prefix;
  std::string content;
};

// Everything that committed up to here has been given out.
struct Progress {
  Lsn lsn;
};

// When is a transaction whole? Takes the payloads of one replication connection in order and gives out
// committed transactions in commit order; holds those that are streamed while they run, drops what they roll
// back. Knows the relations. One thread; one for each connection. Cost: one decoding and one copy a change.
// kProtocol when the server breaks the order of messages; errors of the spool.
class TransactionAssembler {
 public:
  using Output = std::variant<std::unique_ptr<Transaction>, FreeMessage, Progress>;

  TransactionAssembler(AssemblerLimits limits, SpoolFactory make_spool);

  // After an error this must not be fed any more.
  Result<std::optional<Output>> take(std::string_view payload);

  // Nothing between its begin and its commit: a keepalive's position counts as progress.
  bool is_between_transactions() const { return !current_.has_value() && stream_xid_ == 0; }
  // Transactions that are streamed and have not ended.
  std::size_t open_streams() const { return streams_.size(); }
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  struct KnownRelation {
    RelationPointer relation;
    std::uint64_t arrival = 0;  // a later description replaces an earlier one, wherever it came from
  };
  using RelationMap = std::unordered_map<Oid, KnownRelation>;
  struct Mark {
    Xid subxid;
    WriteMark mark;
  };
  struct Open {
    Transaction::Head head;
    ChangeLog log;
    std::vector<Mark> marks;
    RelationMap relations;  // as described inside this stream; unused outside streams
  };
  using Taken = Result<std::optional<Output>>;

  Taken on(const pgoutput::Begin& begin);
  Taken on(const pgoutput::Commit& commit);
  Taken on(const pgoutput::Origin& origin);
  Taken on(const pgoutput::Relation& message);
  Taken on(const pgoutput::Type& type);
  Taken on(const pgoutput::Insert& insert);
  Taken on(const pgoutput::Update& update);
  Taken on(const pgoutput::Delete& deleted);
  Taken on(const pgoutput::Truncate& truncate);
  Taken on(const pgoutput::LogicalMessage& message);
  Taken on(const pgoutput::StreamStart& start);
  Taken on(const pgoutput::StreamStop& stop);
  Taken on(const pgoutput::StreamCommit& commit);
  Taken on(const pgoutput::StreamAbort& abort);

  // The transaction that changes go to now, or null.
  Open* open();
  const RelationPointer* find_relation(Oid id);
  Taken append_row(Xid xid, Oid relation);
  Result<void> append(Xid xid, const RelationPointer& relation, char type, std::string_view rest);
  Output finish(Open open);
  Result<void> keep_within_memory();

  AssemblerLimits limits_;
  SpoolFactory make_spool_;
  std::string_view payload_;  // of the message being taken
  RelationMap relations_;
  std::uint64_t arrivals_ = 0;
  std::optional<Open> current_;  // between Begin and Commit
  std::unordered_map<Xid, Open> streams_;
  Xid stream_xid_ = 0;  // between StreamStart and StreamStop
  std::size_t memory_bytes_ = 0;
};

}  // namespace stele::postgres
