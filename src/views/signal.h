#pragma once

#include "base/clock.h"
#include "net/event.h"
#include "net/reactor.h"
#include "net/task.h"

namespace stele::views {

// Something to do, or time is up: what a loop of the views' reactor sleeps on. A notify() while nobody waits
// is not lost. One waiter. Confined to its reactor.
class Signal {
 public:
  explicit Signal(net::Reactor& reactor) : timer_(reactor) {}

  void notify() { event_.set(); }

  net::Task<void> wait_until(TimePoint when) {
    if (when != kNoDeadline) timer_.set(when, [this] { event_.set(); });
    co_await event_.wait();
    timer_.cancel();
    event_.reset();
  }

 private:
  net::Event event_;
  net::Timer timer_;
};

}  // namespace stele::views
