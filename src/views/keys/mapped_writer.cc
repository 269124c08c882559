#include "views/keys/mapped_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "net/reactor.h"
#include "postgres/replication/replication_connection.h"
#include "postgres/replication/slot.h"
#include "views/session.h"
#include "views/writer/write_transaction.h"

namespace stele::views {
namespace {

using keyspace::Field;
using postgres::quote_identifier;

constexpr Duration kResolveTime = std::chrono::seconds(10);

postgres::PoolOptions pool_options(const MappedWriter::Options& options) {
  postgres::PoolOptions pool;
  pool.connect = options.postgres;
  // The key in the row and the text in the key must be the same as in the stream.
  postgres::fix_text_settings(pool.connect);
  const auto lock_ms = std::chrono::duration_cast<std::chrono::milliseconds>(options.lock_timeout).count();
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"synchronous_commit", "on"}, {"search_path", ""}, {"lock_timeout", std::to_string(lock_ms)}})
    pool.connect.settings.emplace_back(name, value);
  pool.connections_max = options.connections_max;
  return pool;
}

// The last value of each field.
std::map<std::string, std::string> columns_of(const MappedWrite& write) {
  std::map<std::string, std::string> columns;
  for (const Field& field : write.fields) columns[field.name] = field.value;
  return columns;
}

bool is_outdated(const Error& error) {
  const std::string_view state = error.detail("sqlstate");
  return state == "42P01" || state == "42703" || state == "3F000";
}

}  // namespace

// The texts of the statements.
struct MappedSql {
  using Target = MappedWriter::Target;

  // Which row: by its key's type, and only if the text is the one that PostgreSQL prints.
  static std::string where(const Target& target) {
    return fmt::format("{0} = $1 AND {0}::text = $2::text", quote_identifier(target.table->key_column));
  }

  static postgres::Statement update(const MappedWrite& write, const Target& target) {
    const bool sets = write.kind == MappedWrite::Kind::kSetFields;
    postgres::Statement statement;
    statement.parameters.text(target.key).text(target.key);
    std::string assignments, counted;
    for (const auto& [name, value] : columns_of(write)) {
      const std::string column = quote_identifier(name);
      if (sets) statement.parameters.text(value);
      assignments += fmt::format("{}{} = {}", assignments.empty() ? "" : ", ", column,
                                 sets ? "$" + std::to_string(statement.parameters.size()) : "NULL");
      counted +=
          fmt::format("{}({} IS {}NULL)::integer", counted.empty() ? "" : " + ", column, sets ? "" : "NOT ");
    }
    statement.sql = fmt::format(
        "UPDATE {0} AS r SET {1} FROM (SELECT {2} AS k, {3} AS n FROM {0} WHERE {4} FOR UPDATE) AS "
        "former "
        "WHERE r.{2} = former.k RETURNING former.n",
        target.table->name.quoted(), assignments, quote_identifier(target.table->key_column), counted,
        where(target));
    return statement;
  }

  static postgres::Statement insert(const std::map<std::string, std::string>& columns, const Target& target) {
    postgres::Statement statement;
    std::string names, values;
    for (const auto& [name, value] : columns) {
      statement.parameters.text(value);
      names += (names.empty() ? "" : ", ") + quote_identifier(name);
      values += fmt::format("{}${}", values.empty() ? "" : ", ", statement.parameters.size());
    }
    statement.sql =
        fmt::format("INSERT INTO {} ({}) VALUES ({}) RETURNING {}::text", target.table->name.quoted(), names,
                    values, quote_identifier(target.table->key_column));
    return statement;
  }

  static postgres::Statement remove(const Target& target) {
    postgres::Statement statement;
    statement.sql = fmt::format("DELETE FROM {} WHERE {}", target.table->name.quoted(), where(target));
    statement.parameters.text(target.key).text(target.key);
    return statement;
  }
};

MappedWriter::MappedWriter(Options options, Freshness& freshness, KeyMap& map)
    : options_(std::move(options)),
      freshness_(freshness),
      map_(map),
      pool_(std::make_unique<postgres::Pool>(pool_options(options_))) {}

net::Task<Result<MappedWriter::Target>> MappedWriter::find(postgres::Connection* connection,
                                                           keyspace::Key key, TimePoint deadline) {
  const auto mapping = map_.of_key(key.name);
  if (mapping == nullptr || key.db != keyspace::DatabaseNumber(0))
    co_return make_error(ErrorCode::kNotFound,
                         "mapped keys are in database 0, and no table is mapped to this one");
  if (key.name.find('\0') != std::string::npos)
    co_return make_error(ErrorCode::kInvalidArgument, "a mapped key is text, without NUL");
  if (mapping->table == nullptr) {
    auto table = co_await read_mapped_table(connection, mapping->table_oid, mapping->key_column, deadline);
    STELE_CO_RETURN_IF_ERROR(table);
    mapping->table = std::make_shared<const MappedTable>(*std::move(table));
  }
  co_return Target{mapping, mapping->table, key.name.substr(mapping->prefix.size())};
}

net::Task<Result<std::uint64_t>> MappedWriter::insert(postgres::Connection* connection,
                                                      const MappedWrite* write, Target target,
                                                      TimePoint deadline) {
  auto columns = columns_of(*write);
  const std::size_t named = columns.size();
  columns[target.table->key_column] = target.key;
  auto inserted = co_await connection->execute(MappedSql::insert(columns, target), deadline);
  STELE_CO_RETURN_IF_ERROR(inserted);
  if (inserted->value() != target.key)
    co_return make_error(ErrorCode::kInvalidArgument,
                         fmt::format("the key's text is not what its row would have: {}",
                                     inserted->value().value_or("nothing")));
  co_return named;
}

net::Task<Result<std::uint64_t>> MappedWriter::apply(postgres::Connection* connection,
                                                     const MappedWrite* write, TimePoint deadline) {
  auto found = co_await find(connection, write->key, deadline);
  STELE_CO_TRY(const Target target, std::move(found));
  if (write->kind == MappedWrite::Kind::kRemove) {
    if (!target.mapping->may_delete)
      co_return make_error(ErrorCode::kPermissionDenied,
                           fmt::format("the mapping of {} does not delete rows", target.mapping->prefix));
    auto deleted = co_await connection->execute(MappedSql::remove(target), deadline);
    STELE_CO_RETURN_IF_ERROR(deleted);
    co_return deleted->affected_rows();
  }
  if (write->fields.empty()) co_return std::uint64_t{0};
  const bool sets = write->kind == MappedWrite::Kind::kSetFields;
  const auto key_field = std::ranges::find(write->fields, target.table->key_column, &Field::name);
  if (key_field != write->fields.end() && (!sets || key_field->value != target.key))
    co_return make_error(ErrorCode::kInvalidArgument,
                         fmt::format("the field {} is the key of its row and stays", key_field->name));
  auto updated = co_await connection->execute(MappedSql::update(*write, target), deadline);
  STELE_CO_RETURN_IF_ERROR(updated);
  if (!updated->empty()) co_return std::stoull(std::string(updated->value().value_or("0")));
  if (!sets) co_return std::uint64_t{0};
  if (!target.mapping->may_insert)
    co_return make_error(ErrorCode::kNotFound,
                         fmt::format("no row of {} has this key, and the mapping of {} does not insert",
                                     target.table->name.quoted(), target.mapping->prefix));
  auto inserted = co_await insert(connection, write, target, deadline);
  co_return inserted;
}

net::Task<Result<MappedWriter::Counts>> MappedWriter::commit(postgres::Lease lease, WriteNumber number,
                                                             std::string xid, Counts counts,
                                                             TimePoint deadline) {
  auto committed = co_await lease->query("COMMIT", deadline);
  if (!committed) {
    const bool answered = committed.error().code == ErrorCode::kDatabase && !lease->is_broken();
    if (answered) {
      freshness_.forget_write(number);
      co_return committed.error();
    }
    lease.give_up();
    const TimePoint until = std::max(deadline, net::Reactor::current()->now() + kResolveTime);
    auto settled = co_await settle({pool_.get(), &freshness_, {}, deadline}, std::move(xid), number, until);
    STELE_CO_RETURN_IF_ERROR(settled);
    if (!*settled)
      co_return make_error(ErrorCode::kUnavailable, "PostgreSQL went away and rolled the transaction back");
    co_return counts;
  }
  lease.give_back();
  // Committed it is, also when the view is late.
  auto visible =
      co_await freshness_.wait_write(number, net::Reactor::current()->now() + options_.applied_timeout);
  (void)visible;
  co_return counts;
}

net::Task<Result<MappedWriter::Counts>> MappedWriter::write_once(const std::vector<MappedWrite>* writes,
                                                                 TimePoint deadline) {
  auto acquired = co_await pool_->acquire(deadline);
  STELE_CO_TRY(postgres::Lease lease, std::move(acquired));
  const WriteNumber number = freshness_.begin_write();
  std::vector<postgres::Statement> begin(2);
  begin[0].sql = "BEGIN";
  begin[1].sql =
      "SELECT pg_catalog.pg_current_xact_id()::text, pg_catalog.pg_logical_emit_message(true, 'stele', "
      "$1::text)";
  begin[1].parameters.text(freshness_.message(number));
  auto begun = co_await lease->pipeline(std::move(begin), postgres::PipelineMode::kOneTransaction, deadline);
  Result<void> done;
  if (!begun)
    done = begun.error();
  else if (!(*begun)[1])
    done = (*begun)[1].error();
  Counts counts;
  std::string xid;
  if (done) xid = std::string((*begun)[1]->value().value_or(""));
  for (std::size_t i = 0; done && i < writes->size(); ++i) {
    auto applied = co_await apply(&*lease, &(*writes)[i], deadline);
    if (applied)
      counts.push_back(*applied);
    else
      done = applied.error();
  }
  if (!done) {
    // The lease rolls back.
    freshness_.forget_write(number);
    co_return done.error();
  }
  auto committed = co_await commit(std::move(lease), number, std::move(xid), std::move(counts), deadline);
  co_return committed;
}

void MappedWriter::forget_tables(const std::vector<MappedWrite>& writes) {
  for (const MappedWrite& write : writes)
    if (const auto mapping = map_.of_key(write.key.name)) mapping->table.reset();
}

net::Task<Result<std::vector<std::uint64_t>>> MappedWriter::write(std::vector<MappedWrite> writes,
                                                                  TimePoint deadline) {
  auto written = co_await write_once(&writes, deadline);
  if (written || !is_outdated(written.error())) co_return written;
  // Its table or key may have been renamed.
  forget_tables(writes);
  auto again = co_await write_once(&writes, deadline);
  co_return again;
}

net::Task<void> MappedWriter::stop() {
  co_await pool_->stop();
}

}  // namespace stele::views
