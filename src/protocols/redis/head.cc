#include "protocols/redis/head.h"

#include <algorithm>
#include <utility>

#include "protocols/redis/commands/table.h"
#include "protocols/redis/session.h"

namespace stele::redis {

namespace {

constexpr std::size_t kExpiredATurn = 400;
constexpr std::size_t kEvictedATurn = 64;
constexpr Duration kExpiryPause = std::chrono::milliseconds(100);
constexpr Duration kExpiryPauseWithKeys = std::chrono::milliseconds(10);  // some of which will expire
constexpr Duration kExpiryPauseWithMore = std::chrono::milliseconds(1);

}  // namespace

Head::Head(Services services) : services_(std::move(services)), started_(services_.clock->now()) {
  settings_.clients_max = services_.clients_max;
  services_.keys->keyspace().add_listener(events_);
  MetricRegistry& metrics = *services_.metrics;
  const MetricLabels label = {{"head", "redis"}};
  metrics_.requests = &metrics.counter("stele_requests_total", "Requests answered, by head.", label);
  metrics_.errors =
      &metrics.counter("stele_request_errors_total", "Requests answered with an error, by head.", label);
  metrics_.request_time =
      &metrics.histogram("stele_request_seconds", "Time from a request to its answer.", label);
  metrics_.connections = &metrics.gauge("stele_connections", "Open connections, by head.", label);
  metrics.gauge_callback("stele_keys", "Keys in memory, of all databases.", {}, [keys = services_.keys] {
    return static_cast<double>(keys->keyspace().stats().keys);
  });
  metrics.gauge_callback("stele_keys_memory_bytes", "Memory of the keys.", {}, [keys = services_.keys] {
    return static_cast<double>(keys->keyspace().stats().used_memory_bytes);
  });
}

Head::~Head() {
  services_.keys->keyspace().remove_listener(events_);
}

net::Task<void> Head::serve(std::unique_ptr<net::Stream> stream) {
  return serve_session(std::move(stream), this);
}

std::size_t Head::note_memory_peak() {
  const auto stats = services_.keys->keyspace().stats();
  const std::size_t used = stats.used_memory_bytes + stats.freeing_bytes + client_memory_.bytes();
  std::size_t peak = memory_peak_.load();
  while (used > peak && !memory_peak_.compare_exchange_weak(peak, used)) {
  }
  return std::max(used, peak);
}

keyspace::KeyspaceStats Head::stats_since_reset() const {
  keyspace::KeyspaceStats stats = services_.keys->keyspace().stats();
  stats.expired -= expired_before_;
  stats.evicted -= evicted_keys_before_;
  stats.freed_objects -= freed_before_;
  return stats;
}

void Head::reset_statistics() {
  for (ReactorStatistics* const each : statistics()) each->reset();
  const auto stats = services_.keys->keyspace().stats();
  expired_before_ = stats.expired;
  evicted_keys_before_ = stats.evicted;
  freed_before_ = stats.freed_objects;
  evicted_before_ = client_memory_.evicted();
}

ReactorStatistics& Head::statistics_here() {
  net::Reactor* const here = net::Reactor::current();
  const std::lock_guard lock(mutex_);
  for (const auto& [reactor, statistics] : statistics_) {
    if (reactor == here) return *statistics;
  }
  const std::size_t commands = CommandTable::get().all().size();
  return *statistics_.emplace_back(here, std::make_unique<ReactorStatistics>(commands, *metrics_.errors))
              .second;
}

std::vector<ReactorStatistics*> Head::statistics() const {
  const std::lock_guard lock(mutex_);
  std::vector<ReactorStatistics*> all;
  for (const auto& [reactor, statistics] : statistics_) all.push_back(statistics.get());
  return all;
}

ExpiryCycle::ExpiryCycle(net::Reactor& reactor, Head& head)
    : reactor_(reactor), head_(head), timer_(reactor) {
  turn();
}

void ExpiryCycle::turn() {
  keyspace::Keyspace& keyspace = head_.keys().keyspace();
  const bool is_on = head_.settings().expires_actively;
  bool has_more = keyspace.expire_some(is_on ? kExpiredATurn : 0) == kExpiredATurn;
  head_.client_memory().evict();
  (void)head_.note_memory_peak();
  has_more |= keyspace.make_room(kEvictedATurn) == keyspace::Room::kMore;
  const bool has_keys = keyspace.stats().keys_with_expiry > 0;
  const Duration pause = has_more ? kExpiryPauseWithMore : has_keys ? kExpiryPauseWithKeys : kExpiryPause;
  timer_.set(reactor_.now() + pause, [this] { turn(); });
}

}  // namespace stele::redis
