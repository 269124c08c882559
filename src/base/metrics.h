#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

// A number that only grows. Any thread; one relaxed atomic add.
class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// A number that goes up and down. Any thread.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// How long things take: counts in buckets of powers of two from 1 us to about 67 s, and above. Any thread.
// Cost: three relaxed adds.
class Histogram {
 public:
  static constexpr int kBuckets = 27;  // upper bounds 2^0 .. 2^26 us; the last count is "above"

  // `times`: so many events that took as long.
  void record_ns(std::uint64_t ns, std::uint64_t times = 1);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t sum_ns() const { return sum_ns_.load(std::memory_order_relaxed); }
  // Events of bucket i alone (not cumulated); i == kBuckets is "above the last bound".
  std::uint64_t bucket(int i) const { return buckets_[i].load(std::memory_order_relaxed); }
  static double bound_seconds(int i) { return static_cast<double>(1ULL << i) * 1e-6; }

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets + 1> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> sum_ns_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

// All numbers of a node under their Prometheus names. Returned references live as long as the registry; ask
// for one at construction, not per event. Any thread (locked; registration and exposition only).
class MetricRegistry {
 public:
  Counter& counter(std::string name, std::string help, MetricLabels labels = {});
  Gauge& gauge(std::string name, std::string help, MetricLabels labels = {});
  Histogram& histogram(std::string name, std::string help, MetricLabels labels = {});
  // A gauge that is computed when it is read. `read` may be called from any thread.
  void gauge_callback(std::string name, std::string help, MetricLabels labels, std::function<double()> read);

  // Prometheus text format 0.0.4, families in the order of their registration.
  std::string prometheus_text() const;

 private:
  struct Series {
    MetricLabels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> callback;
  };
  struct Family {
    std::string name, help;
    std::string_view type;
    std::vector<std::unique_ptr<Series>> series;
  };

  Series& series_locked(std::string name, std::string help, std::string_view type, MetricLabels labels);
  static void write_series(std::string& out, const Family& family, const Series& series);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace stele
