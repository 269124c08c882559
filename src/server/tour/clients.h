#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "net/address.h"
#include "net/stream.h"
#include "net/task.h"
#include "postgres/connect_options.h"
#include "postgres/connection.h"
#include "server/tour/expectation.h"
#include "server/tour/level.h"

namespace stele::server {

// Where a node's heads are.
struct TourServers {
  postgres::ConnectOptions sql;
  net::Address redis, elastic, qdrant;  // port 0: not served
  std::string redis_password;
};

// A client of each head: one SQL and one Redis connection, made when they are first needed and anew after an
// error; an HTTP connection a request. Confined to a reactor.
class TourClients {
 public:
  explicit TourClients(TourServers servers) : servers_(std::move(servers)) {}

  net::Task<TourAnswer> ask(const TourStep* step, TimePoint deadline);
  // For what is not a step: the evidence.
  net::Task<Result<postgres::Connection*>> sql(TimePoint deadline);

 private:
  net::Task<TourAnswer> ask_sql(std::string statement, TimePoint deadline);
  net::Task<TourAnswer> ask_redis(std::string line, TimePoint deadline);
  net::Task<TourAnswer> ask_http(net::Address server, std::string request, std::string body,
                                 TimePoint deadline);
  net::Task<Result<void>> connect_redis(TimePoint deadline);
  net::Task<Result<std::string>> exchange_redis(std::string request);

  TourServers servers_;
  std::unique_ptr<postgres::Connection> sql_;
  std::unique_ptr<net::Stream> redis_;
};

}  // namespace stele::server
