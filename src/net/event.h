#pragma once

#include <coroutine>
#include <utility>
#include <vector>

#include "net/reactor.h"

namespace stele::net {

// Something that happens once and stays so: co_await event.wait() resumes after set(). Confined to one
// reactor; waiters resume in the round of set(), each by the reactor, not inside set().
class Event {
 public:
  void set() {
    set_ = true;
    for (const std::coroutine_handle<> waiter : std::exchange(waiters_, {}))
      Reactor::current()->resume_soon(waiter);
  }
  void reset() { set_ = false; }
  bool is_set() const { return set_; }
  auto wait() { return Awaiter{this}; }

 private:
  struct Awaiter {
    Event* event;
    bool await_ready() const noexcept { return event->set_; }
    void await_suspend(std::coroutine_handle<> handle) const { event->waiters_.push_back(handle); }
    void await_resume() const noexcept {}
  };

  bool set_ = false;
  std::vector<std::coroutine_handle<>> waiters_;
};

}  // namespace stele::net
