#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "net/reactor.h"
#include "net/task.h"

namespace stele::views {

// Something has changed: look again. Who waits for a condition reads rung(), looks, and if it does not hold
// waits for the next ring:
//   for (std::uint64_t seen = bell.rung(); !condition(); seen = bell.rung()) co_await bell.wait(seen,
//   deadline);
// Threads: ring() from any; a waiter resumes on the reactor it waited on. A ring wakes all who wait.
class Bell {
 public:
  std::uint64_t rung() const;
  void ring();
  // Returns at once when it rang since `seen`, else at the next ring or the deadline.
  net::Task<void> wait(std::uint64_t seen, TimePoint deadline);
  std::size_t waiting() const;

 private:
  struct Waiter {
    net::Reactor* reactor = nullptr;
    std::coroutine_handle<> handle;
  };
  struct Suspension {
    Bell* bell;
    std::shared_ptr<Waiter> waiter;
    std::uint64_t seen;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) const;
    void await_resume() const noexcept {}
  };
  // Whoever takes a waiter out of the list resumes it.
  bool take(const std::shared_ptr<Waiter>& waiter);

  mutable std::mutex mutex_;
  std::uint64_t rung_ = 0;
  std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace stele::views
