#include "views/writer/write_transaction.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"
#include "postgres/replication/slot.h"
#include "views/writer/statements.h"

namespace stele::views {
namespace {

constexpr Logger kLog("writer");

bool server_is_gone(const postgres::Connection& connection, const Error& error) {
  return connection.is_broken() || error.code == ErrorCode::kConnectionClosed;
}

// The first error that is not the consequence of another.
std::optional<Error> first_error(const std::vector<Result<postgres::ResultSet>>& results) {
  std::optional<Error> found;
  for (const Result<postgres::ResultSet>& result : results)
    if (!result && (!found || found->code == ErrorCode::kCancelled)) found = result.error();
  return found;
}

std::unique_ptr<BatchStatements> statements_for(const std::vector<const DocumentWrite*>& writes) {
  switch (writes[0]->target->kind) {
    case CollectionKind::kElastic:
      return elastic_statements(writes);
    case CollectionKind::kQdrant:
      return point_statements(writes);
    case CollectionKind::kPublished:
      break;
  }
  return table_statements(writes);
}

// The transaction's statements up to, but without, COMMIT.
struct Opened {
  std::string xid;
};

net::Task<Result<Opened>> open_and_write(postgres::Connection* connection, const TransactionScope* scope,
                                         BatchStatements* batch, WriteNumber number, bool begun) {
  std::vector<postgres::Statement> statements;
  if (!begun) statements.push_back(plain("BEGIN"));
  if (!begun && !scope->role.empty()) {
    statements.push_back(plain("SET LOCAL ROLE " + postgres::quote_identifier(scope->role)));
    statements.back().keep = false;
  }
  postgres::Statement message =
      plain("SELECT pg_current_xact_id()::text, pg_logical_emit_message(true, 'stele', $1::text)");
  message.parameters.text(scope->freshness->message(number));
  statements.push_back(std::move(message));
  const std::size_t before = statements.size();
  for (postgres::Statement& statement : batch->statements()) statements.push_back(std::move(statement));
  auto sent = co_await connection->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction,
                                            scope->deadline);
  if (!sent) co_return sent.error();
  if (const std::optional<Error> error = first_error(*sent)) co_return *error;
  Opened opened;
  opened.xid = std::string((*sent)[before - 1]->value().value_or(""));
  std::vector<postgres::ResultSet> results;
  for (std::size_t i = before; i < sent->size(); ++i) results.push_back(*std::move((*sent)[i]));
  STELE_CO_RETURN_IF_ERROR(batch->read(results));
  co_return opened;
}

net::Task<Result<void>> commit(postgres::Connection* connection, BatchStatements* batch, TimePoint deadline) {
  std::vector<postgres::Statement> statements;
  const std::optional<postgres::Statement> inquiry = batch->inquiry();
  if (inquiry) statements.push_back(*inquiry);
  statements.push_back(plain("COMMIT"));
  auto sent =
      co_await connection->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction, deadline);
  if (!sent) co_return sent.error();
  if (const std::optional<Error> error = first_error(*sent)) co_return *error;
  if (inquiry) batch->read_inquiry(*sent->front());
  co_return Result<void>();
}

}  // namespace

net::Task<Result<bool>> resolve_outcome(postgres::Pool* pool, std::string xid, TimePoint deadline) {
  net::Reactor* reactor = net::Reactor::current();
  Error last = make_error(ErrorCode::kUnavailable, "the server does not answer");
  while (reactor->now() < deadline) {
    auto lease = co_await pool->acquire(deadline);
    if (lease) {
      postgres::Statement ask = plain("SELECT pg_xact_status($1::text::xid8)");
      ask.parameters.text(xid);
      auto answer = co_await (*lease)->execute(std::move(ask), deadline);
      if (answer) {
        const std::string status(answer->value().value_or(""));
        if (status == "committed") co_return true;
        if (status == "aborted") co_return false;
        if (status.empty())
          co_return make_error(ErrorCode::kUnknownOutcome, "the transaction is too old to ask for");
      } else {
        last = answer.error();
      }
    } else {
      last = lease.error();
      if (last.code == ErrorCode::kCancelled) break;
    }
    co_await reactor->sleep_for(std::chrono::milliseconds(20));
  }
  co_return make_error(ErrorCode::kUnknownOutcome,
                       "the connection was lost while transaction " + xid +
                           " was committed, and PostgreSQL does not say what became of it: " + last.message);
}

net::Task<Result<std::optional<Lsn>>> settle(TransactionScope scope, std::string xid, WriteNumber number,
                                             TimePoint deadline) {
  auto committed = co_await resolve_outcome(scope.pool, xid, deadline);
  if (!committed || !*committed) {
    scope.freshness->forget_write(number);
    if (!committed) co_return committed.error();
    co_return std::nullopt;
  }
  // It has committed: however long the server took to say so, its message gets its own time.
  const TimePoint until = net::Reactor::current()->now() + scope.settle_timeout;
  auto came_back = co_await scope.freshness->wait_write(number, until);
  if (came_back) co_return *came_back;
  co_return make_error(ErrorCode::kUnknownOutcome,
                       "the connection was lost while transaction " + xid +
                           " was committed, and its message has not come back: " + came_back.error().message);
}

net::Task<Result<CommittedWrites>> write_transaction(TransactionScope scope,
                                                     std::vector<const DocumentWrite*> writes) {
  auto lease = co_await scope.pool->acquire(scope.deadline);
  if (!lease) co_return lease.error();
  auto written = co_await write_on(scope, &*lease, std::move(writes), false);
  co_return written;
}

net::Task<Result<CommittedWrites>> write_on(TransactionScope scope, postgres::Lease* lease,
                                            std::vector<const DocumentWrite*> writes, bool begun) {
  const std::unique_ptr<BatchStatements> batch = statements_for(writes);
  postgres::Connection* connection = &**lease;
  const WriteNumber number = scope.freshness->begin_write();
  auto opened = co_await open_and_write(connection, &scope, batch.get(), number, begun);
  if (!opened) {
    scope.freshness->forget_write(number);
    // COMMIT was not sent: whatever happened, nothing was written.
    if (server_is_gone(*connection, opened.error()))
      co_return make_error(ErrorCode::kUnavailable, "PostgreSQL went away: " + opened.error().message);
    co_return opened.error();
  }
  CommittedWrites result;
  auto committed = co_await commit(connection, batch.get(), scope.deadline);
  if (!committed) {
    if (!server_is_gone(*connection, committed.error())) {
      scope.freshness->forget_write(number);
      co_return committed.error();
    }
    lease->give_up();
    kLog.warn("connection lost while committing xid={}", opened->xid);
    const TimePoint until = std::max(scope.deadline, net::Reactor::current()->now() + scope.settle_timeout);
    auto settled = co_await settle(scope, opened->xid, number, until);
    if (!settled) co_return settled.error();
    if (!*settled)
      co_return make_error(ErrorCode::kUnavailable, "PostgreSQL went away and rolled the transaction back");
    result.visible = **settled;
  }
  result.number = number;
  result.outcomes = batch->take_outcomes();
  co_return result;
}

}  // namespace stele::views
