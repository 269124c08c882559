#include "postgres/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <coroutine>
#include <deque>
#include <list>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "postgres/login.h"
#include "postgres/wire/sqlstate.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("postgres");
constexpr Duration kRollbackTimeout = std::chrono::seconds(5);
constexpr Duration kCloseTimeout = std::chrono::seconds(1);
// When a pool stops: how long what its leases run goes on, how often it is cancelled then, and when the
// connections are given up.
constexpr Duration kStopPatience = std::chrono::milliseconds(500);
constexpr Duration kCancelAgain = std::chrono::milliseconds(100);
constexpr Duration kCancelTimeout = std::chrono::seconds(1);
constexpr Duration kGiveUpAfter = std::chrono::seconds(3);
// How often one that waits for the next try looks whether there is none any more: stop().
constexpr Duration kRetryLook = std::chrono::milliseconds(20);

// Whether the same connect may succeed a moment later.
bool may_mend(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kConnectionClosed:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kIo:
      return true;
    case ErrorCode::kDatabase: {
      const std::string_view state = error.detail("sqlstate");
      return state == wire::sqlstate::kCannotConnectNow || state == wire::sqlstate::kTooManyConnections ||
             state == wire::sqlstate::kAdminShutdown || state == wire::sqlstate::kCrashShutdown;
    }
    default:
      return false;
  }
}

enum class Turn : std::uint8_t { kWaiting, kConnection, kMayOpen, kLate, kStopped };

struct Waiter {
  std::coroutine_handle<> handle;
  Turn turn = Turn::kWaiting;
  std::unique_ptr<Connection> connection;
};

struct Idle {
  std::unique_ptr<Connection> connection;
  TimePoint since;
};

}  // namespace

// What the pool and its leases share, so that a lease may outlive the pool object (not its stop()).
struct Lease::State : std::enable_shared_from_this<Lease::State> {
  explicit State(PoolOptions pool_options)
      : options(std::move(pool_options)), retry_delay(options.retry_delay_min) {}

  net::Task<Result<Lease>> acquire(TimePoint deadline);
  net::Task<Turn> wait_turn(Waiter* waiter, TimePoint deadline);
  net::Task<Result<std::unique_ptr<Connection>>> open(TimePoint deadline);
  net::Task<void> roll_back(std::unique_ptr<Connection> connection, net::Gate::Holder holder);
  // `inside` is the lease's: work that goes on with the connection keeps it.
  void take_back(std::unique_ptr<Connection> connection, bool reusable, net::Gate::Holder inside);
  void recycle(std::unique_ptr<Connection> connection);
  // A connection less: whoever waits first may open one.
  void free_slot();
  void wake(Waiter* waiter, Turn turn);
  void retire(std::unique_ptr<Connection> connection, net::Gate::Holder inside);
  void close_idle();
  void arm_reaper();
  void reap();
  Error too_late() const;

  PoolOptions options;
  std::deque<Idle> idle;  // the longest unused first; the last is taken first
  std::list<Waiter*> waiters;
  std::unordered_set<Connection*> leased;
  std::size_t slots = 0;  // connections leased, idle or being opened
  bool stopped = false;
  std::uint64_t opened = 0, failed = 0, dropped = 0;
  Duration retry_delay;
  TimePoint retry_at{};
  std::optional<Error> last_failure;
  std::optional<net::Timer> reaper;
  net::Gate gate;  // leases, callers in acquire(), connections being rolled back or closed
};

namespace {

struct TurnAwaiter {
  std::list<Waiter*>* waiters;
  Waiter* waiter;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    waiter->handle = handle;
    waiters->push_back(waiter);
  }
  void await_resume() const noexcept {}
};

net::Task<void> close_connection(std::shared_ptr<void> pool, std::unique_ptr<Connection> connection,
                                 net::Gate::Holder holder) {
  const auto self = std::move(pool);  // holds the gate until the holder has left it
  const net::Gate::Holder inside = std::move(holder);
  co_await connection->close(net::Reactor::current()->now() + kCloseTimeout);
}

// Ends what the leases of a pool run; a part of its stop().
class Cancelling {
 public:
  Cancelling(net::Reactor& reactor, const std::unordered_set<Connection*>& leased)
      : reactor_(reactor), leased_(leased), timer_(reactor), give_up_at_(reactor.now() + kGiveUpAfter) {
    timer_.set(reactor_.now() + kStopPatience, [this] { turn(); });
  }
  // Once nothing is leased.
  net::Task<void> end() {
    timer_.cancel();
    co_await under_way_.close();
  }

 private:
  static net::Task<void> cancel(CancelTarget target, [[maybe_unused]] net::Gate::Holder inside) {
    const auto sent =
        co_await send_cancel(std::move(target), net::Reactor::current()->now() + kCancelTimeout);
    if (!sent) kLog.warn("a statement is not cancelled: {}", sent.error().message);
  }
  void turn() {
    const bool gives_up = reactor_.now() >= give_up_at_;
    const std::vector<Connection*> running(leased_.begin(), leased_.end());
    for (Connection* const connection : running) {
      const bool is_there = leased_.contains(connection);  // to give up one may end another
      if (!is_there || !connection->is_busy() || connection->is_broken()) continue;
      if (gives_up)
        connection->interrupt(make_error(ErrorCode::kCancelled, "the pool is stopped"));
      else
        net::spawn(cancel(connection->cancel_target(), under_way_.hold()));
    }
    // Whoever holds a lease may begin something new.
    timer_.set(reactor_.now() + kCancelAgain, [this] { turn(); });
  }

  net::Reactor& reactor_;
  const std::unordered_set<Connection*>& leased_;
  net::Timer timer_;
  net::Gate under_way_;
  const TimePoint give_up_at_;
};

}  // namespace

void Lease::State::wake(Waiter* waiter, Turn turn) {
  waiter->turn = turn;
  net::Reactor::current()->resume_soon(waiter->handle);
}

net::Task<Turn> Lease::State::wait_turn(Waiter* waiter, TimePoint deadline) {
  net::Timer late(*net::Reactor::current());
  if (deadline != kNoDeadline) {
    late.set(deadline, [this, waiter] {
      if (waiter->turn != Turn::kWaiting) return;
      waiters.remove(waiter);
      wake(waiter, Turn::kLate);
    });
  }
  co_await TurnAwaiter{&waiters, waiter};
  co_return waiter->turn;
}

Error Lease::State::too_late() const {
  Error error = make_error(ErrorCode::kDeadlineExceeded,
                           fmt::format("no connection to PostgreSQL became free in time ({} of {} are open)",
                                       slots, options.connections_max));
  if (last_failure) error.with("cause", last_failure->message);
  return error;
}

// The caller holds a slot, and keeps it on success.
net::Task<Result<std::unique_ptr<Connection>>> Lease::State::open(TimePoint deadline) {
  net::Reactor& reactor = *net::Reactor::current();
  while (true) {
    if (stopped) co_return make_error(ErrorCode::kCancelled, "the pool is stopped");
    if (reactor.now() >= deadline) co_return too_late();
    if (reactor.now() < retry_at) {
      co_await reactor.sleep_until(std::min({retry_at, deadline, reactor.now() + kRetryLook}));
      continue;
    }
    auto connection = co_await Connection::connect(
        options.connect, std::min(deadline, reactor.now() + options.connect_timeout));
    if (connection) {
      ++opened;
      retry_delay = options.retry_delay_min;
      last_failure.reset();
      co_return std::move(connection);
    }
    ++failed;
    if (!may_mend(connection.error())) co_return std::move(connection).error();
    if (!last_failure) kLog.warn("no connection to PostgreSQL reason={}", connection.error().message);
    last_failure = std::move(connection).error();
    retry_at = reactor.now() + retry_delay;
    retry_delay = std::min(retry_delay * 2, options.retry_delay_max);
  }
}

net::Task<Result<Lease>> Lease::State::acquire(TimePoint deadline) {
  const auto self = shared_from_this();
  const net::Gate::Holder inside = gate.hold();
  if (stopped || !inside) co_return make_error(ErrorCode::kCancelled, "the pool is stopped");
  std::unique_ptr<Connection> connection;
  if (waiters.empty() && !idle.empty()) {
    connection = std::move(idle.back().connection);
    idle.pop_back();
  } else if (waiters.empty() && slots < options.connections_max) {
    ++slots;
  } else {
    if (waiters.size() >= options.waiters_max) {
      co_return make_error(ErrorCode::kResourceExhausted, "too many wait for a connection to PostgreSQL")
          .with("limit", std::to_string(options.waiters_max));
    }
    Waiter waiter;
    const Turn turn = co_await wait_turn(&waiter, deadline);
    if (turn == Turn::kLate) co_return too_late();
    if (turn == Turn::kStopped) co_return make_error(ErrorCode::kCancelled, "the pool is stopped");
    connection = std::move(waiter.connection);
  }
  if (connection) {
    const bool alive = co_await connection->is_alive();
    if (alive) co_return Lease(self, std::move(connection));
    ++dropped;
    connection.reset();
  }
  auto fresh = co_await open(deadline);
  if (!fresh) {
    free_slot();
    co_return std::move(fresh).error();
  }
  co_return Lease(self, *std::move(fresh));
}

void Lease::State::free_slot() {
  --slots;
  if (waiters.empty() || stopped) return;
  ++slots;
  Waiter* first = waiters.front();
  waiters.pop_front();
  wake(first, Turn::kMayOpen);
}

void Lease::State::retire(std::unique_ptr<Connection> connection, net::Gate::Holder inside) {
  if (!connection->is_broken()) {
    net::spawn(close_connection(shared_from_this(), std::move(connection), std::move(inside)));
  }
  free_slot();
}

void Lease::State::take_back(std::unique_ptr<Connection> connection, bool reusable,
                             net::Gate::Holder inside) {
  leased.erase(connection.get());
  if (connection->is_busy()) connection->interrupt(make_error(ErrorCode::kCancelled, "given back in use"));
  if (connection->is_broken() || !reusable || stopped) {
    ++dropped;
    return retire(std::move(connection), std::move(inside));
  }
  if (connection->transaction_status() == wire::TransactionStatus::kIdle)
    return recycle(std::move(connection));
  net::spawn(roll_back(std::move(connection), std::move(inside)));
}

net::Task<void> Lease::State::roll_back(std::unique_ptr<Connection> connection, net::Gate::Holder holder) {
  const auto self = shared_from_this();
  net::Gate::Holder inside = std::move(holder);
  auto rolled = co_await connection->query("ROLLBACK", net::Reactor::current()->now() + kRollbackTimeout);
  if (rolled && !stopped) {
    recycle(std::move(connection));
  } else {
    ++dropped;
    retire(std::move(connection), std::move(inside));
  }
}

void Lease::State::recycle(std::unique_ptr<Connection> connection) {
  if (!waiters.empty()) {
    Waiter* first = waiters.front();
    waiters.pop_front();
    first->connection = std::move(connection);
    return wake(first, Turn::kConnection);
  }
  idle.push_back({std::move(connection), net::Reactor::current()->now()});
  if (idle.size() == 1) arm_reaper();
}

void Lease::State::arm_reaper() {
  if (idle.empty() || stopped) return;
  if (!reaper) reaper.emplace(*net::Reactor::current());
  reaper->set(idle.front().since + options.idle_timeout, [this] { reap(); });
}

void Lease::State::reap() {
  const TimePoint now = net::Reactor::current()->now();
  while (!idle.empty() && idle.front().since + options.idle_timeout <= now) {
    std::unique_ptr<Connection> connection = std::move(idle.front().connection);
    idle.pop_front();
    retire(std::move(connection), gate.hold());
  }
  arm_reaper();
}

void Lease::State::close_idle() {
  while (!idle.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle.front().connection);
    idle.pop_front();
    retire(std::move(connection), gate.hold());
  }
}

Lease::Lease(std::shared_ptr<State> pool, std::unique_ptr<Connection> connection)
    : pool_(std::move(pool)), connection_(std::move(connection)), inside_(pool_->gate.hold()) {
  pool_->leased.insert(connection_.get());
}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  inside_ = std::move(other.inside_);
  return *this;
}

void Lease::give_back() {
  const std::shared_ptr<State> pool = std::move(pool_);  // lives past the end of the last holder
  net::Gate::Holder inside = std::move(inside_);
  if (connection_) pool->take_back(std::move(connection_), true, std::move(inside));
}

void Lease::give_up() {
  const std::shared_ptr<State> pool = std::move(pool_);
  net::Gate::Holder inside = std::move(inside_);
  if (connection_) pool->take_back(std::move(connection_), false, std::move(inside));
}

Pool::Pool(PoolOptions options) : state_(std::make_shared<Lease::State>(std::move(options))) {
  STELE_CHECK(state_->options.connections_max > 0);
}

Pool::~Pool() {
  STELE_CHECK_MESSAGE(state_->stopped || state_->slots == 0, "a pool is stopped before it is destroyed");
}

net::Task<Result<Lease>> Pool::acquire(TimePoint deadline) {
  return state_->acquire(deadline);
}

net::Task<void> Pool::stop() {
  const auto state = state_;
  if (state->stopped) co_return;
  state->stopped = true;
  state->reaper.reset();
  while (!state->waiters.empty()) {
    Waiter* first = state->waiters.front();
    state->waiters.pop_front();
    state->wake(first, Turn::kStopped);
  }
  state->close_idle();
  Cancelling cancelling(*net::Reactor::current(), state->leased);
  co_await state->gate.close();
  co_await cancelling.end();
}

PoolStatistics Pool::statistics() const {
  return {state_->slots,  state_->idle.size(), state_->waiters.size(),
          state_->opened, state_->failed,      state_->dropped};
}

}  // namespace stele::postgres
