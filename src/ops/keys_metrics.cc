#include "ops/keys_metrics.h"

#include <array>
#include <chrono>

namespace stele::ops {

namespace {

using views::KeysStatus;

struct KeysMetric {
  const char* name;
  const char* help;
  double (*read)(const KeysStatus& status);
};

constexpr std::array kMetrics = {
    KeysMetric{"stele_keys_owner", "1 while this node writes the durable keys.",
               [](const KeysStatus& s) { return s.owner ? 1.0 : 0.0; }},
    KeysMetric{"stele_keys_backlog_bytes", "Changes of durable keys that are not committed.",
               [](const KeysStatus& s) { return static_cast<double>(s.backlog_bytes); }},
    KeysMetric{"stele_keys_backlog_seconds", "How long the oldest of these changes waits, at most.",
               [](const KeysStatus& s) { return std::chrono::duration<double>(s.backlog_age).count(); }},
    KeysMetric{"stele_keys_flushes", "Transactions that brought changes of keys, since the start.",
               [](const KeysStatus& s) { return static_cast<double>(s.flushes); }},
    KeysMetric{"stele_keys_flushes_failed", "Flushes that PostgreSQL did not take, since the start.",
               [](const KeysStatus& s) { return static_cast<double>(s.flushes_failed); }},
    KeysMetric{"stele_keys_refused", "Keys that PostgreSQL refuses.",
               [](const KeysStatus& s) { return static_cast<double>(s.refused_count); }},
};

}  // namespace

void register_keys_metrics(MetricRegistry& registry, const views::NodeKeys& keys) {
  for (const KeysMetric& metric : kMetrics) {
    registry.gauge_callback(metric.name, metric.help, {},
                            [&keys, read = metric.read] { return read(keys.status()); });
  }
}

}  // namespace stele::ops
