#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace stele::redis {

// How long did each run of a command take? Counts by time, four steps to a power of two of nanoseconds, so a
// value is known to a fifth. One thread records, any thread reads; a reset by another may lose what is
// counted in that moment. Cost of a record: a few instructions.
class TimeHistogram {
 public:
  static constexpr int kBuckets = 144;  // up to 2^37 ns, 137 s; what takes longer counts as that

  void record(std::uint64_t ns) {
    auto& count = counts_[bucket_of(ns)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void reset() {
    for (auto& count : counts_) count.store(0, std::memory_order_relaxed);
  }
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }

  static std::size_t bucket_of(std::uint64_t ns) {
    if (ns < 4) return static_cast<std::size_t>(ns);
    if (ns >= kLongest) return kBuckets - 1;
    const int exponent = std::bit_width(ns) - 1;
    return static_cast<std::size_t>(exponent - 1) * 4 + (ns >> (exponent - 2) & 3U);
  }
  // The longest time of a bucket.
  static std::uint64_t bound_ns(std::size_t bucket) {
    if (bucket < 4) return bucket;
    return ((bucket % 4 + 5) << (bucket / 4 - 1)) - 1;
  }

 private:
  static constexpr std::uint64_t kLongest = 1ULL << 37U;

  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
};

// The sum of several: a copy at a moment.
class TimeSums {
 public:
  void add(const TimeHistogram& histogram) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] += histogram.count(i);
      total_ += histogram.count(i);
    }
  }
  std::uint64_t total() const { return total_; }
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket]; }
  // The time that so many percent of the runs did not exceed.
  std::uint64_t percentile_ns(double percent) const {
    const double wanted = percent / 100 * static_cast<double>(total_);
    std::uint64_t seen = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] == 0) continue;
      last = i;
      seen += counts_[i];
      if (static_cast<double>(seen) >= wanted) break;
    }
    return TimeHistogram::bound_ns(last);
  }

 private:
  std::array<std::uint64_t, TimeHistogram::kBuckets> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace stele::redis
