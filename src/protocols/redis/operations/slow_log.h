#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace stele::redis {

// Which commands took long? The last ones beyond slowlog-log-slower-than, the newest first. Any thread; a
// command that is quick costs a comparison.
class SlowLog {
 public:
  struct Entry {
    std::int64_t id = 0;
    std::int64_t at_seconds = 0;  // since 1970
    std::int64_t microseconds = 0;
    std::vector<std::string> arguments;  // the first ones, cut
    std::string client;
    std::string client_name;
  };

  SlowLog(const std::atomic<std::int64_t>& slower_than_us, const std::atomic<std::size_t>& entries_max)
      : slower_than_us_(slower_than_us), entries_max_(entries_max) {}

  bool is_slow(Duration taken) const {
    const std::int64_t least = slower_than_us_.load(std::memory_order_relaxed);
    return least >= 0 && std::chrono::duration_cast<std::chrono::microseconds>(taken).count() >= least;
  }
  void add(std::span<const std::string_view> arguments, Duration taken, WallTime now, std::string client,
           std::string client_name);
  std::vector<Entry> newest(std::size_t count) const;
  std::size_t size() const;
  void clear();

 private:
  const std::atomic<std::int64_t>& slower_than_us_;
  const std::atomic<std::size_t>& entries_max_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::int64_t next_id_ = 0;
};

}  // namespace stele::redis
