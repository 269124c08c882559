#include "net/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace stele::net {

Mailbox::Mailbox() : wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Mailbox::~Mailbox() {
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

void Mailbox::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  // Sequentially consistent with prepare_sleep(): either the owner sees pending_, or this sees asleep_.
  pending_.store(true);
  if (asleep_.exchange(false)) wake();
}

void Mailbox::wake() {
  const std::uint64_t one = 1;
  // Fails only when 2^64 - 2 wakes are unread: then the reader is awake anyway.
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof(one));
}

bool Mailbox::prepare_sleep() {
  asleep_.store(true);
  return !pending_.load();
}

void Mailbox::take(std::vector<Work>& into) {
  if (!pending_.load(std::memory_order_relaxed)) return;
  pending_.store(false);
  const std::lock_guard lock(mutex_);
  into.swap(work_);
}

}  // namespace stele::net
