#include "server/cli_client.h"

#include <fmt/format.h>

#include <utility>

#include "net/reactor.h"

namespace stele::server {

namespace {

net::Task<void> run_and_stop(std::move_only_function<net::Task<Result<void>>()>* make_task,
                             Result<void>* result, net::Reactor* reactor) {
  net::Task<Result<void>> task = (*make_task)();
  *result = co_await std::move(task);
  reactor->stop();
}

}  // namespace

Result<void> run_to_end(std::move_only_function<net::Task<Result<void>>()> make_task) {
  STELE_TRY(const auto reactor, net::Reactor::create());
  Result<void> result;
  reactor->post([&] { net::spawn(run_and_stop(&make_task, &result, reactor.get())); });
  reactor->run();
  return result;
}

Result<postgres::ConnectOptions> sql_options(const Configuration& configuration) {
  if (!configuration.postgres.empty() && configuration.postgres != "off") {
    return postgres::ConnectOptions::parse(configuration.postgres);
  }
  if (!configuration.sql_port) {
    return make_error(ErrorCode::kInvalidArgument, "name the server: --sql-port PORT or --postgres URL");
  }
  return postgres::ConnectOptions::parse(fmt::format("postgres://postgres@{}:{}/postgres?sslmode=prefer",
                                                     configuration.listen, *configuration.sql_port));
}

}  // namespace stele::server
