#include "postgres/connection.h"

#include <fmt/format.h>

#include <charconv>

#include "base/check.h"
#include "base/log.h"
#include "postgres/reply.h"
#include "postgres/wire/frontend.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("postgres");
constexpr std::size_t kParametersMax = 65'535;

// Ends the request at every way out of a coroutine.
struct RequestEnd {
  explicit RequestEnd(Exchange* exchange_in) : exchange(exchange_in) {}
  ~RequestEnd() { exchange->end(); }
  RequestEnd(const RequestEnd&) = delete;
  RequestEnd& operator=(const RequestEnd&) = delete;
  Exchange* exchange;
};

Error nul_in_text() {
  return make_error(ErrorCode::kInvalidArgument, "a statement contains a NUL");
}

void append_statement(std::string& out, PreparedStatement& prepared, const Statement& statement) {
  if (!prepared.parse_sent) {
    prepared.parse_sent = true;
    wire::append_parse(out, prepared.name, statement.sql, statement.parameters.types());
    wire::append(out, wire::Describe{wire::Target::kStatement, prepared.name});
  }
  wire::append_bind_encoded(out, {}, prepared.name, statement.parameters.formats(),
                            statement.parameters.cells(), statement.result_format);
  wire::append(out, wire::Execute{});
}

std::size_t append_closes(std::string& out, StatementCache& cache) {
  const std::size_t count = cache.to_close().size();
  for (const std::string& name : cache.to_close()) {
    wire::append(out, wire::Close{wire::Target::kStatement, name});
  }
  cache.to_close().clear();
  return count;
}

}  // namespace

int parse_server_version(std::string_view text) {
  int parts[3] = {0, 0, 0};
  int count = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  while (count < 3) {
    const auto [after, error] = std::from_chars(at, end, parts[count]);
    if (error != std::errc()) break;
    ++count;
    if (after == end || *after != '.') break;
    at = after + 1;
  }
  if (count == 0) return 0;
  if (parts[0] >= 10) return parts[0] * 10'000 + parts[1];
  return parts[0] * 10'000 + parts[1] * 100 + parts[2];
}

Connection::Connection(std::shared_ptr<Exchange> exchange)
    : exchange_(std::move(exchange)), cache_(exchange_->options().statements_max) {
  on_notice([](const wire::ServerError& notice) {
    kLog.debug("notice sqlstate={} message={}", notice.sqlstate(), notice.message());
  });
}

Connection::~Connection() {
  (void)exchange_->break_with(make_error(ErrorCode::kCancelled, "the connection was given up"));
}

net::Task<Result<std::unique_ptr<Connection>>> Connection::connect(ConnectOptions options,
                                                                   TimePoint deadline) {
  auto session = co_await log_in(options, deadline);
  if (!session) co_return std::move(session).error();
  auto exchange = std::make_shared<Exchange>(std::move(options), *std::move(session));
  co_return std::unique_ptr<Connection>(new Connection(std::move(exchange)));
}

Error Connection::broken_reason() const {
  if (exchange_->broken()) return *exchange_->broken();
  return make_error(ErrorCode::kConnectionClosed, "not broken");
}

int Connection::server_version() const {
  return parse_server_version(parameter("server_version"));
}

CancelTarget Connection::cancel_target() const {
  return postgres::cancel_target(exchange_->options(), exchange_->session());
}

net::Task<Result<std::vector<ResultSet>>> Connection::query(std::string sql, TimePoint deadline) {
  if (sql.find('\0') != std::string::npos) co_return nul_in_text();
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  const RequestEnd end(exchange_.get());
  SimpleReply reply(exchange_->options().result_bytes_max);
  wire::append(exchange_->output(), wire::Query{sql});
  auto ran = co_await exchange_->run(&reply, 1, deadline);
  if (!ran) co_return std::move(ran).error();
  auto results = reply.take();
  if (results) {
    for (const ResultSet& result : *results) {
      if (result.tag() == "DISCARD ALL" || result.tag() == "DEALLOCATE ALL") cache_.clear();
    }
  }
  co_return std::move(results);
}

Result<void> Connection::refuse(const std::vector<Statement>& statements) const {
  std::size_t bytes = 0;
  for (const Statement& statement : statements) {
    bytes += statement.sql.size() + statement.parameters.byte_size() + 64;
    if (statement.sql.find('\0') != std::string::npos) return nul_in_text();
    if (statement.parameters.size() > kParametersMax) {
      return make_error(ErrorCode::kTooLarge, fmt::format("{} parameters are above the limit of {}",
                                                          statement.parameters.size(), kParametersMax));
    }
  }
  const std::size_t limit = exchange_->options().request_bytes_max;
  if (bytes > limit) {
    return make_error(ErrorCode::kTooLarge,
                      fmt::format("request of {} bytes is above the limit of {}", bytes, limit))
        .with("limit", std::to_string(limit));
  }
  return {};
}

net::Task<Result<std::vector<Result<ResultSet>>>> Connection::run_pipeline(
    const std::vector<Statement>* statements, PipelineMode mode, TimePoint deadline, bool* stale) {
  PipelineReply reply(exchange_->options().result_bytes_max, &cache_);
  std::string& out = exchange_->output();
  int syncs = 0;
  // Names that were pushed out by earlier requests are closed first: nothing can fail before them.
  reply.expect_closed(append_closes(out, cache_));
  for (const Statement& statement : *statements) {
    auto prepared = cache_.get(statement);
    append_statement(out, *prepared, statement);
    if (!statement.keep) cache_.forget(*prepared, true);
    reply.expect(std::move(prepared), statement.result_format);
    if (mode == PipelineMode::kOneTransaction && &statement != &statements->back()) continue;
    wire::append(out, wire::Sync{});
    reply.expect_sync();
    ++syncs;
  }
  auto ran = co_await exchange_->run(&reply, syncs, deadline);
  auto results = reply.take();
  *stale = reply.stale();
  if (ran) co_return std::move(results);
  // Cancelled at the deadline: those that had their answer before keep it.
  if (exchange_->is_broken() || ran.error().code != ErrorCode::kDeadlineExceeded)
    co_return std::move(ran).error();
  for (auto& result : results) {
    if (!result && result.error().detail("sqlstate") == wire::sqlstate::kQueryCanceled) result = ran.error();
  }
  co_return std::move(results);
}

net::Task<Result<std::vector<Result<ResultSet>>>> Connection::pipeline(std::vector<Statement> statements,
                                                                       PipelineMode mode,
                                                                       TimePoint deadline) {
  if (statements.empty()) co_return std::vector<Result<ResultSet>>();
  STELE_CO_RETURN_IF_ERROR(refuse(statements));
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  const RequestEnd end(exchange_.get());
  bool stale = false;
  co_return co_await run_pipeline(&statements, mode, deadline, &stale);
}

net::Task<Result<ResultSet>> Connection::execute(Statement statement, TimePoint deadline) {
  std::vector<Statement> statements;
  statements.push_back(std::move(statement));
  STELE_CO_RETURN_IF_ERROR(refuse(statements));
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  const RequestEnd end(exchange_.get());
  for (int attempt = 0;; ++attempt) {
    bool stale = false;
    auto results = co_await run_pipeline(&statements, PipelineMode::kOneTransaction, deadline, &stale);
    if (!results) co_return std::move(results).error();
    // The table has changed since it was prepared. Outside of a transaction nothing has happened: prepare
    // anew.
    if (stale && attempt == 0 && transaction_status() == wire::TransactionStatus::kIdle) continue;
    co_return std::move(results->front());
  }
}

net::Task<Result<Notification>> Connection::wait_notification(TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(exchange_->begin());
  const RequestEnd end(exchange_.get());
  co_return co_await exchange_->wait_notification(deadline);
}

net::Task<void> Connection::close(TimePoint deadline) {
  if (exchange_->is_broken()) co_return;
  wire::append(exchange_->output(), wire::Terminate{});
  exchange_->stream().set_write_deadline(deadline);
  auto sent = co_await exchange_->stream().drain();
  if (!sent) kLog.debug("terminate not sent reason={}", sent.error().message);
  (void)exchange_->break_with(make_error(ErrorCode::kConnectionClosed, "closed by us"));
}

}  // namespace stele::postgres
