#include "protocols/redis/head.h"

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
  has_more |= keyspace.make_room(kEvictedATurn) == keyspace::Room::kMore;
  const bool has_keys = keyspace.stats().keys_with_expiry > 0;
  const Duration pause = has_more ? kExpiryPauseWithMore : has_keys ? kExpiryPauseWithKeys : kExpiryPause;
  timer_.set(reactor_.now() + pause, [this] { turn(); });
}

}  // namespace stele::redis
