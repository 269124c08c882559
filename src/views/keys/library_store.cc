#include "views/keys/library_store.h"

#include <utility>

#include "postgres/connection.h"
#include "views/session.h"

namespace stele::views {

namespace {

net::Task<Result<void>> write_in_transaction(postgres::Connection* connection,
                                             const std::vector<StoredLibrary>* changed,
                                             const std::vector<std::string>* removed, TimePoint deadline) {
  auto begun = co_await connection->query("BEGIN", deadline);
  STELE_CO_RETURN_IF_ERROR(begun);
  for (const std::string& name : *removed) {
    auto done = co_await run(connection, "DELETE FROM redis.library WHERE name = $1", {name}, deadline);
    STELE_CO_RETURN_IF_ERROR(done);
  }
  for (const StoredLibrary& library : *changed) {
    postgres::Parameters parameters;
    parameters.text(library.name).binary(library.code, postgres::oid::kBytea);
    auto done = co_await run(connection,
                             "INSERT INTO redis.library (name, code) VALUES ($1, $2) "
                             "ON CONFLICT (name) DO UPDATE SET code = excluded.code",
                             std::move(parameters), deadline);
    STELE_CO_RETURN_IF_ERROR(done);
  }
  auto committed = co_await connection->query("COMMIT", deadline);
  STELE_CO_RETURN_IF_ERROR(committed);
  co_return Result<void>();
}

}  // namespace

net::Task<Result<std::vector<StoredLibrary>>> LibraryStore::read(TimePoint deadline) {
  auto connected = co_await connect_session(options_, deadline);
  STELE_CO_TRY(const auto connection, std::move(connected));
  postgres::Statement statement;
  statement.sql = "SELECT name, code FROM redis.library ORDER BY name";
  statement.result_format = postgres::wire::Format::kBinary;
  auto found = co_await connection->execute(std::move(statement), deadline);
  co_await connection->close(deadline);
  STELE_CO_RETURN_IF_ERROR(found);
  std::vector<StoredLibrary> libraries;
  for (const postgres::ResultSet::Row row : *found) {
    libraries.push_back({std::string(row[0].value_or("")), std::string(row[1].value_or(""))});
  }
  co_return libraries;
}

net::Task<Result<void>> LibraryStore::write(std::vector<StoredLibrary> changed,
                                            std::vector<std::string> removed, TimePoint deadline) {
  auto connected = co_await connect_session(options_, deadline);
  STELE_CO_TRY(const auto connection, std::move(connected));
  // A transaction that failed ends with its connection.
  auto written = co_await write_in_transaction(connection.get(), &changed, &removed, deadline);
  co_await connection->close(deadline);
  co_return written;
}

}  // namespace stele::views
