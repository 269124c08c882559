#include "protocols/redis/operations/command_metrics.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

constexpr int kBounds = 12;  // 1 us, 4 us, … 4 s

struct Row {
  std::string_view name;
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t nanoseconds = 0;
  TimeSums times;
};

std::vector<Row> rows_of(const Head& head) {
  const CommandTable& table = CommandTable::get();
  const auto reactors = head.statistics();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < table.numbers(); ++i) {
    Row row;
    row.name = table.row_at(i).name;
    for (ReactorStatistics* const each : reactors) {
      const auto& counters = each->of_command(i);
      row.calls += counters.calls.value();
      row.failed += counters.failed.value();
      row.rejected += counters.rejected.value();
      row.nanoseconds += counters.nanoseconds.value();
      each->add_times(i, row.times);
    }
    if (row.calls + row.rejected > 0) rows.push_back(row);
  }
  return rows;
}

void write_times(const Row& row, std::back_insert_iterator<std::string> out) {
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (int i = 0; i < kBounds; ++i) {
    const std::uint64_t bound_us = 1ULL << (2 * i);
    while (bucket < TimeHistogram::kBuckets && TimeHistogram::bound_ns(bucket) < bound_us * 1024)
      seen += row.times.count(bucket++);
    fmt::format_to(out, "stele_redis_command_seconds_bucket{{command=\"{}\",le=\"{:g}\"}} {}\n", row.name,
                   static_cast<double>(bound_us) * 1.024e-6, seen);
  }
  fmt::format_to(out,
                 "stele_redis_command_seconds_bucket{{command=\"{0}\",le=\"+Inf\"}} {1}\n"
                 "stele_redis_command_seconds_sum{{command=\"{0}\"}} {2:.9f}\n"
                 "stele_redis_command_seconds_count{{command=\"{0}\"}} {1}\n",
                 row.name, row.times.total(), static_cast<double>(row.nanoseconds) * 1e-9);
}

}  // namespace

std::string command_metrics(const Head& head) {
  const std::vector<Row> rows = rows_of(head);
  std::string text;
  const auto out = std::back_inserter(text);
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t Row::* value) {
    fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} counter\n", name, help);
    for (const Row& row : rows) fmt::format_to(out, "{}{{command=\"{}\"}} {}\n", name, row.name, row.*value);
  };
  counter("stele_redis_command_calls_total", "Runs of a command.", &Row::calls);
  counter("stele_redis_command_failures_total", "Runs that answered an error.", &Row::failed);
  counter("stele_redis_command_rejections_total", "Requests refused before they ran.", &Row::rejected);
  fmt::format_to(out,
                 "# HELP stele_redis_command_seconds How long runs of a command take; none are counted "
                 "without latency-tracking.\n# TYPE stele_redis_command_seconds histogram\n");
  for (const Row& row : rows) write_times(row, out);
  return text;
}

}  // namespace stele::redis
