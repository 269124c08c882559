#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "postgres/replication/replication_connection.h"
#include "postgres/replication/slot.h"
#include "postgres/replication/test_stream.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

// Tests that read a table as a copy does, beside the stream.
class CopyTest : public StreamTest {
 protected:
  using Stream = std::unique_ptr<ReplicationStream>;

  // The rows of `query` in the form that the stream has, under `snapshot` where one is given.
  using Visit = std::function<void(const std::vector<ColumnValue>&)>;
  static net::Task<Result<void>> copy_rows(CopyTest* t, ConnectOptions options, std::string query,
                                           std::string snapshot, wire::Format format, Visit visit) {
    fix_text_settings(options);
    options.settings.emplace_back("row_security", "off");
    auto connected = co_await Connection::connect(std::move(options), t->soon());
    STELE_CO_TRY(const auto connection, std::move(connected));
    std::string begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (!snapshot.empty()) begin += "; SET TRANSACTION SNAPSHOT " + quote_literal(snapshot);
    auto begun = co_await connection->query(std::move(begin), t->soon());
    STELE_CO_RETURN_IF_ERROR(begun);
    auto opened = co_await connection->stream_rows(
        {.sql = std::move(query), .result_format = format, .keep = false}, t->soon());
    STELE_CO_TRY(auto stream, std::move(opened));
    std::vector<ColumnValue> columns;
    while (true) {
      auto rows = co_await stream.next(t->soon());
      STELE_CO_RETURN_IF_ERROR(rows);
      if (rows->empty()) co_return Result<void>();
      for (const wire::CellList& cells : *rows) {
        columns.clear();
        const ColumnKind kind = format == wire::Format::kBinary ? ColumnKind::kBinary : ColumnKind::kText;
        for (const wire::Cell cell : cells)
          columns.push_back(cell ? ColumnValue{kind, *cell} : ColumnValue{});
        visit(columns);
      }
    }
  }
};

}  // namespace stele::postgres
