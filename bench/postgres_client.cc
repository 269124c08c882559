// What does the client cost? A point select by primary key, a pipeline of 100 upserts of 1 KB documents in
// one transaction, COPY both ways, against a private server on a Unix socket. Prints one line a figure;
// compare with the same by libpq in the design's notes.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/check.h"
#include "net/reactor.h"
#include "postgres/connection.h"
#include "postgres/private_server.h"

namespace stele::postgres {
namespace {

constexpr int kDocuments = 10'000;
constexpr int kSelects = 30'000;
constexpr int kPipelines = 200;
constexpr int kCopyRows = 1'000'000;

double own_cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1e6 + time.tv_usec; };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

net::Task<void> must(Connection* connection, std::string sql) {
  auto done = co_await connection->query(std::move(sql), kNoDeadline);
  STELE_CHECK_MESSAGE(done.has_value(), done ? std::string() : done.error().to_string());
}

net::Task<void> measure_select(Connection* connection, std::string name, std::string sql, bool by_id) {
  std::vector<double> times;
  times.reserve(kSelects);
  const double cpu = own_cpu_us();
  for (int i = 0; i < kSelects; ++i) {
    Statement statement{sql, {}};
    if (by_id) statement.parameters.int32((i * 7919) % kDocuments);
    const double begun = now_us();
    auto row = co_await connection->execute(std::move(statement), kNoDeadline);
    times.push_back(now_us() - begun);
    STELE_CHECK(row.has_value() && row->size() == 1);
  }
  const double cpu_each = (own_cpu_us() - cpu) / kSelects;
  std::ranges::sort(times);
  fmt::print("{:<28} p50 {:6.1f} us  p90 {:6.1f} us  p99 {:6.1f} us  client cpu {:5.2f} us\n", name,
             times[kSelects / 2], times[kSelects * 9 / 10], times[kSelects * 99 / 100], cpu_each);
}

net::Task<void> measure_pipeline(Connection* connection, std::string name, PipelineMode mode, int pipelines) {
  const std::string document(1000, 'd');
  const double begun = now_us();
  const double cpu = own_cpu_us();
  for (int p = 0; p < pipelines; ++p) {
    std::vector<Statement> statements;
    statements.reserve(100);
    for (int i = 0; i < 100; ++i) {
      statements.push_back(
          {"insert into doc values ($1, $2) on conflict (id) do update set body = excluded.body",
           Parameters().int32((p * 100 + i) % kDocuments).text(document)});
    }
    auto results = co_await connection->pipeline(std::move(statements), mode, kNoDeadline);
    STELE_CHECK(results.has_value() && results->back().has_value());
  }
  const double upserts = 100.0 * pipelines;
  fmt::print("{:<28} {:8.0f} upserts/s  client cpu {:5.2f} us each\n", name,
             upserts / (now_us() - begun) * 1e6, (own_cpu_us() - cpu) / upserts);
}

net::Task<void> measure_copy(Connection* connection) {
  co_await must(connection, "create unlogged table copied (id int, body text)");
  double begun = now_us();
  double cpu = own_cpu_us();
  {
    auto in = co_await connection->copy_in("copy copied from stdin", kNoDeadline);
    STELE_CHECK(in.has_value());
    std::string lines;
    for (int i = 0; i < kCopyRows; ++i) {
      fmt::format_to(std::back_inserter(lines), "{}\trow number {} of many\n", i, i);
      if (lines.size() < 60'000 && i + 1 < kCopyRows) continue;
      auto written = co_await in->write(lines, kNoDeadline);
      STELE_CHECK(written.has_value());
      lines.clear();
    }
    auto copied = co_await in->finish(kNoDeadline);
    STELE_CHECK(copied.has_value() && *copied == kCopyRows);
  }
  fmt::print("{:<28} {:8.0f} rows/s  client cpu {:5.2f} us each\n", "copy in",
             kCopyRows / (now_us() - begun) * 1e6, (own_cpu_us() - cpu) / kCopyRows);
  begun = now_us();
  cpu = own_cpu_us();
  auto out = co_await connection->copy_out("copy copied to stdout", kNoDeadline);
  STELE_CHECK(out.has_value());
  int rows = 0;
  while (true) {
    auto chunks = co_await out->next(kNoDeadline);
    STELE_CHECK(chunks.has_value());
    if (chunks->empty()) break;
    rows += static_cast<int>(chunks->size());
  }
  STELE_CHECK(rows == kCopyRows);
  fmt::print("{:<28} {:8.0f} rows/s  client cpu {:5.2f} us each\n", "copy out",
             kCopyRows / (now_us() - begun) * 1e6, (own_cpu_us() - cpu) / kCopyRows);
}

net::Task<void> measure(const PrivateServer* server, net::Reactor* reactor) {
  auto connected = co_await Connection::connect(server->connect_options(), kNoDeadline);
  STELE_CHECK(connected.has_value());
  Connection* connection = connected->get();
  co_await must(connection,
                fmt::format("create table doc (id int primary key, body text);"
                            "insert into doc select i, repeat('x', 1000) from generate_series(0, {}) i;"
                            "analyze doc",
                            kDocuments - 1));
  co_await measure_select(connection, "point select by id", "select body from doc where id = $1", true);
  co_await measure_select(connection, "select 1", "select 1", false);
  co_await measure_pipeline(connection, "pipeline 100, commit on", PipelineMode::kOneTransaction, kPipelines);
  co_await measure_pipeline(connection, "own commit each, on", PipelineMode::kEach, 10);
  co_await must(connection, "set synchronous_commit = off");
  co_await measure_pipeline(connection, "pipeline 100, commit off", PipelineMode::kOneTransaction,
                            kPipelines);
  co_await measure_copy(connection);
  co_await connection->close(kNoDeadline);
  reactor->stop();
}

int run() {
  std::string directory = "/tmp/stele-bench-XXXXXX";
  STELE_CHECK(mkdtemp(directory.data()) != nullptr);
  std::filesystem::permissions(directory, std::filesystem::perms(0755));
  PrivateServerOptions options;
  options.directory = directory + "/postgres";
  options.settings.shared_buffers_bytes = 512U << 20;
  auto server = PrivateServer::start(options);
  STELE_CHECK_MESSAGE(server.has_value(), server ? std::string() : server.error().to_string());
  auto reactor = net::Reactor::create();
  STELE_CHECK(reactor.has_value());
  (*reactor)->spawn(measure(server->get(), reactor->get()));
  (*reactor)->run();
  server->reset();
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace stele::postgres

int main() {
  return stele::postgres::run();
}
