#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace stele::net {

// What did other threads ask this thread to do? Any thread posts; one thread takes, and is woken through an
// eventfd only when it sleeps. Shared, so that who posts need not know whether the reactor still lives.
// Cost: a lock and an allocation-free push for post(), one atomic load a round for an empty take().
class Mailbox {
 public:
  using Work = std::move_only_function<void()>;

  Mailbox();  // wake_fd() < 0 when the system gives no eventfd
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int wake_fd() const { return wake_fd_; }

  // Any thread.
  void post(Work work);
  void wake();

  // The owner: true if it may sleep now, that is, nothing was posted; then a post wakes it.
  bool prepare_sleep();
  void wake_up() { asleep_.store(false, std::memory_order_relaxed); }
  // The owner: what was posted so far, in order; `into` is empty before.
  void take(std::vector<Work>& into);

 private:
  const int wake_fd_;
  std::atomic<bool> asleep_{false};
  std::atomic<bool> pending_{false};
  std::mutex mutex_;
  std::vector<Work> work_;
};

}  // namespace stele::net
