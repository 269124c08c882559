#pragma once

#include <chrono>
#include <mutex>

namespace stele {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;  // for deadlines and spans
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;   // for people and records

constexpr TimePoint kNoDeadline = TimePoint::max();

// What time is it? Passed to whatever depends on time, so that tests decide. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
};

// The machine's clocks. One for the process; stateless.
const Clock& system_clock();

// Stands still until it is told to advance. Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime(std::chrono::hours(24 * 365 * 50))) : wall_(start) {}
  TimePoint now() const override;
  WallTime wall() const override;
  void advance(Duration by);

 private:
  mutable std::mutex mutex_;
  TimePoint now_{};
  WallTime wall_;
};

}  // namespace stele
