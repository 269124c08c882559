#include "views/postgres_administration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>
#include <utility>

#include "base/log.h"
#include "postgres/replication/slot.h"
#include "views/field_store.h"
#include "views/session.h"
#include "views/writer/write_transaction.h"

namespace stele::views {
namespace {

using postgres::Connection;

constexpr Logger kLog("administration");
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kTableNameBytesMax = 63;
constexpr std::size_t kSessionsMax = 4;

struct StateCode {
  std::string_view sqlstate;
  ErrorCode code;
};
constexpr std::array kStateCodes = {
    StateCode{"42P07", ErrorCode::kAlreadyExists},      StateCode{"23505", ErrorCode::kAlreadyExists},
    StateCode{"42710", ErrorCode::kAlreadyExists},      StateCode{"42501", ErrorCode::kPermissionDenied},
    StateCode{"42P01", ErrorCode::kNotFound},           StateCode{"3F000", ErrorCode::kNotFound},
    StateCode{"42704", ErrorCode::kNotFound},           StateCode{"42809", ErrorCode::kFailedPrecondition},
    StateCode{"0A000", ErrorCode::kFailedPrecondition}, StateCode{"55000", ErrorCode::kFailedPrecondition},
    StateCode{"22023", ErrorCode::kInvalidArgument},    StateCode{"42703", ErrorCode::kInvalidArgument},
    StateCode{"22P02", ErrorCode::kInvalidArgument},
};

Error by_state(Error error) {
  if (error.code != ErrorCode::kDatabase) return error;
  for (const StateCode& state : kStateCodes)
    if (state.sqlstate == error.detail("sqlstate")) error.code = state.code;
  return error;
}

// What PostgreSQL would cut off silently bears another name.
std::string table_name_of(std::string_view name) {
  if (name.size() <= kTableNameBytesMax) return std::string(name);
  return fmt::format("index_{:016x}_{:016x}", std::hash<std::string_view>{}(name),
                     std::hash<std::string_view>{}(name.substr(name.size() / 2)));
}

net::Task<Result<void>> create_elastic(Connection* connection, std::string name, std::string definition,
                                       TimePoint deadline) {
  const std::string table = table_name_of(name);
  auto made = co_await run(connection, "SELECT stele.create_index($1, $2, $3::pg_catalog.jsonb)",
                           {name, table, definition}, deadline);
  STELE_CO_RETURN_IF_ERROR(made);
  co_return Result<void>();
}

// The table of a Qdrant collection, its place in the publication and its row, before any data.
std::vector<std::string> point_table_statements(std::string_view table,
                                                const CollectionDefinition& definition) {
  const std::string name = "qdrant." + postgres::quote_identifier(table);
  std::string columns =
      R"sql(id text COLLATE "C" PRIMARY KEY
  CHECK (CASE WHEN id ~ '^(0|[1-9][0-9]{0,19})$' THEN id::numeric <= 18446744073709551615
              ELSE id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' END),
 payload json NOT NULL DEFAULT '{}' CHECK (json_typeof(payload) = 'object'))sql";
  for (const PointVector& vector : definition.vectors)
    columns += ",\n " + postgres::quote_identifier(vector.column) +
               (vector.sparse ? " double precision[]" : " real[]");
  std::vector<std::string> statements{"CREATE TABLE " + name + " (" + columns + ")"};
  // Floats do not compress.
  for (const PointVector& vector : definition.vectors)
    statements.push_back("ALTER TABLE " + name + " ALTER COLUMN " +
                         postgres::quote_identifier(vector.column) + " SET STORAGE EXTERNAL");
  statements.push_back("ALTER PUBLICATION stele ADD TABLE " + name);
  return statements;
}

net::Task<Result<void>> create_points(Connection* connection, std::string name,
                                      std::vector<std::string> statements, std::string definition,
                                      TimePoint deadline) {
  const std::string table = table_name_of(name);
  for (std::string& statement : statements) {
    auto done = co_await connection->query(std::move(statement), deadline);
    STELE_CO_RETURN_IF_ERROR(done);
  }
  auto made = co_await run(connection,
                           "INSERT INTO stele.collection (name, source, kind, definition) VALUES ($1, "
                           "format('qdrant.%I', $2::text)::regclass, 'qdrant', $3::pg_catalog.jsonb)",
                           {name, table, definition}, deadline);
  STELE_CO_RETURN_IF_ERROR(made);
  co_return Result<void>();
}

net::Task<Result<void>> create(Connection* connection, NewCollection collection, TimePoint deadline) {
  const std::string json = collection.definition.to_json();
  if (collection.kind == CollectionKind::kQdrant) {
    auto statements = point_table_statements(table_name_of(collection.name), collection.definition);
    auto made = co_await create_points(connection, collection.name, std::move(statements), json, deadline);
    co_return made;
  }
  auto made = co_await create_elastic(connection, collection.name, json, deadline);
  co_return made;
}

net::Task<Result<void>> drop(Connection* connection, std::shared_ptr<const CollectionEntry> entry,
                             TimePoint deadline) {
  auto deleted = co_await run(connection, "DELETE FROM stele.collection WHERE id = $1::bigint",
                              {std::to_string(entry->id)}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(deleted));
  if (rows.affected_rows() == 0)
    co_return make_error(ErrorCode::kNotFound, "no such collection: " + entry->name);
  const bool published = entry->kind == CollectionKind::kPublished;
  auto dropped = co_await connection->query(
      (published ? "ALTER PUBLICATION stele DROP TABLE " : "DROP TABLE ") + entry->table.quoted(), deadline);
  STELE_CO_RETURN_IF_ERROR(dropped);
  co_return Result<void>();
}

// Writes one object if it is as the change says it was. Returns how many rows that were.
net::Task<Result<std::uint64_t>> write_object(Connection* connection, ObjectChange change,
                                              TimePoint deadline) {
  const CatalogObject& object = change.object;
  const bool deletes = object.definition.empty();
  const bool must_be_absent = change.former && change.former->empty();
  std::string sql;
  postgres::Parameters parameters{object.kind, object.name};
  if (!deletes) parameters.text(object.definition);
  if (deletes && must_be_absent) {
    sql = "SELECT 1 WHERE NOT EXISTS (SELECT FROM stele.object WHERE kind = $1 AND name = $2)";
  } else if (deletes) {
    sql = "DELETE FROM stele.object WHERE kind = $1 AND name = $2";
    if (change.former) sql += " AND definition = $3::pg_catalog.jsonb";
  } else if (change.former && !must_be_absent) {
    sql =
        "UPDATE stele.object SET definition = $3::pg_catalog.jsonb WHERE kind = $1 AND name = $2 AND "
        "definition = $4::pg_catalog.jsonb";
  } else {
    sql =
        "INSERT INTO stele.object (kind, name, definition) VALUES ($1, $2, $3::pg_catalog.jsonb) "
        "ON CONFLICT (kind, name) DO ";
    sql += change.former ? "NOTHING" : "UPDATE SET definition = EXCLUDED.definition";
  }
  if (change.former && !must_be_absent) parameters.text(*change.former);
  auto written = co_await run(connection, std::move(sql), std::move(parameters), deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(written));
  co_return rows.affected_rows();
}

net::Task<Result<void>> write_objects(Connection* connection, std::vector<ObjectChange> objects,
                                      TimePoint deadline) {
  for (const ObjectChange& change : objects) {
    auto written = co_await write_object(connection, change, deadline);
    STELE_CO_TRY(const std::uint64_t rows, std::move(written));
    if (rows == 0 && change.former)
      co_return make_error(ErrorCode::kConflict,
                           change.object.kind + " " + change.object.name + " was changed by somebody else")
          .with("stale", change.object.name);
  }
  co_return Result<void>();
}

// A CatalogChange with the collections that it names.
struct PlannedChange {
  std::vector<std::shared_ptr<const CollectionEntry>> dropped;
  std::optional<NewCollection> created;
  std::vector<std::pair<std::shared_ptr<const CollectionEntry>, DefinitionChange>> widened;
  std::vector<ObjectChange> objects;
};

// Rows are locked in one order, whoever changes them.
Result<PlannedChange> plan(const CatalogState& catalog, CatalogChange change) {
  PlannedChange planned;
  const auto missing = [](const std::string& name) {
    return make_error(ErrorCode::kNotFound, "no such collection: " + name);
  };
  for (const std::string& name : change.dropped) {
    auto entry = catalog.find(name);
    if (entry == nullptr) return missing(name);
    planned.dropped.push_back(std::move(entry));
  }
  for (auto& [name, widening] : change.widened) {
    auto entry = catalog.find(name);
    if (entry == nullptr) return missing(name);
    planned.widened.emplace_back(std::move(entry), std::move(widening));
  }
  const auto id = [](const std::shared_ptr<const CollectionEntry>& entry) { return entry->id; };
  std::ranges::sort(planned.dropped, {}, id);
  std::ranges::sort(planned.widened, {}, [](const auto& item) { return item.first->id; });
  planned.created = std::move(change.created);
  planned.objects = std::move(change.objects);
  std::ranges::sort(planned.objects, {}, [](const ObjectChange& object) {
    return std::tie(object.object.kind, object.object.name);
  });
  return planned;
}

net::Task<Result<void>> apply_change(Connection* connection, std::shared_ptr<const PlannedChange> change,
                                     TimePoint deadline) {
  for (const auto& entry : change->dropped) {
    auto dropped = co_await drop(connection, entry, deadline);
    STELE_CO_RETURN_IF_ERROR(dropped);
  }
  if (change->created) {
    auto created = co_await create(connection, *change->created, deadline);
    STELE_CO_RETURN_IF_ERROR(created);
  }
  for (const auto& [entry, widening] : change->widened) {
    auto stored = co_await store_fields(connection, entry->id, widening, *entry->definition,
                                        OnOtherType::kRefuse, deadline);
    STELE_CO_RETURN_IF_ERROR(stored);
  }
  auto written = co_await write_objects(connection, change->objects, deadline);
  co_return written;
}

// Can a collection of this name and kind be made?
Result<void> check_new(const CatalogState& catalog, const std::string& name, CollectionKind kind) {
  if (name.empty() || name.size() > kNameBytesMax || name.find('\0') != std::string::npos)
    return make_error(ErrorCode::kInvalidArgument, "a collection's name has 1 to 255 bytes");
  if (kind == CollectionKind::kPublished)
    return make_error(ErrorCode::kInvalidArgument, "a published table is there already");
  if (catalog.find(name) != nullptr)
    return make_error(ErrorCode::kAlreadyExists, "there is a collection " + name + " already");
  return {};
}

net::Task<Result<void>> run_publish(Connection* connection, TableName table, std::string options,
                                    TimePoint deadline) {
  auto ran = co_await run(connection, "SELECT stele.publish($1::pg_catalog.regclass, $2::pg_catalog.jsonb)",
                          {table.quoted(), options.empty() ? "{}" : std::string_view(options)}, deadline);
  STELE_CO_RETURN_IF_ERROR(ran);
  co_return Result<void>();
}

}  // namespace

postgres::Pool& PostgresAdministration::pool() {
  if (pool_ == nullptr) {
    postgres::PoolOptions options;
    options.connect = session_options(options_);
    options.connections_max = kSessionsMax;
    pool_ = std::make_unique<postgres::Pool>(std::move(options));
  }
  return *pool_;
}

net::Task<void> PostgresAdministration::stop() {
  stopped_ = true;
  if (pool_ != nullptr) co_await pool_->stop();
}

net::Task<Result<std::string>> PostgresAdministration::begin(Connection* connection,
                                                             access::Principal principal, WriteNumber number,
                                                             TimePoint deadline) {
  std::string sql = "BEGIN";
  if (!principal.role.empty() && principal.role != options_.user)
    sql += "; SET LOCAL ROLE " + postgres::quote_identifier(principal.role);
  sql +=
      "; SELECT pg_catalog.pg_current_xact_id()::text, pg_catalog.pg_logical_emit_message(true, 'stele', " +
      postgres::quote_literal(freshness_.message(number)) + ")";
  auto begun = co_await connection->query(std::move(sql), deadline);
  STELE_CO_RETURN_IF_ERROR(begun);
  co_return std::string(begun->back().value().value_or(""));
}

net::Task<Result<void>> PostgresAdministration::commit(postgres::Lease* lease, std::string xid,
                                                       WriteNumber number, TimePoint deadline) {
  auto committed = co_await (*lease)->query("COMMIT", deadline);
  if (committed) {
    lease->give_back();
    // Committed is committed: what the caller does not see here yet comes.
    auto visible = co_await freshness_.wait_write(number, deadline);
    if (!visible) kLog.warn("committed, and not shown here in time: {}", visible.error().to_string());
    co_return Result<void>();
  }
  if (!(*lease)->is_broken()) {
    freshness_.forget_write(number);
    co_return by_state(committed.error());
  }
  // A COMMIT without an answer may have happened.
  lease->give_up();
  const TransactionScope scope{&pool(), &freshness_, {}, deadline};
  auto settled = co_await settle(scope, std::move(xid), number, reactor_.now() + scope.settle_timeout);
  STELE_CO_RETURN_IF_ERROR(settled);
  if (!*settled)
    co_return make_error(ErrorCode::kUnavailable, "PostgreSQL went away and rolled the transaction back");
  co_return Result<void>();
}

net::Task<Result<void>> PostgresAdministration::transact(access::Principal principal, Work work,
                                                         TimePoint deadline) {
  if (stopped_) co_return make_error(ErrorCode::kCancelled, "the node stops");
  auto leased = co_await pool().acquire(deadline);
  STELE_CO_TRY(postgres::Lease lease, std::move(leased));
  const WriteNumber number = freshness_.begin_write();
  auto begun = co_await begin(&*lease, std::move(principal), number, deadline);
  Result<void> done;
  if (begun)
    done = co_await work(&*lease, deadline);
  else
    done = begun.error();
  if (!done) {
    freshness_.forget_write(number);
    co_return by_state(done.error());  // the lease rolls back
  }
  done = co_await commit(&lease, std::move(*begun), number, deadline);
  co_return done;
}

net::Task<void> PostgresAdministration::catch_up(TimePoint deadline) {
  Work nothing = [](Connection*, TimePoint) -> net::Task<Result<void>> { co_return Result<void>(); };
  // A mark committed after the other's transaction comes back after it. Without it the caller sees less.
  auto marked = co_await transact({}, std::move(nothing), deadline);
  if (!marked) kLog.warn("not caught up: {}", marked.error().to_string());
}

Result<PostgresAdministration::Entry> PostgresAdministration::shown(const std::string& name) const {
  Entry entry = catalog_.current()->find(name);
  if (entry == nullptr) return make_error(ErrorCode::kNotFound, "no such collection: " + name);
  return entry;
}

net::Task<Result<PostgresAdministration::Entry>> PostgresAdministration::create_collection(
    access::Principal principal, std::string name, CollectionKind kind, CollectionDefinition definition,
    TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(check_new(*catalog_.current(), name, kind));
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  const NewCollection collection{name, kind, std::move(definition)};
  Work work = [collection](Connection* connection, TimePoint until) {
    return create(connection, collection, until);
  };
  auto done = co_await transact(std::move(principal), std::move(work), deadline);
  if (!done && done.error().code == ErrorCode::kAlreadyExists) co_await catch_up(deadline);
  co_await home->resume_here();
  STELE_CO_RETURN_IF_ERROR(done);
  Entry entry = catalog_.current()->find(name);
  if (entry == nullptr)
    co_return make_error(ErrorCode::kDeadlineExceeded, name + " is created, but not shown here in time");
  co_return entry;
}

net::Task<Result<void>> PostgresAdministration::drop_collection(access::Principal principal, std::string name,
                                                                TimePoint deadline) {
  STELE_CO_TRY(const Entry entry, shown(name));
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  Work work = [entry](Connection* connection, TimePoint until) { return drop(connection, entry, until); };
  auto done = co_await transact(std::move(principal), std::move(work), deadline);
  co_await home->resume_here();
  co_return done;
}

net::Task<Result<PostgresAdministration::Entry>> PostgresAdministration::add_fields(
    access::Principal principal, std::string name, DefinitionChange change, TimePoint deadline) {
  STELE_CO_TRY(const Entry entry, shown(name));
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  Work work = [entry, &change](Connection* connection, TimePoint until) {
    return store_fields(connection, entry->id, std::move(change), *entry->definition, OnOtherType::kRefuse,
                        until);
  };
  auto done = co_await transact(std::move(principal), std::move(work), deadline);
  if (!done && done.error().code == ErrorCode::kConflict) co_await catch_up(deadline);
  co_await home->resume_here();
  STELE_CO_RETURN_IF_ERROR(done);
  co_return shown(name);
}

net::Task<Result<PostgresAdministration::Entry>> PostgresAdministration::publish(access::Principal principal,
                                                                                 TableName table,
                                                                                 std::string options_json,
                                                                                 TimePoint deadline) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  Work work = [table, options_json](Connection* connection, TimePoint until) {
    return run_publish(connection, table, options_json, until);
  };
  auto done = co_await transact(std::move(principal), std::move(work), deadline);
  Entry entry;
  // Ready once its copy has joined.
  while (done) {
    for (const Entry& each : catalog_.current()->entries())
      if (each->table == table) entry = each;
    if ((entry != nullptr && entry->state != CollectionState::kBuilding) || stopped_ ||
        reactor_.now() >= deadline)
      break;
    co_await reactor_.sleep_for(std::chrono::milliseconds(2));
  }
  co_await home->resume_here();
  STELE_CO_RETURN_IF_ERROR(done);
  if (entry == nullptr)
    co_return make_error(ErrorCode::kDeadlineExceeded, "published, but not shown here in time");
  co_return entry;
}

net::Task<Result<void>> PostgresAdministration::change_catalog(access::Principal principal,
                                                               CatalogChange change, TimePoint deadline) {
  const auto catalog = catalog_.current();
  if (change.created) {
    // The name of one that goes in the same transaction is free.
    const auto checked = check_new(*catalog, change.created->name, change.created->kind);
    const bool replaces = std::ranges::find(change.dropped, change.created->name) != change.dropped.end();
    if (!checked && !(replaces && checked.error().code == ErrorCode::kAlreadyExists))
      co_return checked.error();
  }
  STELE_CO_TRY(PlannedChange planned, plan(*catalog, std::move(change)));
  const auto shared = std::make_shared<const PlannedChange>(std::move(planned));
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  Work work = [shared](Connection* connection, TimePoint until) {
    return apply_change(connection, shared, until);
  };
  auto done = co_await transact(std::move(principal), std::move(work), deadline);
  const bool raced =
      !done && (done.error().code == ErrorCode::kConflict || done.error().code == ErrorCode::kAlreadyExists ||
                done.error().code == ErrorCode::kNotFound);
  if (raced) co_await catch_up(deadline);
  co_await home->resume_here();
  co_return done;
}

net::Task<Result<void>> PostgresAdministration::put_objects(access::Principal principal,
                                                            std::vector<CatalogObject> objects,
                                                            TimePoint deadline) {
  CatalogChange change;
  for (CatalogObject& object : objects) change.objects.push_back({std::move(object), std::nullopt});
  auto done = co_await change_catalog(std::move(principal), std::move(change), deadline);
  co_return done;
}

}  // namespace stele::views
