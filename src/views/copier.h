#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/gate.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/replication/replication_connection.h"
#include "views/applier.h"
#include "views/roster.h"
#include "views/signal.h"

namespace stele::views {

struct CopierOptions {
  postgres::ConnectOptions postgres;
  std::string slot;  // of the temporary slots that give snapshots
  Duration slot_timeout = std::chrono::seconds(30);
};

// How do the rows that were there before come into a view, while changes go on? For every collection that
// wants a copy: changes are gathered in a spool, a temporary slot gives a snapshot and its LSN, the table is
// read under it, then the spool from that LSN on is replayed; between two transactions of the stream the new
// generation takes the old one's place. The stream never waits. Several collections share one snapshot.
// Confined to the views' thread; one copy at a time. What fails is tried again, with the reason shown.
class Copier {
 public:
  // Where rows are read: a transaction under a snapshot.
  struct Snapshot {
    std::unique_ptr<postgres::Connection> connection;
    Lsn lsn;
  };

  Copier(CopierOptions options, net::Reactor& reactor, Applier& applier, Roster& roster)
      : options_(std::move(options)),
        reactor_(reactor),
        applier_(applier),
        roster_(roster),
        wake_(reactor),
        joined_(reactor) {}

  // A connection in a transaction under an exported snapshot.
  static net::Task<Result<Snapshot>> open_snapshot(postgres::ConnectOptions options,
                                                   postgres::CreatedSlot slot, TimePoint deadline);
  // Every collection that stands in `snapshot`'s catalog, into the roster: all want a copy.
  net::Task<Result<void>> enrol(Snapshot* snapshot);
  // Copies all that want it under `snapshot`.
  net::Task<void> copy_all(Snapshot snapshot);

  // Serves wishes until stop().
  net::Task<void> run();
  void wake() { wake_.notify(); }
  // Between two transactions of the stream.
  void at_boundary();
  void stop();
  bool idle() const { return working_ == 0; }

 private:
  net::Task<Result<Snapshot>> take_snapshot();
  net::Task<void> serve_wishes();
  std::vector<std::shared_ptr<Served>> wishes(bool begin);
  net::Task<void> copy_one(postgres::Connection* connection, Lsn lsn, CollectionFacts facts,
                           std::shared_ptr<const postgres::TypeCatalog> types);
  // While `joining` is still what `served` waits for.
  net::Task<Result<void>> copy_rows(postgres::Connection* connection, std::shared_ptr<Served> served,
                                    std::shared_ptr<Joining> joining);
  net::Task<Result<void>> read_rows(postgres::Connection* connection, std::shared_ptr<Served> served,
                                    std::shared_ptr<Joining> joining);
  net::Task<Result<void>> catch_up(std::shared_ptr<Served> served, std::shared_ptr<Joining> joining);
  // Replays up to `records` of the spool; true when it is empty.
  Result<bool> replay(Joining& joining, std::uint64_t records);
  // Brings a copy to the definition of now; true while there is more to do.
  bool adopt_newer(Served& served, Joining& joining);
  // Joins what can be; true when there was a copy that is complete but for the newest changes.
  bool join_ready();
  void join(Served& served);
  void give_up(Served& served, const Error& error);

  CopierOptions options_;
  net::Reactor& reactor_;
  Applier& applier_;
  Roster& roster_;
  Signal wake_;
  Signal joined_;
  std::shared_ptr<postgres::ReplicationConnection> snapshotting_;  // while its slot is being made
  std::uint64_t slots_made_ = 0;  // one that ended may still be there for a moment
  int working_ = 0;               // rounds under way
  std::uint64_t epoch_ = 0;       // of the stream: a snapshot taken for an earlier one is of no use
  bool stopped_ = false;
};

// The rows of `shape`'s columns that have a field or are part of the key.
std::string copy_query(const TableShape& shape, const CollectionDefinition& definition, CollectionKind kind);
postgres::Relation copy_relation(const TableShape& shape, const CollectionDefinition& definition,
                                 CollectionKind kind);

}  // namespace stele::views
