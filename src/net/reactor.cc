#include "net/reactor.h"

#include <pthread.h>
#include <sys/eventfd.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "net/backend.h"
#include "net/mailbox.h"
#include "net/timer_heap.h"

namespace stele::net {

namespace {

thread_local Reactor* current_reactor = nullptr;

// How many generations of resume_soon() one round may run before it looks at the sockets again.
constexpr int kGenerationsMax = 64;

}  // namespace

struct Reactor::State {
  std::shared_ptr<Mailbox> mailbox;
  TimerHeap timers;
  TimePoint now = system_clock().now();
  std::vector<std::coroutine_handle<>> ready;
  std::vector<std::coroutine_handle<>> running;
  std::vector<std::coroutine_handle<>> yielded;
  std::vector<Mailbox::Work> posted;
  std::atomic<bool> stopping{false};
  std::string name;

  void run_timers() {
    // No more than there are now: a callback that sets the past again waits for the next round.
    for (std::size_t left = timers.size(); left > 0 && !timers.empty() && timers.next() <= now; --left)
      timers.pop()();
  }

  void run_posted() {
    mailbox->take(posted);
    for (Mailbox::Work& work : posted) work();
    posted.clear();
  }

  void run_ready() {
    ready.insert(ready.end(), yielded.begin(), yielded.end());
    yielded.clear();
    for (int generation = 0; !ready.empty() && generation < kGenerationsMax; ++generation) {
      running.swap(ready);
      for (const std::coroutine_handle<> handle : running) handle.resume();
      running.clear();
    }
  }

  Duration timeout() const {
    if (!ready.empty() || !yielded.empty()) return Duration::zero();
    if (timers.empty()) return Duration(-1);
    // Taken anew: what ran in this round may have taken its time.
    const TimePoint clock = system_clock().now();
    return timers.next() <= clock ? Duration::zero() : timers.next() - clock;
  }
};

Result<std::unique_ptr<Reactor>> Reactor::create(ReactorOptions options) {
  auto mailbox = std::make_shared<Mailbox>();
  if (mailbox->wake_fd() < 0) return make_error(ErrorCode::kIo, "no eventfd for the reactor");
  Result<std::unique_ptr<Backend>> backend = make_error(ErrorCode::kUnsupported, "no backend");
  if (options.backend != BackendKind::kEpoll) backend = make_uring_backend(mailbox->wake_fd());
  if (options.backend == BackendKind::kEpoll ||
      (options.backend == BackendKind::kBest && !backend.has_value()))
    backend = make_epoll_backend(mailbox->wake_fd());
  if (!backend.has_value()) return backend.error();
  std::unique_ptr<Reactor> reactor(new Reactor(*std::move(backend), options));
  reactor->state_->mailbox = std::move(mailbox);
  return reactor;
}

Reactor::Reactor(std::unique_ptr<Backend> backend, ReactorOptions options)
    : state_(std::make_unique<State>()), backend_(std::move(backend)) {
  state_->name = options.name.substr(0, 15);
}

Reactor::~Reactor() {
  STELE_CHECK(current_reactor != this);
}

void Reactor::run() {
  STELE_CHECK_MESSAGE(current_reactor == nullptr, "a reactor already runs on this thread");
  const auto attached = backend_->attach();
  STELE_CHECK_MESSAGE(attached.has_value(), attached.has_value() ? "" : attached.error().to_string());
  current_reactor = this;
  State& state = *state_;
  state.now = system_clock().now();
  while (!state.stopping.load(std::memory_order_relaxed)) {
    state.run_timers();
    state.run_posted();
    state.run_ready();
    Duration timeout = state.timeout();
    if (!state.mailbox->prepare_sleep() || state.stopping.load()) timeout = Duration::zero();
    backend_->wait(timeout);
    state.mailbox->wake_up();
    // Between the two: observers compute deadlines, and the wait may have been long.
    state.now = system_clock().now();
    backend_->dispatch();
  }
  current_reactor = nullptr;
  state.stopping.store(false);
}

void Reactor::stop() {
  state_->stopping.store(true);
  state_->mailbox->wake();
}

void Reactor::post(std::move_only_function<void()> work) {
  state_->mailbox->post(std::move(work));
}

void Reactor::spawn(Task<void> task) {
  post([task = std::move(task)]() mutable { net::spawn(std::move(task)); });
}

Reactor* Reactor::current() {
  return current_reactor;
}

BackendKind Reactor::backend_kind() const {
  return backend_->kind();
}

TimePoint Reactor::now() const {
  return state_->now;
}

std::shared_ptr<Mailbox> Reactor::mailbox() const {
  return state_->mailbox;
}

void Reactor::resume_soon(std::coroutine_handle<> handle) {
  state_->ready.push_back(handle);
}

void Reactor::resume_next_round(std::coroutine_handle<> handle) {
  state_->yielded.push_back(handle);
}

void Reactor::add_sleep(TimePoint when, std::coroutine_handle<> handle) {
  state_->timers.add(when, [handle] { handle.resume(); });
}

void Timer::set(TimePoint when, std::move_only_function<void()> callback) {
  cancel();
  id_ = reactor_->state_->timers.add(when, [this, callback = std::move(callback)]() mutable {
    id_ = 0;
    callback();
  });
}

void Timer::cancel() {
  if (id_ != 0) reactor_->state_->timers.cancel(std::exchange(id_, 0));
}

}  // namespace stele::net
