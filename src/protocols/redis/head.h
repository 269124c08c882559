#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/reactor.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/tls.h"
#include "protocols/redis/client_list.h"
#include "protocols/redis/client_memory.h"
#include "protocols/redis/operations/kept_parameters.h"
#include "protocols/redis/operations/latency_monitor.h"
#include "protocols/redis/operations/monitors.h"
#include "protocols/redis/operations/slow_log.h"
#include "protocols/redis/pubsub/channels.h"
#include "protocols/redis/scripts/functions.h"
#include "protocols/redis/scripts/scripts.h"
#include "protocols/redis/settings.h"
#include "protocols/redis/statistics.h"
#include "protocols/redis/tracking/events.h"
#include "protocols/redis/tracking/tracking.h"
#include "protocols/redis/users/denial_log.h"
#include "protocols/redis/users/stored_users.h"
#include "protocols/redis/users/users.h"
#include "views/keys/keys.h"

namespace stele::views {
class Freshness;
}

namespace stele::redis {

// What the head works on. All of it outlives the head.
struct Services {
  views::NodeKeys* keys = nullptr;
  views::Freshness* freshness_or_null = nullptr;  // without a PostgreSQL there is none
  MetricRegistry* metrics = nullptr;
  const Clock* clock = nullptr;
  std::shared_ptr<net::TlsContext> tls_or_null;  // clients that begin with a TLS hello get it
  std::string password;                          // of the default user; empty: he needs none
  std::string configuration_file;                // in Redis' form, for CONFIG REWRITE; empty: none
  std::string acl_file;                          // where ACL LOAD and SAVE have their users; empty: nowhere
  views::Administration* administration_or_null = nullptr;  // with the catalog: PostgreSQL keeps the users
  const views::Catalog* catalog_or_null = nullptr;
  std::size_t clients_max = 10'000;
  std::string version;  // Stele's
  std::string run_id;   // 40 hexadecimal digits
};

// The Redis head of a node: what all of its sessions share. Any thread, but for at(): a reactor's own part is
// made on its thread before sessions run there. Lifetime: outlives them.
class Head {
 public:
  explicit Head(Services services);
  ~Head();
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;

  // Reads the configuration file and the ACL file, when there are such; before anyone is served.
  Result<void> configure();
  // Serves one client to its end, on the current reactor.
  net::Task<void> serve(std::unique_ptr<net::Stream> stream);

  const Services& services() const { return services_; }
  views::NodeKeys& keys() { return *services_.keys; }
  Settings& settings() { return settings_; }
  ClientList& clients() { return clients_; }
  ClientMemory& client_memory() { return client_memory_; }
  Channels& channels() { return channels_; }
  Tracking& tracking() { return tracking_; }
  Events& events() { return events_; }
  Scripts& scripts() { return scripts_; }
  Functions& functions() { return functions_; }
  SlowLog& slow_log() { return slow_log_; }
  Monitors& monitors() { return monitors_; }
  // Memory is full, and the eviction policy finds nothing to remove.
  bool is_out_of_memory() { return settings_.memory_bytes_max > 0 && keys().keyspace().is_full(); }
  Users& users() { return users_; }
  DenialLog& denials() { return denials_; }
  // Where PostgreSQL keeps the users; null when a file does, or there is no PostgreSQL.
  StoredUsers* stored_users_or_null() { return stored_users_.get(); }
  // aclfile; empty: there is none.
  const std::string& acl_file() const { return acl_file_; }
  void set_acl_file(std::string file) { acl_file_ = std::move(file); }  // before anyone is served
  KeptParameters& kept() { return kept_; }
  // What CONFIG's parameters were before the configuration file was read.
  const std::map<std::string, std::string>& parameter_defaults() const { return parameter_defaults_; }
  LatencyMonitor& latency() { return latency_; }
  // latency-tracking-info-percentiles.
  std::vector<double> percentiles() const;
  void set_percentiles(std::vector<double> percentiles);
  TimePoint started() const { return started_; }
  void set_port(std::uint16_t port) { port_ = port; }
  std::uint16_t port() const { return port_; }

  // The highest that used memory was, when somebody looked: now, and by the expiry cycle.
  std::size_t note_memory_peak();
  // The keyspace's figures, those that count what happened since CONFIG RESETSTAT.
  keyspace::KeyspaceStats stats_since_reset() const;
  std::uint64_t evicted_clients() const { return client_memory_.evicted() - evicted_before_; }
  void reset_statistics();

  // The statistics of the current reactor, made when it first asks.
  ReactorStatistics& statistics_here();
  // Each reactor's, for sums.
  std::vector<ReactorStatistics*> statistics() const;

  struct Metrics {
    Counter* requests;
    Counter* errors;
    Histogram* request_time;
    Gauge* connections;
  };
  const Metrics& metrics() const { return metrics_; }

 private:
  const Services services_;
  Settings settings_;
  Users users_{services_.password};
  DenialLog denials_;
  std::unique_ptr<StoredUsers> stored_users_;
  std::string acl_file_;
  KeptParameters kept_;
  std::map<std::string, std::string> parameter_defaults_;
  LatencyMonitor latency_{settings_.latency_threshold_ms};
  ClientList clients_;
  ClientMemory client_memory_{clients_, services_.keys->keyspace(), settings_};
  Channels channels_;
  Tracking tracking_{clients_, settings_.tracked_keys_max};
  Scripts scripts_;
  Functions functions_;
  SlowLog slow_log_{settings_.slower_than_us, settings_.slow_entries_max};
  Monitors monitors_;
  Events events_{channels_, tracking_, settings_.notified};
  Metrics metrics_;
  const TimePoint started_;
  std::atomic<std::uint16_t> port_ = 0;
  std::atomic<std::size_t> memory_peak_ = 0;
  std::atomic<std::uint64_t> expired_before_ = 0;  // the last CONFIG RESETSTAT, as the following
  std::atomic<std::uint64_t> evicted_keys_before_ = 0;
  std::atomic<std::uint64_t> freed_before_ = 0;
  std::atomic<std::uint64_t> evicted_before_ = 0;

  mutable std::mutex mutex_;
  std::vector<double> percentiles_ = {50, 99, 99.9};
  std::vector<std::pair<net::Reactor*, std::unique_ptr<ReactorStatistics>>> statistics_;
};

// Removes keys whose time is over, though nobody asks for them: a few hundred a time, ten times a second, a
// hundred times while keys with an expiry are there, and at once again while there are more. And keys of
// which the eviction policy says so, while memory is beyond its limit and nobody writes. On one reactor;
// destroyed there, before the keys.
class ExpiryCycle {
 public:
  ExpiryCycle(net::Reactor& reactor, Head& head);

 private:
  void turn();

  net::Reactor& reactor_;
  Head& head_;
  net::Timer timer_;
};

}  // namespace stele::redis
