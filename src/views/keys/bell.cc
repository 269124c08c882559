#include "views/keys/bell.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace stele::views {

std::uint64_t Bell::rung() const {
  const std::lock_guard lock(mutex_);
  return rung_;
}

std::size_t Bell::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void Bell::ring() {
  std::vector<std::shared_ptr<Waiter>> woken;
  {
    const std::lock_guard lock(mutex_);
    ++rung_;
    woken = std::exchange(waiting_, {});
  }
  for (const auto& waiter : woken) waiter->reactor->post([waiter] { waiter->handle.resume(); });
}

bool Bell::take(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  return std::erase(waiting_, waiter) > 0;
}

bool Bell::Suspension::await_suspend(std::coroutine_handle<> handle) const {
  const std::lock_guard lock(bell->mutex_);
  if (bell->rung_ != seen) return false;
  waiter->handle = handle;
  bell->waiting_.push_back(waiter);
  return true;
}

net::Task<void> Bell::wait(std::uint64_t seen, TimePoint deadline) {
  auto waiter = std::make_shared<Waiter>();
  waiter->reactor = net::Reactor::current();
  STELE_CHECK(waiter->reactor != nullptr);
  net::Timer timer(*waiter->reactor);
  if (deadline != kNoDeadline)
    timer.set(deadline, [this, waiter] {
      if (take(waiter)) waiter->handle.resume();
    });
  co_await Suspension{this, waiter, seen};
  timer.cancel();
}

}  // namespace stele::views
