#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"

namespace stele::net {

class Backend;  // io_uring or epoll (net/backend.h)
class Mailbox;  // work posted by other threads (net/mailbox.h)

enum class BackendKind : std::uint8_t { kBest, kIoUring, kEpoll };

struct ReactorOptions {
  BackendKind backend = BackendKind::kBest;  // kBest: io_uring where the kernel has it, epoll else
  std::string_view name = "reactor";         // thread name and metrics label, at most 15 bytes
};

// Where does a thread wait? In one place: sockets, timers and wake-ups of one thread come through one
// reactor. Threads: run() makes the calling thread the reactor's own; all but post(), stop() and
// resume_here() are for that thread. Lifetime: outlives every stream, timer and listener made on it. Cost:
// one system call a round (io_uring: submit and wait; epoll: wait). Source: notes of io_uring(7), epoll(7).
class Reactor {
 public:
  // kUnsupported if the asked backend is not there; kIo for a system call that failed.
  static Result<std::unique_ptr<Reactor>> create(ReactorOptions options = {});
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Serves until stop(). Work posted before run() is done first.
  void run();
  // Any thread: run() returns after the current round. What is suspended stays suspended.
  void stop();

  // Any thread: `work` runs on the reactor's thread in a later round, in order of posting from one thread.
  void post(std::move_only_function<void()> work);
  // Any thread: starts `task` on the reactor's thread.
  void spawn(Task<void> task);

  // The reactor that runs on this thread, or null.
  static Reactor* current();
  BackendKind backend_kind() const;

  // The time at the beginning of this round (steady clock; no system call).
  TimePoint now() const;

  // co_await reactor.sleep_until(t): resumes in the first round at or after t. Cancel by Timer instead.
  auto sleep_until(TimePoint when) { return SleepAwaiter{this, when}; }
  auto sleep_for(Duration duration) { return SleepAwaiter{this, now() + duration}; }
  // co_await reactor.resume_here(): goes on on this reactor's thread, wherever it is now. No suspension if
  // already there.
  auto resume_here() { return HopAwaiter{this}; }
  // co_await reactor.yield(): lets the others of this thread run first.
  auto yield() { return YieldAwaiter{this}; }

  // For net/ alone: the backend that sockets register with, and handles to resume in this round.
  Backend& backend() { return *backend_; }
  void resume_soon(std::coroutine_handle<> handle);
  // For threads that may outlive the reactor: what they post after its end is dropped.
  std::shared_ptr<Mailbox> mailbox() const;

 private:
  friend class Timer;
  struct SleepAwaiter {
    Reactor* reactor;
    TimePoint when;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) { reactor->add_sleep(when, handle); }
    void await_resume() const noexcept {}
  };
  struct HopAwaiter {
    Reactor* reactor;
    bool await_ready() const noexcept { return Reactor::current() == reactor; }
    void await_suspend(std::coroutine_handle<> handle) {
      reactor->post([handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };
  struct YieldAwaiter {
    Reactor* reactor;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) { reactor->resume_next_round(handle); }
    void await_resume() const noexcept {}
  };
  struct State;

  explicit Reactor(std::unique_ptr<Backend> backend, ReactorOptions options);
  void add_sleep(TimePoint when, std::coroutine_handle<> handle);
  void resume_next_round(std::coroutine_handle<> handle);

  std::unique_ptr<State> state_;
  std::unique_ptr<Backend> backend_;  // destroyed first: it uses the mailbox's wake descriptor
};

// Calls back once at a time, unless cancelled or destroyed before. Confined to its reactor's thread.
class Timer {
 public:
  explicit Timer(Reactor& reactor) : reactor_(&reactor) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces an earlier setting. O(log n) in the reactor's timers.
  void set(TimePoint when, std::move_only_function<void()> callback);
  void cancel();

 private:
  Reactor* reactor_;
  std::uint64_t id_ = 0;  // 0 = not set
};

}  // namespace stele::net
