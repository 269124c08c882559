#include "server/doctor.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

#include "net/reactor.h"
#include "postgres/connection.h"
#include "server/cli_client.h"
#include "server/doctor_checks.h"

namespace stele::server {

namespace {

constexpr Duration kTimeMax = std::chrono::seconds(30);

TimePoint deadline() {
  return net::Reactor::current()->now() + kTimeMax;
}

void print_finding(std::string_view status, std::string_view name, std::string_view found,
                   std::string_view advice) {
  fmt::print("{:5} {:22} {}\n", status, name, found);
  if (status != "ok") fmt::print("{:28} -> {}\n", "", advice);
}

struct Tally {
  int failed = 0;
  int warned = 0;

  void count(std::string_view status) {
    failed += status == "fail" ? 1 : 0;
    warned += status == "warn" ? 1 : 0;
  }
};

net::Task<void> run_check(postgres::Connection* connection, const DoctorCheck* check, Tally* tally) {
  const auto rows = co_await connection->query(std::string(check->sql), deadline());
  std::string status = "fail";
  std::string found = rows ? "no answer" : rows.error().message;
  if (rows && !rows->empty() && rows->front().size() == 1) {
    status = rows->front().cell(0, 0).value_or("fail");
    found = rows->front().cell(0, 1).value_or("");
  }
  tally->count(status);
  print_finding(status, check->name, found, check->advice);
}

// A pooler in between speaks SQL and no replication: only trying tells.
net::Task<void> check_replication(postgres::ConnectOptions options, Tally* tally) {
  options.replication = "database";
  auto connection = co_await postgres::Connection::connect(std::move(options), deadline());
  std::string found = "a replication connection works";
  std::string status = "ok";
  if (!connection) {
    status = "fail";
    found = connection.error().message;
  } else {
    const auto system = co_await (*connection)->query("IDENTIFY_SYSTEM", deadline());
    if (!system) {
      status = "fail";
      found = system.error().message;
    }
    co_await (*connection)->close(deadline());
  }
  tally->count(status);
  print_finding(status, "replication connection", found,
                "Name the server itself, not a pooler; pg_hba.conf must let the role in for the database.");
}

net::Task<Result<void>> examine(postgres::ConnectOptions options) {
  fmt::print("PostgreSQL at {}\n", options.to_string());
  auto connection = co_await postgres::Connection::connect(options, deadline());
  STELE_CO_RETURN_IF_ERROR(connection);
  Tally tally;
  for (const DoctorCheck& check : doctor_checks()) co_await run_check(connection->get(), &check, &tally);
  co_await (*connection)->close(deadline());
  co_await check_replication(std::move(options), &tally);
  if (tally.failed > 0) {
    co_return make_error(ErrorCode::kFailedPrecondition,
                         fmt::format("{} of the checks failed", tally.failed));
  }
  fmt::print("{}\n", tally.warned > 0 ? "Stele can serve it; see the warnings." : "Stele can serve it.");
  co_return Result<void>();
}

}  // namespace

Result<void> run_doctor(const Configuration& configuration) {
  STELE_TRY(const postgres::ConnectOptions options, sql_options(configuration));
  return run_to_end([&] { return examine(options); });
}

}  // namespace stele::server
