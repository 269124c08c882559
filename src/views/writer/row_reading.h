#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "engine/visibility.h"
#include "net/task.h"
#include "postgres/pool.h"
#include "views/writer/write_transaction.h"

namespace stele::views {

struct ReadScope {
  postgres::Pool* pool = nullptr;
  postgres::Pool* push_pool = nullptr;
  Freshness* freshness = nullptr;
  engine::VisibleLsn* visible = nullptr;
  const Catalog* catalog = nullptr;
  std::string role;
  TimePoint deadline = kNoDeadline;
};

using StoredDocuments = std::vector<std::optional<StoredDocument>>;

// Rows of an elastic table by primary key.
net::Task<Result<StoredDocuments>> read_elastic_rows(ReadScope scope,
                                                     std::shared_ptr<const CollectionEntry> from,
                                                     std::vector<std::string> ids);
// Rows of any other table as the view shows them, once it shows all that PostgreSQL had flushed when asked:
// the view alone knows a row's JSON and its position.
net::Task<Result<StoredDocuments>> read_view_rows(ReadScope scope,
                                                  std::shared_ptr<const CollectionEntry> from,
                                                  std::vector<std::string> ids);
// Until the views show what was flushed at `position`. That may lie in the middle of a record, of a bulk
// transaction under way, which nothing completes while its client is idle: after a moment an empty commit on
// a connection of `push_pool` moves the log. (A caller may hold all connections of another pool.)
net::Task<Result<void>> wait_for_position(postgres::Pool* push_pool, Freshness* freshness, Lsn position,
                                          TimePoint deadline);
// pg_current_wal_flush_lsn(): at or behind every commit that was answered before.
net::Task<Result<Lsn>> flush_position(postgres::Pool* pool, TimePoint deadline);

// A write of one row of a published table under if_seq_no: locks the row, waits until the view shows what was
// committed before, compares, writes. kConflict with "seq_no" when it is another.
net::Task<Result<CommittedWrites>> write_row_conditionally(TransactionScope scope, ReadScope reading,
                                                           const DocumentWrite* write);

}  // namespace stele::views
