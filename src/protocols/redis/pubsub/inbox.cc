#include "protocols/redis/pubsub/inbox.h"

#include <chrono>
#include <utility>

#include "base/log.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis");
constexpr std::size_t kKeptBytes = 64 * 1024;

}  // namespace

bool Inbox::is_beyond_limits(std::size_t bytes) {
  const OutputLimits& limits = is_subscriber_ ? subscriber_ : normal_;
  const std::size_t hard = limits.hard_bytes;
  const std::size_t soft = limits.soft_bytes;
  if (hard > 0 && bytes > hard) return true;
  if (soft == 0 || bytes <= soft) {
    soft_since_ = kNoDeadline;
    return false;
  }
  const TimePoint now = std::chrono::steady_clock::now();
  if (soft_since_ == kNoDeadline) soft_since_ = now;
  return now - soft_since_ > std::chrono::seconds(limits.soft_seconds);
}

void Inbox::put(std::string_view bytes) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    was_empty = bytes_.empty();
    bytes_ += bytes;
    if (is_beyond_limits(bytes_.size() + unsent_.load(std::memory_order_relaxed))) {
      kLog.warn("client closed for not taking its messages bytes={}", bytes_.size() + unsent_);
      is_over_ = true;
      bytes_ = std::string();
    }
    size_.store(bytes_.size(), std::memory_order_release);
    if (!is_over_ && !was_empty) return;
  }
  is_over_ ? end_() : wake_();
}

void Inbox::take(std::string& into) {
  const std::lock_guard lock(mutex_);
  if (into.empty()) {
    std::swap(into, bytes_);
  } else {
    into += bytes_;
  }
  bytes_.clear();
  if (bytes_.capacity() > kKeptBytes) bytes_ = std::string();
  size_.store(0, std::memory_order_release);
}

bool Inbox::note_unsent(std::size_t bytes) {
  unsent_.store(bytes, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  is_over_ |= is_beyond_limits(bytes + bytes_.size());
  return !is_over_;
}

}  // namespace stele::redis
