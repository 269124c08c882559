#include "protocols/redis/head.h"

#include <algorithm>
#include <utility>

#include "protocols/redis/commands/config_parameters.h"
#include "protocols/redis/commands/configuration_file.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/session.h"
#include "protocols/redis/users/acl_file.h"

namespace stele::redis {

namespace {

constexpr std::size_t kExpiredATurn = 400;
constexpr std::size_t kEvictedATurn = 64;
constexpr Duration kExpiryPause = std::chrono::milliseconds(100);
constexpr Duration kExpiryPauseWithKeys = std::chrono::milliseconds(10);  // some of which will expire
constexpr Duration kExpiryPauseWithMore = std::chrono::milliseconds(1);

}  // namespace

Head::Head(Services services)
    : services_(std::move(services)), acl_file_(services_.acl_file), started_(services_.clock->now()) {
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

Result<void> Head::configure() {
  for (const ConfigParameter& parameter : config_parameters()) {
    if (parameter.check != nullptr) parameter_defaults_.emplace(parameter.name, parameter.get(*this));
  }
  if (!services_.configuration_file.empty()) STELE_RETURN_IF_ERROR(read_configuration_file(*this));
  if (!acl_file_.empty()) {
    STELE_TRY(auto loaded, load_acl_file(acl_file_, users_.gives_all_channels()));
    users_.replace(std::move(loaded));
  } else if (services_.administration_or_null != nullptr && services_.catalog_or_null != nullptr) {
    stored_users_ =
        std::make_unique<StoredUsers>(*services_.administration_or_null, *services_.catalog_or_null);
    take_stored_users(*this, nullptr);
  }
  return {};
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
  const std::size_t commands = CommandTable::get().numbers();
  return *statistics_.emplace_back(here, std::make_unique<ReactorStatistics>(commands, *metrics_.errors))
              .second;
}

std::vector<double> Head::percentiles() const {
  const std::lock_guard lock(mutex_);
  return percentiles_;
}

void Head::set_percentiles(std::vector<double> percentiles) {
  const std::lock_guard lock(mutex_);
  percentiles_ = std::move(percentiles);
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
  take_stored_users(head_, nullptr);
  keyspace::Keyspace& keyspace = head_.keys().keyspace();
  const bool is_on = head_.settings().expires_actively;
  const TimePoint began = std::chrono::steady_clock::now();
  bool has_more = keyspace.expire_some(is_on ? kExpiredATurn : 0) == kExpiredATurn;
  head_.latency().note("expire-cycle", std::chrono::steady_clock::now() - began,
                       head_.services().clock->wall());
  head_.client_memory().evict();
  (void)head_.note_memory_peak();
  const TimePoint evicting = std::chrono::steady_clock::now();
  has_more |= keyspace.make_room(kEvictedATurn) == keyspace::Room::kMore;
  head_.latency().note("eviction-cycle", std::chrono::steady_clock::now() - evicting,
                       head_.services().clock->wall());
  const bool has_keys = keyspace.stats().keys_with_expiry > 0;
  const Duration pause = has_more ? kExpiryPauseWithMore : has_keys ? kExpiryPauseWithKeys : kExpiryPause;
  timer_.set(reactor_.now() + pause, [this] { turn(); });
}

}  // namespace stele::redis
