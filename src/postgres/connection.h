#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connect_options.h"
#include "postgres/copy.h"
#include "postgres/exchange.h"
#include "postgres/login.h"
#include "postgres/parameters.h"
#include "postgres/result_set.h"
#include "postgres/row_stream.h"
#include "postgres/statement_cache.h"

namespace stele::postgres {

// How statements that are sent at once belong together.
enum class PipelineMode : std::uint8_t {
  // One Sync at the end: outside of BEGIN one implicit transaction, undone as a whole when one fails; what
  // follows the failed one answers kCancelled, and what came before it did not happen either.
  kOneTransaction,
  // A Sync each: each for itself. Costs a commit each; they do not share one fsync.
  kEach,
};

// What does PostgreSQL answer? One session with a server: the simple and the extended protocol, pipelines,
// COPY, streamed rows, notices and notifications. One request at a time (kFailedPrecondition else); several
// at once go through pipeline(). Threads: the reactor that connected. Lifetime: not destroyed while one of
// its tasks is suspended; a stream of rows or copied data that outlives it answers with an error. Cost: a
// point select by primary key is one frame each way and one allocation for its result. Errors: kDatabase with
// the server's fields (sqlstate, …), after which the session goes on unless is_broken(); kDeadlineExceeded
// after the statement was cancelled at its deadline; kConnectionClosed on a broken session, where nothing is
// known about a statement that was under way; kTooLarge beyond the options' limits. Source: PostgreSQL
// documentation, "Frontend/Backend Protocol".
class Connection {
 public:
  // Errors as log_in().
  static net::Task<Result<std::unique_ptr<Connection>>> connect(ConnectOptions options, TimePoint deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The simple protocol: one or more statements as text, a result for each. On an error only the error.
  net::Task<Result<std::vector<ResultSet>>> query(std::string sql, TimePoint deadline);
  // The extended protocol: one statement with parameters, prepared once and kept.
  net::Task<Result<ResultSet>> execute(Statement statement, TimePoint deadline);
  // Several statements in one round trip, each with its own result. The outer error is the connection's.
  net::Task<Result<std::vector<Result<ResultSet>>>> pipeline(std::vector<Statement> statements,
                                                             PipelineMode mode, TimePoint deadline);
  // One statement whose rows are read as they come; the server waits for a slow reader. `deadline` is for the
  // first answer.
  net::Task<Result<RowStream>> stream_rows(Statement statement, TimePoint deadline);

  // "COPY … FROM STDIN", "COPY … TO STDOUT", "START_REPLICATION …". `deadline` is for the server's agreement.
  net::Task<Result<CopyIn>> copy_in(std::string sql, TimePoint deadline);
  net::Task<Result<CopyOut>> copy_out(std::string sql, TimePoint deadline);
  net::Task<Result<CopyBoth>> copy_both(std::string sql, TimePoint deadline);

  // The next notification of a channel that this session listens to. At most 1,024 wait; more are dropped and
  // counted. kDeadlineExceeded leaves the session as it is.
  net::Task<Result<Notification>> wait_notification(TimePoint deadline);
  std::size_t notifications_dropped() const { return exchange_->notifications_dropped(); }
  void on_notice(std::function<void(const wire::ServerError&)> handler) {
    exchange_->on_notice(std::move(handler));
  }

  // Sends Terminate and closes.
  net::Task<void> close(TimePoint deadline);

  // Closes at once; whoever is suspended in a request of this connection is woken with an error. Idempotent.
  void interrupt(Error reason) { exchange_->break_with(std::move(reason)); }

  // Whether the server is still there, by what has come until now; does not wait.
  net::Task<bool> is_alive() { return exchange_->is_alive(); }
  // A request is under way, or a stream of rows or copied data lives.
  bool is_busy() const { return exchange_->is_busy(); }
  bool is_broken() const { return exchange_->is_broken(); }
  // Why it is broken; kConnectionClosed while it is not.
  Error broken_reason() const;
  wire::TransactionStatus transaction_status() const { return exchange_->transaction_status(); }
  // What the server reports of itself: "server_version", "TimeZone", "in_hot_standby", …; empty if it does
  // not.
  std::string_view parameter(std::string_view name) const { return exchange_->parameter(name); }
  // 150020 for 15.20; 0 if the server does not say.
  int server_version() const;
  std::uint32_t process_id() const { return exchange_->session().process_id; }
  // For another coroutine or reactor: postgres::send_cancel(connection.cancel_target(), …).
  CancelTarget cancel_target() const;
  const ConnectOptions& options() const { return exchange_->options(); }
  std::size_t prepared_statements() const { return cache_.size(); }

 private:
  explicit Connection(std::shared_ptr<Exchange> exchange);

  Result<void> refuse(const std::vector<Statement>& statements) const;
  net::Task<Result<std::vector<Result<ResultSet>>>> run_pipeline(const std::vector<Statement>* statements,
                                                                 PipelineMode mode, TimePoint deadline,
                                                                 bool* stale);
  net::Task<Result<std::unique_ptr<StreamReply>>> begin_copy(std::string sql, wire::CopyDirection direction,
                                                             TimePoint deadline);

  std::shared_ptr<Exchange> exchange_;
  StatementCache cache_;
};

// "15.20 (Debian 15.20-0+deb12u1)" -> 150020, "16beta1" -> 160000, "9.6.24" -> 90624.
int parse_server_version(std::string_view text);

}  // namespace stele::postgres
