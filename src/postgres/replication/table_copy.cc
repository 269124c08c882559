#include "postgres/replication/table_copy.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "postgres/replication/slot.h"
#include "postgres/types/array.h"

namespace stele::postgres {

namespace {

template <class Integer>
Integer number_of(wire::Cell cell) {
  Integer number = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), number);
  return number;
}

// Column lists and row filters came with version 15.
std::string tables_query(int server_version, std::string_view publication) {
  const bool has_lists = server_version >= 150000;
  return fmt::format(
      "SELECT c.oid, t.schemaname, t.tablename, c.relkind, {},"
      " (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{{}}') FROM pg_catalog.pg_attribute a"
      " WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''{})"
      " FROM pg_catalog.pg_publication_tables t"
      " JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname"
      " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename"
      " WHERE t.pubname = {} ORDER BY 2, 3",
      has_lists ? "t.rowfilter" : "NULL", has_lists ? " AND a.attname = ANY (t.attnames)" : "",
      quote_literal(publication));
}

Result<PublishedTable> to_table(const ResultSet::Row& row) {
  PublishedTable table;
  table.id = number_of<Oid>(row[0]);
  table.schema = row[1].value_or("");
  table.name = row[2].value_or("");
  table.is_partitioned = row[3] == "p";
  table.row_filter = row[4].value_or("");
  STELE_TRY(const ArrayElements names, decode_array({ColumnKind::kText, row[5].value_or("{}")}));
  for (const ColumnValue& name : names.elements) table.columns.emplace_back(name.bytes);
  return table;
}

}  // namespace

net::Task<Result<ExportedSnapshot>> ExportedSnapshot::take(ConnectOptions options, std::string slot,
                                                           TimePoint deadline) {
  auto connection = co_await ReplicationConnection::connect(std::move(options), deadline);
  if (!connection.has_value()) co_return std::move(connection).error();
  ExportedSnapshot snapshot;
  snapshot.holder_ = *std::move(connection);
  auto system = co_await snapshot.holder_->identify_system(deadline);
  if (!system.has_value()) co_return std::move(system).error();
  snapshot.system_ = *std::move(system);
  auto created =
      co_await snapshot.holder_->create_slot(std::move(slot), true, SnapshotAction::kExport, deadline);
  if (!created.has_value()) co_return std::move(created).error();
  snapshot.slot_ = *std::move(created);
  co_return std::move(snapshot);
}

net::Task<Result<std::vector<PublishedTable>>> published_tables(Connection* connection,
                                                                std::string publication, TimePoint deadline) {
  auto answer = co_await connection->query(tables_query(connection->server_version(), publication), deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  std::vector<PublishedTable> tables;
  for (const ResultSet::Row row : answer->front()) {
    STELE_CO_TRY(PublishedTable table, to_table(row));
    tables.push_back(std::move(table));
  }
  co_return tables;
}

std::string copy_statement(const PublishedTable& table, bool binary) {
  std::string columns;
  for (const std::string& column : table.columns) {
    if (!columns.empty()) columns += ", ";
    columns += quote_identifier(column);
  }
  // Without ONLY the rows of inheriting tables came too, which the stream gives under their own names.
  return fmt::format(
      "COPY (SELECT {} FROM {}{}.{}{}) TO STDOUT (FORMAT {})", columns, table.is_partitioned ? "" : "ONLY ",
      quote_identifier(table.schema), quote_identifier(table.name),
      table.row_filter.empty() ? "" : fmt::format(" WHERE {}", table.row_filter), binary ? "binary" : "text");
}

net::Task<Result<std::unique_ptr<TableCopy>>> TableCopy::open(ConnectOptions options, std::string snapshot,
                                                              bool binary, TimePoint deadline) {
  fix_text_settings(options);
  auto connection = co_await Connection::connect(std::move(options), deadline);
  if (!connection.has_value()) co_return std::move(connection).error();
  // row_security = off makes a policy that would hide rows an error; the timeouts would end a long copy.
  std::string sql =
      "SET row_security = off; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
      "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;";
  if (!snapshot.empty()) sql += "SET TRANSACTION SNAPSHOT " + quote_literal(snapshot);
  auto begun = co_await (*connection)->query(std::move(sql), deadline);
  if (!begun.has_value()) co_return std::move(begun).error();
  co_return std::unique_ptr<TableCopy>(new TableCopy(*std::move(connection), binary));
}

net::Task<Result<void>> TableCopy::begin(PublishedTable table, TimePoint deadline) {
  copy_.reset();
  row_count_ = 0;
  byte_count_ = 0;
  rows_.emplace(binary_, table.columns.size());
  auto copy = co_await connection_->copy_out(copy_statement(table, binary_), deadline);
  if (!copy.has_value()) co_return std::move(copy).error();
  copy_.emplace(*std::move(copy));
  co_return Result<void>();
}

net::Task<Result<std::span<const Tuple>>> TableCopy::next(TimePoint deadline) {
  while (copy_) {
    auto chunks = co_await copy_->next(deadline);
    if (!chunks.has_value()) co_return std::move(chunks).error();
    if (chunks->empty()) {
      copy_.reset();
      break;
    }
    for (const std::string_view chunk : *chunks) byte_count_ += chunk.size();
    STELE_CO_TRY(const std::span<const Tuple> rows, rows_->take(*chunks));
    row_count_ += rows.size();
    if (!rows.empty()) co_return rows;
  }
  co_return std::span<const Tuple>();
}

net::Task<Result<std::uint64_t>> TableCopy::estimated_rows(Oid table, TimePoint deadline) {
  auto answer = co_await connection_->query(
      fmt::format("SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class WHERE oid = {}", table),
      deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  co_return number_of<std::uint64_t>(answer->back().value());
}

}  // namespace stele::postgres
