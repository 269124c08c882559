#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "protocols/redis/settings.h"

namespace stele::redis {

// What does a client get that it did not ask for by its last request? Messages of channels, invalidations,
// MONITOR's lines: put by any thread, in order, taken by the client's session, which sends them behind the
// replies that it has already given. Cost: a lock and a copy; who puts into an empty one wakes the session.
// Above the limits of its class (client-output-buffer-limit) the client is closed.
class Inbox {
 public:
  // `wake` lets the session look here, `end` closes the connection: both from any thread, any number of
  // times.
  Inbox(const OutputLimits& normal, const OutputLimits& subscriber, std::function<void()> wake,
        std::function<void()> end)
      : normal_(normal), subscriber_(subscriber), wake_(std::move(wake)), end_(std::move(end)) {}

  // Any thread. What comes after the client was closed for its slowness is dropped.
  void put(std::string_view bytes);

  // The session's thread. Whose limits hold from now on.
  void set_subscriber(bool is_subscriber) { is_subscriber_ = is_subscriber; }
  bool is_empty() const { return size_.load(std::memory_order_acquire) == 0; }
  void take(std::string& into);
  // So much of what was taken waits in the connection: it counts as if it were here. False: too much.
  bool note_unsent(std::size_t bytes);

  // Any thread: what waits, here and in the connection.
  std::size_t bytes() const {
    return size_.load(std::memory_order_relaxed) + unsent_.load(std::memory_order_relaxed);
  }

 private:
  bool is_beyond_limits(std::size_t bytes);

  const OutputLimits& normal_;
  const OutputLimits& subscriber_;
  const std::function<void()> wake_;
  const std::function<void()> end_;
  std::atomic<bool> is_subscriber_ = false;
  std::atomic<std::size_t> size_ = 0;
  std::atomic<std::size_t> unsent_ = 0;
  std::mutex mutex_;  // of what follows
  std::string bytes_;
  bool is_over_ = false;
  TimePoint soft_since_ = kNoDeadline;
};

}  // namespace stele::redis
