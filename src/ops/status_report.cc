#include "ops/status_report.h"

#include <utility>

#include "engine/collection.h"
#include "json/writer.h"

namespace stele::ops {

namespace {

void write_collection(json::Writer& w, const views::CollectionEntry& entry) {
  // While it is built for the first time there is none.
  const engine::CollectionStats stats =
      entry.collection ? entry.collection->stats() : engine::CollectionStats();
  w.begin_object();
  w.member("name", entry.name);
  w.member("kind", views::to_string(entry.kind));
  w.member("table", entry.table.schema + "." + entry.table.name);
  w.member("state", views::to_string(entry.state));
  if (!entry.reason.empty()) w.member("reason", entry.reason);
  w.member("documents", stats.documents);
  w.member("memory_bytes", stats.memory_bytes);
  w.member("values_left_out", entry.values_left_out);
  w.end_object();
}

}  // namespace

HeadStatus head_status(MetricRegistry& metrics, std::string name, std::uint16_t port) {
  const MetricLabels label = {{"head", name}};
  HeadStatus status;
  status.connections = &metrics.gauge("stele_connections", "Open connections, by head.", label);
  status.requests = &metrics.counter("stele_requests_total", "Requests answered, by head.", label);
  status.errors =
      &metrics.counter("stele_request_errors_total", "Requests answered with an error, by head.", label);
  status.name = std::move(name);
  status.port = port;
  return status;
}

std::string status_json(const views::ViewsStatus& status, const views::CatalogState& catalog,
                        std::span<const HeadStatus> heads, const std::string& version) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("version", version);
  w.member("ready", status.ready);
  if (!status.reason.empty()) w.member("reason", status.reason);
  w.key("heads").begin_array();
  for (const HeadStatus& head : heads) {
    w.begin_object().member("name", head.name).member("port", head.port);
    w.member("connections", head.connections->value());
    w.member("requests", head.requests->value());
    w.member("errors", head.errors->value()).end_object();
  }
  w.end_array();
  w.key("stream").begin_object();
  w.member("connected", status.connected);
  w.member("slot", status.slot);
  w.member("visible_lsn", status.visible.to_string());
  w.member("received_lsn", status.received.to_string());
  w.member("server_lsn", status.server.to_string());
  w.member("lag_bytes", status.lag_bytes);
  w.member("lag_seconds", status.lag_seconds);
  w.member("transactions", status.transactions);
  w.member("changes", status.changes);
  w.member("reconnects", status.reconnects);
  w.end_object();
  w.member("documents", status.documents);
  w.member("memory_bytes", status.memory_bytes);
  w.key("collections").begin_array();
  for (const auto& entry : catalog.entries()) write_collection(w, *entry);
  w.end_array();
  w.end_object();
  return out;
}

}  // namespace stele::ops
