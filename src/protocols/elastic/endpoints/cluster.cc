#include "protocols/elastic/endpoints/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/collection.h"
#include "json/writer.h"
#include "net/reactor.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/services.h"
#include "views/freshness.h"

namespace stele::elastic {
namespace {

constexpr std::array<std::string_view, 3> kStatuses = {"green", "yellow", "red"};

// Lower is better; unknown names are worse than all.
std::size_t rank(std::string_view status) {
  return static_cast<std::size_t>(std::ranges::find(kStatuses, status) - kStatuses.begin());
}

Outcome<ClusterHealth> look(const Call& call) {
  IndicesOptions options;
  STELE_TRY(options, IndicesOptions::from(call.parameters));
  const auto catalog = call.catalog();
  STELE_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(*catalog, call.part("index"), options));
  return cluster_health(indices);
}

void write_numbers(json::Writer& out, const ClusterHealth& health) {
  out.member("active_primary_shards", health.primaries);
  out.member("active_shards", health.primaries - health.initializing);
  out.member("relocating_shards", 0);
  out.member("initializing_shards", health.initializing);
  out.member("unassigned_shards", health.unassigned);
}

void write_shards(json::Writer& out, const ClusterHealth::IndexHealth& index) {
  out.key("shards").begin_object();
  for (std::size_t shard = 0; shard < index.shards; ++shard) {
    out.key(fmt::format("{}", shard)).begin_object();
    out.member("status", index.status);
    out.member("primary_active", index.ready);
    out.member("active_shards", index.ready ? 1 : 0);
    out.member("relocating_shards", 0);
    out.member("initializing_shards", index.ready ? 0 : 1);
    out.member("unassigned_shards", index.replicas);
    out.member("unassigned_primary_shards", 0);
    out.end_object();
  }
  out.end_object();
}

std::string health_body(const Call& call, const ClusterHealth& health, bool timed_out) {
  std::string text;
  json::Writer out(text);
  const std::size_t all = health.primaries + health.unassigned;
  out.begin_object();
  out.member("cluster_name", call.services->identity.cluster_name);
  out.member("status", health.status);
  out.member("timed_out", timed_out);
  out.member("number_of_nodes", 1);
  out.member("number_of_data_nodes", 1);
  write_numbers(out, health);
  out.member("unassigned_primary_shards", 0);
  out.member("delayed_unassigned_shards", 0);
  out.member("number_of_pending_tasks", 0);
  out.member("number_of_in_flight_fetch", 0);
  out.member("task_max_waiting_in_queue_millis", 0);
  out.member("active_shards_percent_as_number",
             all == 0 ? 100.0
                      : 100.0 * static_cast<double>(health.primaries - health.initializing) /
                            static_cast<double>(all));
  const std::string_view level = call.parameters.text("level", "cluster");
  if (level == "indices" || level == "shards") {
    out.key("indices").begin_object();
    for (const ClusterHealth::IndexHealth& index : health.indices) {
      out.key(index.name).begin_object();
      out.member("status", index.status);
      out.member("number_of_shards", index.shards);
      out.member("number_of_replicas", index.replicas);
      out.member("active_primary_shards", index.shards);
      out.member("active_shards", index.ready ? index.shards : 0);
      out.member("relocating_shards", 0);
      out.member("initializing_shards", index.ready ? 0 : index.shards);
      out.member("unassigned_shards", index.shards * index.replicas);
      out.member("unassigned_primary_shards", 0);
      if (level == "shards") write_shards(out, index);
      out.end_object();
    }
    out.end_object();
  }
  out.end_object();
  return text;
}

}  // namespace

ClusterHealth cluster_health(const std::vector<ResolvedIndex>& indices) {
  ClusterHealth health;
  for (const ResolvedIndex& resolved : indices) {
    const views::CollectionEntry& entry = *resolved.index;
    const IndexMetadata metadata = IndexMetadata::of(entry);
    ClusterHealth::IndexHealth index;
    index.name = entry.name;
    index.shards = static_cast<std::size_t>(metadata.number("index.number_of_shards", 1));
    index.replicas = static_cast<std::size_t>(metadata.number("index.number_of_replicas", 0));
    index.ready =
        entry.state == views::CollectionState::kReady || entry.state == views::CollectionState::kStale;
    // As on one node of Elasticsearch: copies that have nowhere to be make an index yellow.
    index.status = !index.ready ? "red" : index.replicas > 0 ? "yellow" : "green";
    if (rank(index.status) > rank(health.status)) health.status = index.status;
    health.primaries += index.shards;
    health.initializing += index.ready ? 0 : index.shards;
    health.unassigned += index.shards * index.replicas;
    health.indices.push_back(std::move(index));
  }
  return health;
}

net::Task<Outcome<Reply>> get_cluster_health(Call* call) {
  STELE_CO_TRY(Duration timeout, parse_time_value(call->parameters.text("timeout", "30s"), "timeout"));
  const std::string_view wanted = call->parameters.text("wait_for_status");
  if (!wanted.empty() && rank(wanted) == kStatuses.size())
    co_return illegal_argument(fmt::format("unknown cluster health status [{}]", wanted));
  const std::string_view nodes = call->parameters.text("wait_for_nodes");
  const bool nodes_suffice = nodes.empty() || nodes == "1" || nodes == ">=1" || nodes == "ge(1)" ||
                             nodes == "<=1" || nodes == ">0" || nodes == "gt(0)";
  // "all" counts the copies that have nowhere to be.
  const std::string_view active = call->parameters.text("wait_for_active_shards", "0");
  const std::optional<std::int64_t> active_min = parse_integer(active);
  if (!active_min && active != "all")
    co_return illegal_argument(fmt::format("cannot parse ActiveShardCount[{}]", active));
  const auto shards_suffice = [&](const ClusterHealth& health) {
    const auto running = static_cast<std::int64_t>(health.primaries - health.initializing);
    return active_min ? running >= *active_min : health.initializing + health.unassigned == 0;
  };
  const TimePoint deadline = std::min(call->deadline, call->started + timeout);
  net::Reactor* reactor = net::Reactor::current();
  for (;;) {
    Outcome<ClusterHealth> health = look(*call);
    // An index that is waited for may be yet to come.
    const bool may_wait = health || health.error().status == 404;
    if (!may_wait) co_return health.error();
    const bool reached = health && nodes_suffice && shards_suffice(*health) &&
                         (wanted.empty() || rank(health->status) <= rank(wanted));
    if (reached) co_return json_reply(health_body(*call, *health, false));
    const bool waits = !wanted.empty() || !nodes_suffice || active != "0";
    if (!waits && !health) {
      // Elasticsearch tells of an index that is not there as red, after the whole timeout.
      ClusterHealth none;
      none.status = "red";
      co_return json_reply(health_body(*call, none, true), 408);
    }
    if (call->services->freshness->is_stopped() || system_clock().now() >= deadline) {
      ClusterHealth none;
      none.status = "red";
      co_return json_reply(health_body(*call, health ? *health : none, true), 408);
    }
    co_await reactor->sleep_for(std::chrono::milliseconds(20));
  }
}

net::Task<Outcome<Reply>> get_cluster_settings(Call*) {
  co_return json_reply(R"({"persistent":{},"transient":{}})");
}

// One node decides at once, and knows of no other cluster.
net::Task<Outcome<Reply>> get_pending_tasks(Call*) {
  co_return json_reply(R"({"tasks":[]})");
}
net::Task<Outcome<Reply>> get_remote_info(Call*) {
  co_return json_reply("{}");
}

net::Task<Outcome<Reply>> get_cluster_stats(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(*catalog, "", {}));
  const ClusterHealth health = cluster_health(indices);
  std::size_t documents = 0;
  std::size_t bytes = 0;
  for (const ResolvedIndex& resolved : indices) {
    const engine::CollectionStats stats = stats_of(*resolved.index);
    documents += stats.documents;
    bytes += stats.memory_bytes;
  }
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object();
  out.key("_nodes")
      .begin_object()
      .member("total", 1)
      .member("successful", 1)
      .member("failed", 0)
      .end_object();
  out.member("cluster_name", call->services->identity.cluster_name);
  out.member("cluster_uuid", call->services->identity.cluster_uuid);
  out.member("status", health.status);
  out.key("indices").begin_object();
  out.member("count", indices.size());
  out.key("shards")
      .begin_object()
      .member("total", health.primaries)
      .member("primaries", health.primaries)
      .end_object();
  out.key("docs").begin_object().member("count", documents).member("deleted", 0).end_object();
  out.key("store").begin_object().member("size_in_bytes", bytes).end_object().end_object();
  out.key("nodes").begin_object();
  out.key("count").begin_object().member("total", 1).member("data", 1).end_object();
  out.key("versions").begin_array().string(call->services->identity.announced_version).end_array();
  out.key("discovery_types").begin_object().member("single-node", 1).end_object();
  out.key("packaging_types").begin_array().begin_object();
  out.member("flavor", "default").member("type", "unknown").member("count", 1).end_object().end_array();
  out.end_object().end_object();
  co_return reply;
}

}  // namespace stele::elastic
