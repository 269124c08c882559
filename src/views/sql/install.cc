#include "views/sql/install.h"

#include <fmt/format.h>

#include "views/session.h"
#include "views/sql/schema.h"

namespace stele::views {
namespace {

// Another node may install at the same moment: one after the other.
constexpr std::string_view kBegin = "BEGIN; SELECT pg_advisory_xact_lock(8315168204870379);";

net::Task<Result<bool>> is_installed(postgres::Connection* connection, TimePoint deadline) {
  auto there = co_await run(connection, "SELECT to_regclass('stele.installed') IS NOT NULL", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet table, std::move(there));
  if (table.value() != "t") co_return false;
  auto version =
      co_await run(connection, "SELECT coalesce(max(version), 0) FROM stele.installed", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet newest, std::move(version));
  co_return newest.value() == std::to_string(kSchemaVersion);
}

Error cannot_install(const Error& cause) {
  Error error = make_error(cause.code, "the schema stele cannot be installed: " + cause.message);
  error.details = cause.details;
  if (is_missing_privilege(cause))
    error.message += " (the role of --postgres needs CREATE on the database, once)";
  return error;
}

net::Task<Result<void>> install_tables(postgres::Connection* connection, TimePoint deadline) {
  for (const std::string_view text : schema_statements()) {
    auto done = co_await connection->query(std::string(text), deadline);
    if (!done) co_return cannot_install(done.error());
  }
  co_return Result<void>();
}

net::Task<Result<std::vector<std::string>>> install_role(postgres::Connection* connection,
                                                         TimePoint deadline) {
  std::vector<std::string> missing;
  for (const std::string_view text : role_statements()) {
    auto savepoint = co_await connection->query("SAVEPOINT role", deadline);
    STELE_CO_RETURN_IF_ERROR(savepoint);
    auto done = co_await connection->query(std::string(text), deadline);
    if (done) continue;
    if (done.error().code != ErrorCode::kDatabase) co_return done.error();
    missing.push_back(fmt::format("role {}: {}; only the owner of the publication stele can publish tables",
                                  kPublishersRole, done.error().message));
    auto back = co_await connection->query("ROLLBACK TO SAVEPOINT role", deadline);
    STELE_CO_RETURN_IF_ERROR(back);
  }
  co_return missing;
}

}  // namespace

net::Task<Result<std::vector<std::string>>> install_schema(postgres::Connection* connection,
                                                           TimePoint deadline) {
  auto begun = co_await connection->query(std::string(kBegin), deadline);
  STELE_CO_RETURN_IF_ERROR(begun);
  auto installed = co_await is_installed(connection, deadline);
  STELE_CO_TRY(const bool there, std::move(installed));
  std::vector<std::string> missing;
  if (!there) {
    auto tables = co_await install_tables(connection, deadline);
    STELE_CO_RETURN_IF_ERROR(tables);
    auto role = co_await install_role(connection, deadline);
    STELE_CO_TRY(missing, std::move(role));
    auto noted = co_await connection->query(
        fmt::format("INSERT INTO stele.installed (version) VALUES ({})", kSchemaVersion), deadline);
    STELE_CO_RETURN_IF_ERROR(noted);
  }
  auto committed = co_await connection->query("COMMIT", deadline);
  STELE_CO_RETURN_IF_ERROR(committed);
  co_return missing;
}

}  // namespace stele::views
