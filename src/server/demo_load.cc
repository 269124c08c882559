#include "server/demo_load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"
#include "postgres/connection.h"
#include "server/cli_client.h"
#include "server/demo/catalogue.h"
#include "server/demo/copy_rows.h"
#include "server/demo/schema.h"

namespace stele::server {

namespace {

constexpr Logger kLog("demo");
constexpr Duration kTimeMax = std::chrono::minutes(10);
constexpr std::string_view kLists = "/var/lib/apt/lists";
// The demo's table is known by the comment that its schema gives it.
constexpr std::string_view kState =
    "SELECT CASE WHEN to_regclass('public.package') IS NULL THEN 'absent'"
    " WHEN obj_description(to_regclass('public.package'), 'pg_class') LIKE 'The newest version of each "
    "package%'"
    " THEN 'loaded' ELSE 'foreign' END";
constexpr std::string_view kPublish =
    "SELECT stele.publish('public.package') WHERE NOT EXISTS (SELECT FROM stele.collection WHERE name = "
    "'package')";

// A catalogue that was loaded before its rows were keys has another replica identity.
constexpr std::string_view kMapKeys = R"sql(DO $$ BEGIN
  IF EXISTS (SELECT FROM stele.key_map WHERE prefix = 'package:') THEN RETURN; END IF;
  CREATE UNIQUE INDEX IF NOT EXISTS package_identity ON public.package (id, name);
  ALTER TABLE public.package REPLICA IDENTITY USING INDEX package_identity;
  PERFORM stele.map_keys('package:', 'public.package', '{"key": "name"}');
END $$)sql";

TimePoint deadline() {
  return net::Reactor::current()->now() + kTimeMax;
}

net::Task<Result<void>> run(postgres::Connection* connection, std::string_view sql) {
  const auto done = co_await connection->query(std::string(sql), deadline());
  STELE_CO_RETURN_IF_ERROR(done);
  co_return Result<void>();
}

net::Task<Result<void>> copy_table(postgres::Connection* connection, const demo::DemoTable* table,
                                   demo::CopyRows* rows) {
  auto copy = co_await connection->copy_in(std::string(table->copy), deadline());
  STELE_CO_RETURN_IF_ERROR(copy);
  while (true) {
    const std::string chunk = rows->next_chunk();
    if (chunk.empty()) break;
    const auto written = co_await copy->write(chunk, deadline());
    if (!written) break;  // finish() tells why
  }
  const auto finished = co_await copy->finish(deadline());
  STELE_CO_RETURN_IF_ERROR(finished);
  co_return Result<void>();
}

net::Task<Result<void>> load_tables(postgres::Connection* connection, const demo::Catalogue* catalogue,
                                    DemoProgress progress) {
  const auto created = co_await run(connection, demo::kCreateTables);
  STELE_CO_RETURN_IF_ERROR(created);
  bool goes_on = true;
  demo::CopyRows rows(*catalogue, 256U << 10, [&](const demo::CopyProgress& at) {
    goes_on &= progress(at.table, static_cast<double>(at.steps_done) / static_cast<double>(at.steps_total));
  });
  while (const demo::DemoTable* table = rows.begin_table()) {
    const auto copied = co_await copy_table(connection, table, &rows);
    STELE_CO_RETURN_IF_ERROR(copied);
    if (!goes_on) co_return make_error(ErrorCode::kCancelled, "given up");
  }
  progress("keys", 1.0);
  const auto constrained = co_await run(connection, demo::kAddConstraints);
  STELE_CO_RETURN_IF_ERROR(constrained);
  co_return Result<void>();
}

net::Task<Result<void>> load_in_transaction(postgres::Connection* connection, DemoProgress progress) {
  auto catalogue = demo::Catalogue::read(kLists);
  STELE_CO_RETURN_IF_ERROR(catalogue);
  const auto begun = co_await run(connection, "BEGIN");
  STELE_CO_RETURN_IF_ERROR(begun);
  auto loaded = co_await load_tables(connection, &*catalogue, std::move(progress));
  const std::string_view end = loaded ? "COMMIT" : "ROLLBACK";
  const auto ended = co_await run(connection, end);
  STELE_CO_RETURN_IF_ERROR(loaded);
  STELE_CO_RETURN_IF_ERROR(ended);
  const auto analyzed = co_await run(connection, "ANALYZE");
  STELE_CO_RETURN_IF_ERROR(analyzed);
  kLog.info("catalogue loaded packages={} duplicates={} broken_stanzas={}", catalogue->packages().size(),
            catalogue->report().duplicates, catalogue->report().broken_stanzas);
  co_return Result<void>();
}

net::Task<Result<void>> load(postgres::Connection* connection, DemoProgress progress) {
  const auto state = co_await connection->query(std::string(kState), deadline());
  STELE_CO_RETURN_IF_ERROR(state);
  const std::string_view found = state->front().value().value_or("");
  if (found == "foreign") {
    co_return make_error(ErrorCode::kAlreadyExists,
                         "this database has a table public.package that is not the demo's: it is left alone");
  }
  if (found == "absent") {
    const auto loaded = co_await load_in_transaction(connection, std::move(progress));
    STELE_CO_RETURN_IF_ERROR(loaded);
  }
  const auto published = co_await run(connection, kPublish);
  STELE_CO_RETURN_IF_ERROR(published);
  const auto mapped = co_await run(connection, kMapKeys);
  co_return mapped;
}

}  // namespace

net::Task<Result<void>> load_demo(postgres::ConnectOptions server, DemoProgress progress) {
  auto connection = co_await postgres::Connection::connect(std::move(server), deadline());
  STELE_CO_RETURN_IF_ERROR(connection);
  auto loaded = co_await load(connection->get(), std::move(progress));
  co_await (*connection)->close(deadline());
  co_return loaded;
}

DemoProgress progress_on_terminal() {
  return [last = -1](std::string_view table, double share) mutable {
    const int percent = static_cast<int>(share * 100);
    const bool terminal = isatty(STDERR_FILENO) == 1;
    if (percent == last || (!terminal && percent % 20 != 0)) return true;
    last = percent;
    const auto filled = static_cast<std::size_t>(percent * 30 / 100);
    fmt::print(stderr, "{}loading the package catalogue [{:<30}] {:3} % {:<12}{}", terminal ? "\r" : "",
               std::string(filled, '#'), percent, table, terminal && percent < 100 ? "" : "\n");
    std::fflush(stderr);
    return true;
  };
}

Result<void> run_demo_load(const Configuration& configuration) {
  STELE_TRY(const postgres::ConnectOptions server, sql_options(configuration));
  return run_to_end([&] { return load_demo(server, progress_on_terminal()); });
}

}  // namespace stele::server
