// What does following a slot cost? Rows and transactions a second, and CPU a row, of our stream (received,
// assembled, every column walked) and of the server's walsender beside it, draining what was written before.
// Starts a private PostgreSQL in a temporary directory.
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/private_server.h"
#include "postgres/replication/stream.h"

namespace {

using namespace stele;
using namespace stele::postgres;

constexpr Duration kLimit = std::chrono::minutes(10);

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double process_cpu_seconds(std::uint32_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void fail(const Error& error) {
  fmt::print(stderr, "{}\n", error.to_string());
  std::exit(1);
}

net::Task<std::string> ask(Connection* connection, std::string sql) {
  auto results = co_await connection->query(std::move(sql), net::Reactor::current()->now() + kLimit);
  if (!results.has_value()) fail(results.error());
  co_return results->empty() ? std::string() : std::string(results->back().value().value_or(""));
}

struct Workload {
  std::string name;
  std::vector<std::string> statements;
  bool binary = false;
  bool streaming = true;
  std::size_t memory_bytes_max = AssemblerLimits{}.memory_bytes_max;
};

struct Totals {
  std::size_t rows = 0;
  std::size_t transactions = 0;
  std::size_t bytes = 0;
};

void walk(Transaction& transaction, Totals& totals) {
  ++totals.transactions;
  while (true) {
    const auto batch = transaction.next_batch();
    if (!batch.has_value()) fail(batch.error());
    if (batch->empty()) return;
    for (const Change& change : *batch) {
      if (change.kind == ChangeKind::kRelation) continue;
      ++totals.rows;
      for (const ColumnValue column : change.row) totals.bytes += column.bytes.size();
    }
  }
}

net::Task<void> run_workload(const PrivateServer* server, Workload workload) {
  const ConnectOptions options = server->connect_options();
  auto* const reactor = net::Reactor::current();
  auto sql = co_await Connection::connect(options, reactor->now() + kLimit);
  if (!sql.has_value()) fail(sql.error());
  StreamOptions stream_options;
  stream_options.connect = options;
  stream_options.slot = "bench";
  stream_options.pgoutput.publications = {"bench"};
  stream_options.pgoutput.binary = workload.binary;
  stream_options.pgoutput.streaming = workload.streaming;
  stream_options.limits.memory_bytes_max = workload.memory_bytes_max;
  stream_options.spools = temporary_file_spools("/tmp", 4ULL << 30);
  auto opened = co_await ReplicationStream::create(stream_options, false, SnapshotAction::kNothing,
                                                   reactor->now() + kLimit);
  if (!opened.has_value()) fail(opened.error());
  for (const std::string& statement : workload.statements) {
    auto done = co_await ask(sql->get(), statement);
  }
  auto text = co_await ask(sql->get(), "SELECT pg_current_wal_flush_lsn()");
  const Lsn end = *Lsn::parse(text);

  ReplicationStream& stream = **opened;
  const auto begin = std::chrono::steady_clock::now();
  const double cpu = thread_cpu_seconds();
  const double sender_cpu = process_cpu_seconds(stream.walsender_pid());
  Totals totals;
  while (stream.delivered() < end) {
    auto event = co_await stream.next();
    if (!event.has_value()) fail(event.error());
    if (const auto* lost = std::get_if<Lost>(&*event)) fail(lost->reason);
    auto* const transaction = std::get_if<std::unique_ptr<Transaction>>(&*event);
    if (transaction == nullptr) continue;
    walk(**transaction, totals);
  }
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto rows = static_cast<double>(totals.rows);
  fmt::print("{:<36} {:>8} rows {:>7} txn {:>8.0f} rows/s  ours {:>5.2f} us/row  walsender {:>5.2f} us/row\n",
             workload.name, totals.rows, totals.transactions, rows / wall,
             (thread_cpu_seconds() - cpu) / rows * 1e6,
             (process_cpu_seconds(stream.walsender_pid()) - sender_cpu) / rows * 1e6);
  (void)std::fflush(stdout);
}

net::Task<void> run_all(const PrivateServer* server) {
  auto sql = co_await Connection::connect(server->connect_options(), net::Reactor::current()->now() + kLimit);
  if (!sql.has_value()) fail(sql.error());
  auto done =
      co_await ask(sql->get(),
                   "DROP TABLE IF EXISTS small; DROP PUBLICATION IF EXISTS bench;"
                   "CREATE TABLE small(id bigint PRIMARY KEY, a int, b int, c text, d text, e bool, f float8,"
                   " g timestamptz, h numeric, i text); CREATE PUBLICATION bench FOR TABLE small");
  const std::string rows =
      "INSERT INTO small SELECT g, g % 1000, g % 77, 'name ' || g, md5(g::text), g % 2 = 0, g / 7.0, now(),"
      " g * 1.01, 'kind' || g % 10 FROM generate_series({}, {}) g";
  const std::vector<std::string> million{"TRUNCATE small", fmt::format(fmt::runtime(rows), 1, 1'000'000)};
  const std::vector<std::string> singles{
      "SET synchronous_commit = off",
      "DO $$ BEGIN FOR n IN 1..100000 LOOP UPDATE small SET a = a + 1 WHERE id = n; COMMIT; END LOOP; END $$",
      "SET synchronous_commit = on", "SELECT pg_logical_emit_message(true, 'bench', 'x')"};
  const Workload workloads[] = {
      {"1M rows, one txn, v2 text", million},
      {"1M rows, one txn, v2 binary", million, true},
      {"1M rows, one txn, not streamed", million, false, false},
      {"100k single-row txns, text", singles},
      {"100k single-row txns, binary", singles, true},
      {"1M rows, one txn, v2 text, in memory", million, false, true, 1U << 30},
  };
  for (const Workload& workload : workloads) co_await run_workload(server, workload);
  net::Reactor::current()->stop();
}

}  // namespace

int main() {
  char directory[] = "/tmp/stele-bench-XXXXXX";
  if (::mkdtemp(directory) == nullptr) return 1;
  ::chmod(directory, 0755);
  PrivateServerOptions options;
  options.directory = std::string(directory) + "/server";
  auto server = PrivateServer::start(options);
  if (!server.has_value()) fail(server.error());
  auto reactor = net::Reactor::create();
  if (!reactor.has_value()) fail(reactor.error());
  (*reactor)->spawn(run_all(server->get()));
  (*reactor)->run();
  server->reset();
  std::filesystem::remove_all(directory);
  return 0;
}
