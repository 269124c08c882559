#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace stele::redis {

// What kind of thing took long, and when? LATENCY's events: those of latency-monitor-threshold and longer,
// the worst of each second. Any thread; what is quick costs a comparison.
class LatencyMonitor {
 public:
  struct Sample {
    std::int64_t at_seconds = 0;  // since 1970
    std::int64_t milliseconds = 0;
  };
  struct Event {
    std::string name;
    std::vector<Sample> samples;  // in the order of time, never empty
    std::int64_t longest = 0;     // of all time, in milliseconds
  };

  explicit LatencyMonitor(const std::atomic<std::size_t>& threshold_ms) : threshold_ms_(threshold_ms) {}

  void note(std::string_view event, Duration taken, WallTime now) {
    const auto threshold = std::chrono::milliseconds(threshold_ms_.load(std::memory_order_relaxed));
    if (threshold.count() != 0 && taken >= threshold) add(event, taken, now);
  }
  bool is_slow(Duration taken) const {
    const auto threshold = std::chrono::milliseconds(threshold_ms_.load(std::memory_order_relaxed));
    return threshold.count() != 0 && taken >= threshold;
  }
  std::vector<Event> events() const;  // by name
  std::optional<Event> event(std::string_view name) const;
  // One event, or all for an empty name; how many there were.
  std::size_t reset(std::string_view name);

 private:
  struct Series {
    std::deque<Sample> samples;
    std::int64_t longest = 0;
  };
  void add(std::string_view event, Duration taken, WallTime now);

  const std::atomic<std::size_t>& threshold_ms_;
  mutable std::mutex mutex_;
  std::map<std::string, Series, std::less<>> events_;
};

}  // namespace stele::redis
