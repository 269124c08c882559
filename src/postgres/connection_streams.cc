#include <fmt/format.h>

#include "postgres/connection.h"
#include "postgres/reply.h"
#include "postgres/wire/frontend.h"

// The requests of a Connection whose data is read or written as it comes.
namespace stele::postgres {

net::Task<Result<RowStream>> Connection::stream_rows(Statement statement, TimePoint deadline) {
  if (statement.sql.find('\0') != std::string::npos) {
    co_return make_error(ErrorCode::kInvalidArgument, "a statement contains a NUL");
  }
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  ExchangeLease lease(exchange_);
  auto reply = std::make_unique<StreamReply>();
  std::string& out = exchange_->output();
  wire::append_parse(out, {}, statement.sql, statement.parameters.types());
  wire::append_bind_encoded(out, {}, {}, statement.parameters.formats(), statement.parameters.cells(),
                            statement.result_format);
  wire::append(out, wire::Describe{wire::Target::kPortal, {}});
  wire::append(out, wire::Execute{});
  wire::append(out, wire::Sync{});
  StreamReply* raw = reply.get();
  // Columns, or ReadyForQuery after an error.
  auto begun = co_await exchange_->run_while([raw] { return !raw->columns; }, raw, deadline);
  if (!begun) co_return std::move(begun).error();
  if (reply->error()) co_return *reply->error();
  if (!reply->columns)
    co_return exchange_->break_with(make_error(ErrorCode::kProtocol, "no row description"));
  co_return RowStream(std::move(lease), std::move(reply));
}

net::Task<Result<std::unique_ptr<StreamReply>>> Connection::begin_copy(std::string sql,
                                                                       wire::CopyDirection direction,
                                                                       TimePoint deadline) {
  if (sql.find('\0') != std::string::npos) {
    co_return make_error(ErrorCode::kInvalidArgument, "a statement contains a NUL");
  }
  auto reply = std::make_unique<StreamReply>();
  StreamReply* raw = reply.get();
  wire::append(exchange_->output(), wire::Query{sql});
  auto begun = co_await exchange_->run_while([raw] { return !raw->copy_direction; }, raw, deadline);
  if (!begun) co_return std::move(begun).error();
  if (exchange_->at_ready()) {
    if (reply->error()) co_return *reply->error();
    co_return make_error(ErrorCode::kInvalidArgument, "the statement does not copy from or to the client");
  }
  if (*reply->copy_direction != direction) {
    co_return exchange_->break_with(make_error(
        ErrorCode::kInvalidArgument, "the statement copies in another direction than was asked for"));
  }
  co_return std::move(reply);
}

net::Task<Result<CopyIn>> Connection::copy_in(std::string sql, TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  ExchangeLease lease(exchange_);
  auto reply = co_await begin_copy(std::move(sql), wire::CopyDirection::kIn, deadline);
  if (!reply) co_return std::move(reply).error();
  co_return CopyIn(std::move(lease), *std::move(reply));
}

net::Task<Result<CopyOut>> Connection::copy_out(std::string sql, TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  ExchangeLease lease(exchange_);
  auto reply = co_await begin_copy(std::move(sql), wire::CopyDirection::kOut, deadline);
  if (!reply) co_return std::move(reply).error();
  co_return CopyOut(std::move(lease), *std::move(reply));
}

net::Task<Result<CopyBoth>> Connection::copy_both(std::string sql, TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  ExchangeLease lease(exchange_);
  auto reply = co_await begin_copy(std::move(sql), wire::CopyDirection::kBoth, deadline);
  if (!reply) co_return std::move(reply).error();
  co_return CopyBoth(std::move(lease), *std::move(reply));
}

}  // namespace stele::postgres
