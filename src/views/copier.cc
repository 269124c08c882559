#include "views/copier.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "postgres/replication/slot.h"
#include "views/field_store.h"
#include "views/session.h"

namespace stele::views {
namespace {

constexpr Logger kLog("views");
constexpr Duration kCatalogTimeout = std::chrono::seconds(30);
constexpr Duration kRetry = std::chrono::seconds(1);
// Replayed in one go, between which others run.
constexpr std::uint64_t kReplayStep = 2 * Generation::kStep;
constexpr std::uint64_t kJoinMax = 4 * Generation::kStep;

bool is_copied(const TableColumn& column, const CollectionDefinition& definition, CollectionKind kind) {
  if (!column.is_streamed()) return false;
  if (kind != CollectionKind::kPublished || column.key >= 0) return true;
  const auto found = std::ranges::find(definition.columns, column.name, &ColumnMapping::column);
  return found == definition.columns.end() || found->left_out.empty();
}

}  // namespace

std::string copy_query(const TableShape& shape, const CollectionDefinition& definition, CollectionKind kind) {
  std::string columns;
  for (const TableColumn& column : shape.columns)
    if (is_copied(column, definition, kind))
      columns += (columns.empty() ? "" : ", ") + postgres::quote_identifier(column.name);
  // Rows of inheriting tables would come without ONLY; the stream gives them under their own names.
  return "SELECT " + columns + " FROM " + (shape.partitioned ? "" : "ONLY ") + shape.name.quoted() +
         (shape.row_filter.empty() ? "" : " WHERE " + shape.row_filter);
}

postgres::Relation copy_relation(const TableShape& shape, const CollectionDefinition& definition,
                                 CollectionKind kind) {
  postgres::pgoutput::Relation message;
  message.id = shape.oid;
  message.schema = shape.name.schema;
  message.name = shape.name.name;
  for (const TableColumn& column : shape.columns)
    if (is_copied(column, definition, kind))
      message.columns.push_back({column.name, column.type_oid, column.type_modifier, column.key >= 0});
  return postgres::Relation(message);
}

net::Task<Result<Copier::Snapshot>> Copier::open_snapshot(postgres::ConnectOptions options,
                                                          postgres::CreatedSlot slot, TimePoint deadline) {
  auto connected = co_await connect_session(std::move(options), deadline);
  STELE_CO_TRY(auto connection, std::move(connected));
  std::string begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT " +
                      postgres::quote_literal(slot.snapshot);
  auto begun = co_await connection->query(std::move(begin), deadline);
  STELE_CO_RETURN_IF_ERROR(begun);
  co_return Snapshot{std::move(connection), slot.consistent_point};
}

net::Task<Result<Copier::Snapshot>> Copier::take_snapshot() {
  const TimePoint deadline = reactor_.now() + options_.slot_timeout;
  auto connected = co_await postgres::ReplicationConnection::connect(options_.postgres, deadline);
  STELE_CO_TRY(const auto connection, std::move(connected));
  if (stopped_) {
    connection->close();
    co_return make_error(ErrorCode::kCancelled, "stopping");
  }
  snapshotting_ = connection;
  auto created = co_await connection->create_slot(options_.slot + "_" + std::to_string(++slots_made_), true,
                                                  postgres::SnapshotAction::kExport, deadline);
  snapshotting_.reset();
  if (!created) {
    connection->close();
    co_return created.error();
  }
  auto opened = co_await open_snapshot(options_.postgres, *created, reactor_.now() + kCatalogTimeout);
  // The snapshot lives on in the transaction that took it; the temporary slot goes with its connection.
  connection->close();
  co_return opened;
}

net::Task<Result<void>> Copier::enrol(Snapshot* snapshot) {
  const TimePoint deadline = reactor_.now() + kCatalogTimeout;
  auto read = co_await read_collections(snapshot->connection.get(), deadline);
  STELE_CO_TRY(const auto collections, std::move(read));
  auto objects = co_await read_objects(snapshot->connection.get(), deadline);
  STELE_CO_TRY(auto catalog_objects, std::move(objects));
  auto types = co_await read_types(snapshot->connection.get(), deadline);
  STELE_CO_TRY(auto catalog, std::move(types));
  ++epoch_;
  applier_.set_types(std::move(catalog));
  roster_.replace_objects(std::move(catalog_objects));
  std::vector<std::int64_t> gone;
  for (const auto& [id, served] : roster_.all())
    if (std::ranges::none_of(collections, [id](const CollectionFacts& facts) { return facts.row.id == id; }))
      gone.push_back(id);
  for (const std::int64_t id : gone) roster_.erase(id);
  for (const CollectionFacts& facts : collections) {
    Served& served = roster_.put(facts.row);
    served.copy_wanted = true;
    served.copy_after = {};
    applier_.begin_joining(served);
    if (served.live != nullptr)
      roster_.set_state(served, CollectionState::kStale, "copying anew");
    else
      roster_.set_state(served, CollectionState::kBuilding, "waiting for its copy");
  }
  roster_.show();
  co_return Result<void>();
}

std::vector<std::shared_ptr<Served>> Copier::wishes(bool begin) {
  std::vector<std::shared_ptr<Served>> wanted;
  for (const auto& [id, served] : roster_.all()) {
    if (!served->copy_wanted || served->copy_after > reactor_.now()) continue;
    if (begin) applier_.begin_joining(*served);
    wanted.push_back(served);
  }
  return wanted;
}

net::Task<void> Copier::run() {
  while (!stopped_) {
    co_await wake_.wait_until(reactor_.now() + kRetry);
    if (stopped_) break;
    if (wishes(false).empty() || working_ > 0) continue;
    ++working_;
    co_await serve_wishes();
    --working_;
  }
}

net::Task<void> Copier::serve_wishes() {
  // Changes are gathered from before the snapshot's slot exists: none can fall between.
  const auto wanted = wishes(true);
  const std::uint64_t epoch = epoch_;
  auto snapshot = co_await take_snapshot();
  if (epoch != epoch_) co_return;
  if (!snapshot) {
    kLog.warn("no snapshot for a copy: {}", snapshot.error().to_string());
    for (const auto& served : wanted) give_up(*served, snapshot.error());
    co_return;
  }
  co_await copy_all(std::move(*snapshot));
}

net::Task<void> Copier::copy_all(Snapshot snapshot) {
  ++working_;
  const std::uint64_t epoch = epoch_;
  const TimePoint deadline = reactor_.now() + kCatalogTimeout;
  auto collections = co_await read_collections(snapshot.connection.get(), deadline);
  Result<std::shared_ptr<const postgres::TypeCatalog>> types = std::shared_ptr<const postgres::TypeCatalog>();
  if (collections) types = co_await read_types(snapshot.connection.get(), deadline);
  if (!collections || !types) {
    const Error error = collections ? types.error() : collections.error();
    if (epoch == epoch_)
      for (const auto& served : wishes(false)) give_up(*served, error);
  } else {
    applier_.set_types(*types);
    for (const CollectionFacts& facts : *collections) {
      if (stopped_ || epoch != epoch_) break;
      const Served* served = roster_.find(facts.row.id);
      if (served == nullptr || !served->copy_wanted || served->joining == nullptr) continue;
      co_await copy_one(snapshot.connection.get(), snapshot.lsn, facts, *types);
    }
  }
  if (!snapshot.connection->is_broken())
    co_await snapshot.connection->close(reactor_.now() + std::chrono::seconds(1));
  --working_;
}

net::Task<void> Copier::copy_one(postgres::Connection* connection, Lsn lsn, CollectionFacts facts,
                                 std::shared_ptr<const postgres::TypeCatalog> types) {
  const std::int64_t id = facts.row.id;
  const std::shared_ptr<Served> served = roster_.all().at(id);
  const std::shared_ptr<Joining> joining = served->joining;
  served->copy_wanted = false;
  served->failed_fingerprint = facts.fingerprint;
  if (!facts.refused.empty()) {
    served->joining.reset();
    served->live.reset();
    roster_.set_state(*served, CollectionState::kFailed, facts.refused);
    roster_.show();
    co_return;
  }
  Result<void> done;
  auto shape = co_await read_shape(connection, facts, reactor_.now() + kCatalogTimeout);
  if (!shape) {
    done = shape.error();
  } else {
    auto generation = applier_.make_generation(facts.row, std::move(*shape), std::move(types));
    if (!generation) {
      done = generation.error();
    } else {
      joining->generation = std::move(*generation);
      joining->snapshot = lsn;
      done = co_await copy_rows(connection, served, joining);
    }
  }
  if (done) done = co_await catch_up(served, joining);
  if (!done && roster_.find(id) == served.get() && served->joining == joining) give_up(*served, done.error());
}

net::Task<Result<void>> Copier::read_rows(postgres::Connection* connection, std::shared_ptr<Served> served,
                                          std::shared_ptr<Joining> joining) {
  const std::shared_ptr<Generation> generation = joining->generation;
  const Lsn snapshot = joining->snapshot;
  const CollectionKind kind = generation->row().kind;
  const postgres::Relation relation = copy_relation(generation->shape(), *generation->definition(), kind);
  std::string query = copy_query(generation->shape(), *generation->definition(), kind);
  auto opened = co_await connection->stream_rows({.sql = std::move(query), .keep = false},
                                                 reactor_.now() + options_.slot_timeout);
  STELE_CO_TRY(auto stream, std::move(opened));
  std::vector<postgres::ColumnValue> columns;
  while (true) {
    auto rows = co_await stream.next(reactor_.now() + std::chrono::milliseconds(500));
    if (!rows && rows.error().code != ErrorCode::kDeadlineExceeded) co_return rows.error();
    if (rows && rows->empty()) co_return Result<void>();
    const bool wanted = !stopped_ && served->joining == joining;
    if (!wanted || generation->failure()) {
      auto cancelled = co_await stream.cancel();
      STELE_CO_RETURN_IF_ERROR(cancelled);
      co_return generation->failure() ? *generation->failure()
                                      : make_error(ErrorCode::kCancelled, "the copy is not wanted any more");
    }
    if (!rows) continue;
    std::size_t taken = 0;
    for (const postgres::wire::CellList& cells : *rows) {
      if (++taken % Generation::kStep == 0) co_await reactor_.yield();
      columns.clear();
      for (const postgres::wire::Cell cell : cells)
        columns.push_back(cell ? postgres::ColumnValue{postgres::ColumnKind::kText, *cell}
                               : postgres::ColumnValue{});
      generation->take_copied(relation, columns, snapshot);
    }
    co_await reactor_.yield();
  }
}

net::Task<Result<void>> Copier::copy_rows(postgres::Connection* connection, std::shared_ptr<Served> served,
                                          std::shared_ptr<Joining> joining) {
  const std::shared_ptr<Generation> generation = joining->generation;
  // A table that fails must not take the snapshot's transaction with it.
  auto saved = co_await connection->query("SAVEPOINT copy", reactor_.now() + kCatalogTimeout);
  STELE_CO_RETURN_IF_ERROR(saved);
  generation->map_at_once(true);
  auto done = co_await read_rows(connection, served, joining);
  generation->flush(joining->snapshot);
  generation->forget_relation();
  generation->map_at_once(false);
  if (generation->failure()) done = *generation->failure();
  if (connection->is_broken()) co_return done;
  auto back = co_await connection->query("ROLLBACK TO SAVEPOINT copy", reactor_.now() + kCatalogTimeout);
  if (done && !back) done = back.error();
  if (done && generation->was_mapped()) {
    // Other nodes must read the same fields out of the same documents.
    done = co_await store_definition(options_.postgres, generation, reactor_.now() + kCatalogTimeout);
  }
  co_return done;
}

net::Task<Result<void>> Copier::catch_up(std::shared_ptr<Served> served, std::shared_ptr<Joining> joining) {
  while (served->joining == joining) {
    if (stopped_) co_return make_error(ErrorCode::kCancelled, "stopping");
    auto empty = replay(*joining, kReplayStep);
    if (!empty) co_return empty.error();
    joining->copied = joining->copied || *empty;
    const bool adopting = adopt_newer(*served, *joining);
    // Close behind a transaction that is being applied, so that little is left to do at its end.
    if (!*empty || adopting || applier_.busy()) {
      co_await reactor_.yield();
      continue;
    }
    join_ready();
    if (served->joining != joining) break;
    co_await joined_.wait_until(reactor_.now() + std::chrono::milliseconds(200));
  }
  co_return Result<void>();
}

Result<bool> Copier::replay(Joining& joining, std::uint64_t records) {
  Generation& generation = *joining.generation;
  generation.forget_relation();
  // Nobody sees this generation yet: what several commits changed may be born at the last of them.
  for (; records > 0; --records) {
    if (joining.failure) return *joining.failure;
    STELE_TRY(const auto record, joining.spool.take());
    if (!record) break;
    if (record->commit <= joining.snapshot) continue;
    joining.replayed = record->commit;
    generation.take(record->change, joining.replayed);
  }
  if (generation.failure()) return *generation.failure();
  return joining.spool.empty();
}

bool Copier::adopt_newer(Served& served, Joining& joining) {
  Generation& generation = *joining.generation;
  const Lsn at = std::max(joining.snapshot, joining.replayed);
  if (!(generation.row() == served.row)) {
    if (auto adopted = generation.adopt(served.row, at); !adopted) served.copy_wanted = true;
    return true;
  }
  if (!generation.has_to_refill()) return false;
  generation.refill(at);
  return true;
}

void Copier::at_boundary() {
  if (working_ > 0 && join_ready()) joined_.notify();
}

bool Copier::join_ready() {
  bool any = false;
  for (const auto& [id, served] : roster_.all()) {
    if (served->joining == nullptr || !served->joining->copied) continue;
    any = true;
    if (applier_.applied() < served->joining->snapshot || served->joining->spool.size() > kJoinMax) continue;
    const Generation& generation = *served->joining->generation;
    if (!(generation.row() == served->row) || generation.has_to_refill()) continue;
    const auto empty = replay(*served->joining, kJoinMax + 1);
    if (!empty || !*empty) continue;
    served->joining->generation->flush(served->joining->replayed);
    if (!served->joining->generation->failure()) join(*served);
  }
  return any;
}

void Copier::join(Served& served) {
  const std::shared_ptr<Joining> joining = std::exchange(served.joining, nullptr);
  served.live = joining->generation;
  served.live->forget_relation();
  roster_.set_state(served, CollectionState::kReady, {});
  roster_.changed();
  kLog.info("collection={} documents={} snapshot={} applied={}", served.row.name,
            served.live->collection()->stats().documents, joining->snapshot.to_string(),
            applier_.applied().to_string());
  applier_.settle(served);
  roster_.show();
}

void Copier::give_up(Served& served, const Error& error) {
  kLog.warn("copy failed collection={}: {}", served.row.name, error.to_string());
  // Of what another attempt would end the same way: the engine's refusals (too much memory) are that too, a
  // spool that is full is not.
  const bool refused = served.joining != nullptr && served.joining->generation != nullptr &&
                       served.joining->generation->failure();
  const bool wrong =
      refused || error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kFailedPrecondition;
  served.joining.reset();
  served.copy_wanted = true;
  served.copy_after = reactor_.now() + kRetry;
  if (wrong) served.copy_wanted = false;  // until the table or its options change
  roster_.set_state(served,
                    served.live ? CollectionState::kStale
                    : wrong     ? CollectionState::kFailed
                                : CollectionState::kBuilding,
                    error.message);
  roster_.show();
}

void Copier::stop() {
  stopped_ = true;
  if (snapshotting_ != nullptr) snapshotting_->give_up();
  wake_.notify();
  joined_.notify();
}

}  // namespace stele::views
