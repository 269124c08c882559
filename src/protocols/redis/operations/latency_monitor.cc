#include "protocols/redis/operations/latency_monitor.h"

#include <algorithm>

namespace stele::redis {

namespace {

constexpr std::size_t kSamplesMax = 160;

}  // namespace

void LatencyMonitor::add(std::string_view event, Duration taken, WallTime now) {
  const std::int64_t at = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(taken).count();
  const std::lock_guard lock(mutex_);
  auto found = events_.find(event);
  if (found == events_.end()) found = events_.emplace(event, Series()).first;
  Series& series = found->second;
  series.longest = std::max(series.longest, ms);
  if (!series.samples.empty() && series.samples.back().at_seconds == at) {
    series.samples.back().milliseconds = std::max(series.samples.back().milliseconds, ms);
    return;
  }
  series.samples.push_back({at, ms});
  if (series.samples.size() > kSamplesMax) series.samples.pop_front();
}

std::vector<LatencyMonitor::Event> LatencyMonitor::events() const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> all;
  for (const auto& [name, series] : events_)
    all.push_back({name, {series.samples.begin(), series.samples.end()}, series.longest});
  return all;
}

std::optional<LatencyMonitor::Event> LatencyMonitor::event(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = events_.find(name);
  if (found == events_.end()) return std::nullopt;
  const Series& series = found->second;
  return Event{found->first, {series.samples.begin(), series.samples.end()}, series.longest};
}

std::size_t LatencyMonitor::reset(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (name.empty()) {
    const std::size_t count = events_.size();
    events_.clear();
    return count;
  }
  const auto found = events_.find(name);
  if (found == events_.end()) return 0;
  events_.erase(found);
  return 1;
}

}  // namespace stele::redis
