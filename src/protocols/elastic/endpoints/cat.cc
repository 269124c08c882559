#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/collection.h"
#include "protocols/elastic/endpoints/cat_table.h"
#include "protocols/elastic/endpoints/cluster.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/alias_change.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/search/search_runner.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

std::int64_t epoch_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock().wall().time_since_epoch()).count();
}

std::string clock_text(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

CatCell text(std::string_view value) {
  return {std::string(value), {}};
}

}  // namespace

net::Task<Outcome<Reply>> cat_help(Call*) {
  Reply reply;
  reply.form = Body::kText;
  reply.body =
      "=^.^=\n/_cat/indices\n/_cat/indices/{index}\n/_cat/health\n/_cat/count\n/_cat/count/{index}\n/_cat/"
      "aliases\n"
      "/_cat/aliases/{alias}\n/_cat/nodes\n";
  co_return reply;
}

net::Task<Outcome<Reply>> cat_indices(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  CatTable table({{"health", {"h"}, "current health status"},
                  {"status", {"s"}, "open/close status"},
                  {"index", {"i", "idx"}, "index name"},
                  {"uuid", {"id", "uuid"}, "index uuid"},
                  {"pri", {"p", "shards.primary", "shardsPrimary"}, "number of primary shards", true},
                  {"rep", {"r", "shards.replica", "shardsReplica"}, "number of replica shards", true},
                  {"docs.count", {"dc", "docsCount"}, "available docs", true},
                  {"docs.deleted", {"dd", "docsDeleted"}, "deleted docs", true},
                  {"creation.date", {"cd"}, "index creation date (millisecond value)", true, false},
                  {"creation.date.string", {"cds"}, "index creation date (as string)", false, false},
                  {"store.size", {"ss", "storeSize"}, "store size of primaries & replicas", true},
                  {"pri.store.size", {}, "store size of primaries", true},
                  {"dataset.size", {}, "total size of dataset", true},
                  {"table", {}, "PostgreSQL table of the rows", false, false}});
  const std::string_view wanted_health = call->parameters.text("health");
  if (!wanted_health.empty() && wanted_health != "green" && wanted_health != "yellow" &&
      wanted_health != "red")
    co_return illegal_argument(fmt::format("unknown cluster health status [{}]", wanted_health));
  const ClusterHealth health = cluster_health(indices);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const views::CollectionEntry& index = *indices[i].index;
    const ClusterHealth::IndexHealth& facts = health.indices[i];
    if (!wanted_health.empty() && facts.status != wanted_health) continue;
    const engine::CollectionStats stats = stats_of(index);
    STELE_CO_TRY(const CatCell size, cat_bytes(call->parameters, stats.memory_bytes));
    const auto created =
        std::chrono::duration_cast<std::chrono::milliseconds>(index.created.time_since_epoch()).count();
    table.add({text(facts.status), text("open"), text(index.name), text(index.uuid), cat_number(facts.shards),
               cat_number(facts.replicas), cat_number(stats.documents), cat_number(stats.dead_versions),
               cat_number(static_cast<std::size_t>(created)),
               text(engine::format_iso_date(created * 1'000'000)), size, size, size,
               text(index.table.schema + "." + index.table.name)});
  }
  co_return table.render(*call);
}

net::Task<Outcome<Reply>> cat_health(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(*catalog, "", {}));
  const ClusterHealth health = cluster_health(indices);
  STELE_CO_TRY(const bool times, call->parameters.boolean("ts", true));
  CatTable table(
      {{"epoch", {"t", "time"}, "seconds since 1970-01-01 00:00:00", false, times},
       {"timestamp", {"ts", "hms", "hhmmss"}, "time in HH:MM:SS", false, times},
       {"cluster", {"cl"}, "cluster name"},
       {"status", {"st"}, "health status"},
       {"node.total", {"nt", "nodeTotal"}, "total number of nodes", true},
       {"node.data", {"nd", "nodeData"}, "number of nodes that can store data", true},
       {"shards", {"t", "sh", "shards.total", "shardsTotal"}, "total number of shards", true},
       {"pri", {"p", "shards.primary", "shardsPrimary"}, "number of primary shards", true},
       {"relo", {"r", "shards.relocating", "shardsRelocating"}, "number of relocating nodes", true},
       {"init", {"i", "shards.initializing", "shardsInitializing"}, "number of initializing nodes", true},
       {"unassign", {"u", "shards.unassigned", "shardsUnassigned"}, "number of unassigned shards", true},
       {"pending_tasks", {"pt", "pendingTasks"}, "number of pending tasks", true},
       {"max_task_wait_time", {"mtwt", "maxTaskWaitTime"}, "wait time of longest task pending", true},
       {"active_shards_percent",
        {"asp", "activeShardsPercent"},
        "active number of shards in percent",
        true}});
  const std::int64_t now = epoch_seconds();
  const std::size_t all = health.primaries + health.unassigned;
  const double percent =
      all == 0 ? 100.0 : 100.0 * static_cast<double>(health.primaries) / static_cast<double>(all);
  table.add({cat_number(static_cast<std::size_t>(now)), text(clock_text(now)),
             text(call->services->identity.cluster_name), text(health.status), cat_number(1), cat_number(1),
             cat_number(health.primaries), cat_number(health.primaries), cat_number(0),
             cat_number(health.initializing), cat_number(health.unassigned), cat_number(0), text("-"),
             text(fmt::format("{:.1f}%", percent))});
  co_return table.render(*call);
}

net::Task<Outcome<Reply>> cat_count(Call* call) {
  STELE_CO_TRY(const SearchTargets targets, find_targets(*call, call->part("index"), {}));
  STELE_CO_TRY(engine::Request request, prepare_count(targets, std::nullopt, {}, {}));
  request.deadline = call->deadline;
  auto result = co_await run_search(call, &targets, std::move(request));
  if (!result) co_return std::move(result).error();
  CatTable table({{"epoch", {"t", "time"}, "seconds since 1970-01-01 00:00:00"},
                  {"timestamp", {"ts", "hms", "hhmmss"}, "time in HH:MM:SS"},
                  {"count", {"dc", "docs.count", "docsCount"}, "the document count"}});
  const std::int64_t now = epoch_seconds();
  table.add({cat_number(static_cast<std::size_t>(now)), text(clock_text(now)),
             cat_number(result->totals["matches"].value)});
  co_return table.render(*call);
}

net::Task<Outcome<Reply>> cat_aliases(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  const bool shows_hidden = options.expand_hidden || !call->parameters.has("expand_wildcards");
  const std::vector<std::string> patterns = split(call->part("name"), ',');
  CatTable table({{"alias", {"a"}, "alias name"},
                  {"index", {"i", "idx"}, "index alias points to"},
                  {"filter", {"f", "fi"}, "filter"},
                  {"routing.index", {"ri", "routingIndex"}, "index routing"},
                  {"routing.search", {"rs", "routingSearch"}, "search routing"},
                  {"is_write_index", {"w", "isWriteIndex"}, "write index"}});
  for (const Alias& alias : all_aliases(*catalog)) {
    if (!names_alias(patterns, alias.name) || (alias.is_hidden() && !shows_hidden)) continue;
    for (const AliasTarget& target : alias.targets) {
      Result<json::Document> properties = json::Document::parse_borrowed(target.properties);
      const auto fact = [&](std::string_view key) {
        const auto found = properties ? properties->root().find(key) : std::nullopt;
        return found && found->is_string() ? std::string(found->string()) : std::string("-");
      };
      const bool filtered = properties && properties->root().find("filter").has_value();
      table.add({text(alias.name), text(target.index), text(filtered ? "*" : "-"),
                 text(fact("index_routing")), text(fact("search_routing")),
                 text(target.write_index_is_set ? (target.is_write_index ? "true" : "false") : "-")});
    }
  }
  co_return table.render(*call);
}

net::Task<Outcome<Reply>> cat_nodes(Call* call) {
  const NodeIdentity& node = call->services->identity;
  CatTable table(
      {{"ip", {"i"}, "ip address"},
       {"version", {"v"}, "es version", false, false},
       {"node.role", {"r", "role", "nodeRole"}, "m:master eligible node, d:data node, i:ingest node"},
       {"master", {"m"}, "*:current master"},
       {"name", {"n"}, "node name"}});
  table.add({text(node.publish_address.substr(0, node.publish_address.rfind(':'))),
             text(node.announced_version), text("dim"), text("*"), text(node.node_name)});
  co_return table.render(*call);
}

}  // namespace stele::elastic
