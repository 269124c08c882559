#include "ops/stream_metrics.h"

#include <array>
#include <string>

namespace stele::ops {

namespace {

struct StreamMetric {
  const char* name;
  const char* help;
  double (*read)(const views::ViewsStatus& status);
};

double as_number(Lsn lsn) {
  return static_cast<double>(lsn.value());
}

constexpr std::array kMetrics = {
    StreamMetric{"stele_stream_connected", "1 while the replication stream is up.",
                 [](const views::ViewsStatus& s) { return s.connected ? 1.0 : 0.0; }},
    StreamMetric{"stele_ready", "1 while every collection that can be served is.",
                 [](const views::ViewsStatus& s) { return s.ready ? 1.0 : 0.0; }},
    StreamMetric{"stele_stream_visible_lsn", "Up to where searches show, in bytes of WAL.",
                 [](const views::ViewsStatus& s) { return as_number(s.visible); }},
    StreamMetric{"stele_stream_received_lsn", "Up to where the stream has come, in bytes of WAL.",
                 [](const views::ViewsStatus& s) { return as_number(s.received); }},
    StreamMetric{"stele_stream_lag_bytes", "WAL between what PostgreSQL has flushed and what searches show.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.lag_bytes); }},
    StreamMetric{"stele_stream_lag_seconds", "Age of the oldest commit that searches do not show yet.",
                 [](const views::ViewsStatus& s) { return s.lag_seconds; }},
    StreamMetric{"stele_stream_reconnects", "Reconnections of the stream since the start.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.reconnects); }},
    StreamMetric{"stele_stream_transactions", "Transactions applied since the start.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.transactions); }},
    StreamMetric{"stele_stream_changes", "Row changes applied since the start.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.changes); }},
    StreamMetric{"stele_documents", "Documents in all collections.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.documents); }},
    StreamMetric{"stele_views_memory_bytes", "Memory that the collections hold.",
                 [](const views::ViewsStatus& s) { return static_cast<double>(s.memory_bytes); }},
};

}  // namespace

void register_stream_metrics(MetricRegistry& registry, const views::Views& views) {
  for (const StreamMetric& metric : kMetrics) {
    registry.gauge_callback(metric.name, metric.help, {},
                            [&views, read = metric.read] { return read(views.status()); });
  }
}

}  // namespace stele::ops
