#include "views/views.h"

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "engine/collection.h"
#include "net/event.h"
#include "net/reactor.h"
#include "views/following.h"
#include "views/postgres_administration.h"
#include "views/writer/batching_writer.h"

namespace stele::views {

namespace {

// The machine's time, until end(): then every deadline is over.
class EndableClock final : public Clock {
 public:
  TimePoint now() const override { return ended_ ? kNoDeadline : system_clock().now(); }
  WallTime wall() const override { return system_clock().wall(); }
  void end() { ended_ = true; }

 private:
  std::atomic<bool> ended_{false};
};

}  // namespace

struct Views::State {
  State(ViewsOptions options_in, std::unique_ptr<net::Reactor> reactor_in)
      : options(std::move(options_in)),
        engine(engine::make_engine(visible, clock)),
        reactor(std::move(reactor_in)),
        following(options, *reactor, *engine, visible, catalog, freshness, meters),
        administration(options.postgres, *reactor, catalog, freshness) {}

  static net::Task<void> begin(State* state, std::promise<Result<void>>* begun) {
    auto done = co_await state->following.begin();
    if (!done) {
      co_await state->following.stop();
      state->reactor->stop();
    }
    begun->set_value(std::move(done));
  }

  static net::Task<void> cancel(State* state) {
    state->cancel_begun = true;
    co_await state->administration.stop();
    state->cancelled.set();
  }
  static net::Task<void> end(State* state) {
    co_await state->following.stop();
    if (state->cancel_begun)
      co_await state->cancelled.wait();
    else
      co_await state->administration.stop();
    state->reactor->stop();
  }

  ViewsOptions options;
  MetricRegistry* metrics = nullptr;
  engine::VisibleLsn visible;
  EndableClock clock;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<net::Reactor> reactor;
  Catalog catalog;
  Freshness freshness;
  Meters meters;
  Following following;
  PostgresAdministration administration;
  // On the views' reactor.
  bool cancel_begun = false;
  net::Event cancelled;
  std::thread thread;
};

Views::Views(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Views>> Views::start(ViewsOptions options, MetricRegistry& metrics) {
  STELE_TRY(auto reactor, net::Reactor::create({.name = "views"}));
  auto state = std::make_unique<State>(std::move(options), std::move(reactor));
  State* const shared = state.get();
  std::promise<Result<void>> begun;
  state->reactor->spawn(State::begin(shared, &begun));
  state->thread = std::thread([shared] { shared->reactor->run(); });
  Result<void> done = begun.get_future().get();
  if (!done) {
    state->thread.join();
    return done.error();
  }
  state->metrics = &metrics;
  return std::unique_ptr<Views>(new Views(std::move(state)));
}

Views::~Views() {
  stop();
}

void Views::cancel_requests() {
  state_->clock.end();
  state_->freshness.stop();
  state_->following.keys().cancel_waits();
  state_->reactor->spawn(State::cancel(state_.get()));
}

void Views::stop() {
  if (!state_->thread.joinable()) return;
  state_->reactor->spawn(State::end(state_.get()));
  state_->thread.join();
}

Catalog& Views::catalog() {
  return state_->catalog;
}

Freshness& Views::freshness() {
  return state_->freshness;
}

Administration& Views::administration() {
  return state_->administration;
}

NodeKeys& Views::keys() {
  return state_->following.keys();
}

engine::Engine& Views::engine() {
  return *state_->engine;
}

engine::VisibleLsn& Views::visible() {
  return state_->visible;
}

void Views::notice_ddl() {
  state_->reactor->post([state = state_.get()] { state->following.notice_ddl(); });
}

std::unique_ptr<Writer> Views::make_writer() {
  WriterOptions options;
  options.postgres = state_->options.postgres;
  return make_batching_writer(std::move(options), state_->catalog, state_->freshness, state_->visible,
                              *state_->metrics);
}

ViewsStatus Views::status() const {
  const Meters& meters = state_->meters;
  ViewsStatus status;
  status.connected = meters.connected.load();
  status.reason = meters.reason();
  status.visible = state_->freshness.visible();
  status.received = Lsn(meters.received.load());
  status.server = Lsn(meters.server.load());
  if (status.server > status.visible) status.lag_bytes = status.server.value() - status.visible.value();
  const std::int64_t since = meters.behind_since_ns.load();
  if (since != 0 && status.lag_bytes > 0)
    status.lag_seconds =
        std::chrono::duration<double>(system_clock().now().time_since_epoch() - Duration(since)).count();
  status.transactions = meters.transactions.load();
  status.changes = meters.changes.load();
  status.reconnects = meters.reconnects.load();
  status.slot = "stele_" + state_->options.node_id;
  status.ready = status.connected && status.reason.empty();
  if (status.ready && state_->following.keys().loading()) {
    status.ready = false;
    status.reason = "loading the keys";
  }
  for (const auto& entry : state_->catalog.current()->entries()) {
    if (entry->state == CollectionState::kBuilding) {
      status.ready = false;
      if (status.reason.empty()) status.reason = "building " + entry->name + ": " + entry->reason;
    }
    if (entry->collection == nullptr) continue;
    const engine::CollectionStats stats = entry->collection->stats();
    status.documents += stats.documents;
    status.memory_bytes += stats.memory_bytes;
  }
  return status;
}

}  // namespace stele::views
