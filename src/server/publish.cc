#include "server/publish.h"

#include <fmt/format.h>

#include <utility>

#include "net/reactor.h"
#include "server/cli_client.h"

namespace stele::server {

namespace {

constexpr Duration kTimeMax = std::chrono::minutes(5);

net::Task<Result<void>> publish_table(postgres::ConnectOptions server, std::string table,
                                      std::string options) {
  const TimePoint deadline = net::Reactor::current()->now() + kTimeMax;
  auto connection = co_await postgres::Connection::connect(std::move(server), deadline);
  STELE_CO_RETURN_IF_ERROR(connection);
  postgres::Statement statement;
  statement.sql = "SELECT stele.publish($1, $2::jsonb)";
  statement.parameters.text(table).text(options);
  const auto published = co_await (*connection)->execute(std::move(statement), deadline);
  co_await (*connection)->close(deadline);
  STELE_CO_RETURN_IF_ERROR(published);
  fmt::print("{} is published as \"{}\"\n", table, published->value().value_or(table));
  co_return Result<void>();
}

}  // namespace

Result<void> run_publish(const Configuration& configuration, const std::string& table,
                         const std::string& options) {
  STELE_TRY(const postgres::ConnectOptions server, sql_options(configuration));
  return run_to_end([&] { return publish_table(server, table, options); });
}

}  // namespace stele::server
