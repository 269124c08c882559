#include "server/tour/clients.h"

#include <fmt/format.h>

#include <utility>

#include "net/http/client.h"
#include "server/tour/redis_reply.h"

namespace stele::server {

namespace {

// Rows as psql -At shows them; the command tag where there are no columns.
std::string text_of(const postgres::ResultSet& result) {
  if (result.columns().empty()) return result.tag();
  std::string text;
  for (const postgres::ResultSet::Row row : result) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += '|';
      text += row[i].value_or("");
    }
  }
  return text;
}

TourAnswer failed(const Error& error) {
  return {.text = {}, .status = {}, .failed = error.message};
}

}  // namespace

net::Task<Result<postgres::Connection*>> TourClients::sql(TimePoint deadline) {
  if (sql_ == nullptr || sql_->is_broken()) {
    sql_.reset();
    auto connected = co_await postgres::Connection::connect(servers_.sql, deadline);
    if (!connected) co_return connected.error();
    sql_ = std::move(*connected);
  }
  co_return sql_.get();
}

net::Task<TourAnswer> TourClients::ask_sql(std::string statement, TimePoint deadline) {
  auto connection = co_await sql(deadline);
  if (!connection) co_return failed(connection.error());
  auto results = co_await (*connection)->query(std::move(statement), deadline);
  if (!results) {
    const Error& error = results.error();
    if (error.code != ErrorCode::kDatabase) co_return failed(error);
    co_return TourAnswer{fmt::format("ERROR {}: {}", error.detail("sqlstate"), error.message), {}};
  }
  co_return TourAnswer{results->empty() ? std::string() : text_of(results->back()), {}};
}

net::Task<Result<std::string>> TourClients::exchange_redis(std::string request) {
  redis_->output() += request;
  auto sent = co_await redis_->flush();
  STELE_CO_RETURN_IF_ERROR(sent);
  while (true) {
    STELE_CO_TRY(RedisReply reply, read_redis_reply(redis_->input()));
    if (reply.size > 0) {
      redis_->consume(reply.size);
      co_return std::move(reply.text);
    }
    auto more = co_await redis_->read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
}

net::Task<Result<void>> TourClients::connect_redis(TimePoint deadline) {
  auto connected = co_await net::Stream::connect(servers_.redis, deadline);
  STELE_CO_RETURN_IF_ERROR(connected);
  redis_ = std::move(*connected);
  redis_->set_read_deadline(deadline);
  if (servers_.redis_password.empty()) co_return Result<void>();
  auto answer = co_await exchange_redis(redis_request(fmt::format("AUTH \"{}\"", servers_.redis_password)));
  STELE_CO_RETURN_IF_ERROR(answer);
  if (*answer != "OK") co_return make_error(ErrorCode::kUnauthenticated, *answer);
  co_return Result<void>();
}

net::Task<TourAnswer> TourClients::ask_redis(std::string line, TimePoint deadline) {
  if (redis_ == nullptr) {
    auto connected = co_await connect_redis(deadline);
    if (!connected) {
      redis_.reset();
      co_return failed(connected.error());
    }
  }
  redis_->set_read_deadline(deadline);
  redis_->set_write_deadline(deadline);
  auto answer = co_await exchange_redis(redis_request(line));
  if (!answer) {
    redis_.reset();
    co_return failed(answer.error());
  }
  co_return TourAnswer{std::move(*answer), {}};
}

net::Task<TourAnswer> TourClients::ask_http(net::Address server, std::string request, std::string body,
                                            TimePoint deadline) {
  const std::size_t blank = request.find(' ');
  net::HttpCall call;
  call.method = request.substr(0, blank);
  call.target = blank == std::string::npos ? "/" : request.substr(blank + 1);
  if (!body.empty()) call.headers.add("Content-Type", "application/json");
  call.body = std::move(body);
  auto reply = co_await net::http_call(std::move(server), std::move(call), deadline);
  if (!reply) co_return failed(reply.error());
  co_return TourAnswer{std::move(reply->body), reply->status};
}

net::Task<TourAnswer> TourClients::ask(const TourStep* step, TimePoint deadline) {
  const bool http = step->protocol == TourProtocol::kElastic || step->protocol == TourProtocol::kQdrant;
  const net::Address& server = step->protocol == TourProtocol::kElastic  ? servers_.elastic
                               : step->protocol == TourProtocol::kQdrant ? servers_.qdrant
                                                                         : servers_.redis;
  if (step->protocol != TourProtocol::kSql && server.port == 0)
    co_return TourAnswer{{}, {}, fmt::format("name the node's port: --{}-port", to_string(step->protocol))};
  TourAnswer answer;
  if (http) {
    answer = co_await ask_http(server, step->request, step->body, deadline);
  } else if (step->protocol == TourProtocol::kSql) {
    answer = co_await ask_sql(step->request, deadline);
  } else {
    answer = co_await ask_redis(step->request, deadline);
  }
  co_return answer;
}

}  // namespace stele::server
