#include "protocols/sql/commit_position.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "net/event.h"
#include "net/reactor.h"
#include "postgres/connection.h"

namespace stele::sql {

namespace {

constexpr Logger kLog("sql");

constexpr std::uint64_t kPageBytes = 8192;       // XLOG_BLCKSZ
constexpr std::uint64_t kShortHeaderBytes = 24;  // SizeOfXLogShortPHD
constexpr std::uint64_t kLongHeaderBytes = 40;   // SizeOfXLogLongPHD, on a segment's first page
constexpr Duration kQuestionTimeMax = std::chrono::seconds(1);
constexpr Duration kDefaultsPeriod = std::chrono::seconds(1);

constexpr std::string_view kAsk = "SELECT pg_current_wal_flush_lsn(), pg_current_wal_insert_lsn()";
constexpr std::string_view kPush =
    "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'stele', ''); RESET "
    "synchronous_commit";
constexpr std::string_view kDefaults =
    "SELECT current_setting('synchronous_commit') = 'off' OR EXISTS (SELECT FROM pg_db_role_setting,"
    " unnest(setconfig) AS entry WHERE entry LIKE 'synchronous\\_commit=%')";

struct Answer {
  Lsn flush;
  Lsn insert;
};

// All who asked while the question before was under way.
struct Question {
  bool push = false;
  Result<Answer> answer = make_error(ErrorCode::kCancelled, "the node stops");
  net::Event answered;
};

Result<Answer> read_answer(const postgres::ResultSet& rows) {
  if (rows.empty() || rows.columns().size() != 2)
    return make_error(ErrorCode::kProtocol, "no position came back");
  STELE_TRY(const Lsn flush, Lsn::parse(rows.cell(0, 0).value_or("")));
  STELE_TRY(const Lsn insert, Lsn::parse(rows.cell(0, 1).value_or("")));
  return Answer{flush, insert};
}

}  // namespace

struct CommitPosition::State {
  explicit State(postgres::ConnectOptions options) : server(std::move(options)) {}

  postgres::ConnectOptions server;
  std::unique_ptr<postgres::Connection> connection;
  std::shared_ptr<Question> next;
  bool asking = false;
  bool stopped = false;
  net::Event idle;
  TimePoint defaults_read{};
  bool asynchronous_default = false;

  static net::Task<Result<void>> connect(std::shared_ptr<State> state, TimePoint deadline) {
    if (state->connection && !state->connection->is_broken()) co_return Result<void>();
    state->connection.reset();
    auto connected = co_await postgres::Connection::connect(state->server, deadline);
    STELE_CO_RETURN_IF_ERROR(connected);
    state->connection = *std::move(connected);
    co_return Result<void>();
  }

  static net::Task<void> read_defaults(std::shared_ptr<State> state, TimePoint deadline) {
    const TimePoint now = net::Reactor::current()->now();
    if (state->defaults_read != TimePoint{} && now - state->defaults_read < kDefaultsPeriod) co_return;
    const auto rows = co_await state->connection->query(std::string(kDefaults), deadline);
    if (!rows || rows->empty()) co_return;
    state->defaults_read = now;
    state->asynchronous_default = rows->front().value() == "t";
  }

  static net::Task<Result<Answer>> ask_once(std::shared_ptr<State> state, bool push, TimePoint deadline) {
    const auto connected = co_await connect(state, deadline);
    STELE_CO_RETURN_IF_ERROR(connected);
    co_await read_defaults(state, deadline);
    if (push) {
      const auto pushed = co_await state->connection->query(std::string(kPush), deadline);
      STELE_CO_RETURN_IF_ERROR(pushed);
    }
    postgres::Statement statement;
    statement.sql = kAsk;
    const auto rows = co_await state->connection->execute(std::move(statement), deadline);
    STELE_CO_RETURN_IF_ERROR(rows);
    co_return read_answer(*rows);
  }

  // Answers questions until there is none.
  static net::Task<void> run(std::shared_ptr<State> state) {
    while (state->next && !state->stopped) {
      const std::shared_ptr<Question> question = std::exchange(state->next, nullptr);
      const TimePoint deadline = net::Reactor::current()->now() + kQuestionTimeMax;
      auto answer = co_await ask_once(state, question->push, deadline);
      if (!answer && state->connection && state->connection->is_broken()) {
        // The server may have been restarted since the last question: one more try on a new connection.
        answer = co_await ask_once(state, question->push, deadline);
      }
      if (!answer) kLog.warn("no commit position from PostgreSQL: {}", answer.error().to_string());
      question->answer = std::move(answer);
      question->answered.set();
    }
    if (state->next) std::exchange(state->next, nullptr)->answered.set();
    state->asking = false;
    state->idle.set();
  }

  static net::Task<Result<Answer>> ask(std::shared_ptr<State> state, bool push) {
    if (state->stopped) co_return make_error(ErrorCode::kCancelled, "the node stops");
    if (!state->next) state->next = std::make_shared<Question>();
    const std::shared_ptr<Question> question = state->next;
    question->push |= push;
    if (!state->asking) {
      state->asking = true;
      state->idle.reset();
      net::spawn(run(state));
    }
    co_await question->answered.wait();
    co_return question->answer;
  }
};

CommitPosition::CommitPosition(postgres::ConnectOptions server)
    : state_(std::make_shared<State>(std::move(server))) {}
CommitPosition::~CommitPosition() = default;

net::Task<Result<Lsn>> CommitPosition::after_commit(bool unflushed) {
  const auto answer = co_await State::ask(state_, false);
  STELE_CO_RETURN_IF_ERROR(answer);
  unflushed = unflushed || state_->asynchronous_default;
  co_return unflushed ? std::max(answer->flush, round_down_page_header(answer->insert)) : answer->flush;
}

net::Task<Result<void>> CommitPosition::push() {
  const auto answer = co_await State::ask(state_, true);
  STELE_CO_RETURN_IF_ERROR(answer);
  co_return Result<void>();
}

void CommitPosition::expect_other_defaults() {
  state_->defaults_read = {};
}

net::Task<void> CommitPosition::stop() {
  state_->stopped = true;
  if (state_->asking) co_await state_->idle.wait();
  if (!state_->connection) co_return;
  const TimePoint deadline = net::Reactor::current()->now() + kQuestionTimeMax;
  co_await state_->connection->close(deadline);
  state_->connection.reset();
}

Lsn CommitPosition::round_down_page_header(Lsn insert) {
  const std::uint64_t in_page = insert.value() % kPageBytes;
  const bool behind_header = in_page == kShortHeaderBytes || in_page == kLongHeaderBytes;
  return behind_header ? Lsn(insert.value() - in_page) : insert;
}

}  // namespace stele::sql
