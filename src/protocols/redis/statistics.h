#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "protocols/redis/operations/time_histogram.h"

namespace stele::redis {

// A number that one thread raises and any thread reads: no locked instruction.
class OwnedCounter {
 public:
  void add(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }
  void reset() { value_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// What has one reactor done? INFO's figures. The reactor's thread writes, any thread reads; a reset by
// another thread may lose what is counted in that moment.
class ReactorStatistics {
 public:
  struct OfCommand {
    OwnedCounter calls;
    OwnedCounter nanoseconds;
    OwnedCounter rejected;  // before it ran
    OwnedCounter failed;
    std::atomic<TimeHistogram*> times = nullptr;  // made by the first run
  };

  // `all_errors` counts those of all reactors, and is not reset.
  ReactorStatistics(std::size_t commands, Counter& all_errors)
      : of_command_(commands), all_errors_(all_errors) {}
  ~ReactorStatistics();

  OwnedCounter commands;
  OwnedCounter hits;
  OwnedCounter misses;
  OwnedCounter input_bytes;
  OwnedCounter output_bytes;
  OwnedCounter refused_connections;

  OfCommand& of_command(std::size_t index) { return of_command_[index]; }
  const OfCommand& of_command(std::size_t index) const { return of_command_[index]; }
  // A run of a command, into its histogram.
  void record_time(OfCommand& command, std::uint64_t ns) {
    TimeHistogram* times = command.times.load(std::memory_order_relaxed);
    if (times == nullptr) times = make_histogram(command);
    times->record(ns);
  }
  void add_times(std::size_t index, TimeSums& sums) const;
  // By the first word of the error.
  void count_error(std::string_view text);
  std::map<std::string, std::uint64_t, std::less<>> errors() const;
  void reset();

 private:
  TimeHistogram* make_histogram(OfCommand& command);

  std::vector<OfCommand> of_command_;
  Counter& all_errors_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> errors_;
};

}  // namespace stele::redis
