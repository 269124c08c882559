#include <fmt/format.h>

#include "engine/collection.h"
#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

Outcome<std::vector<ResolvedIndex>> named_indices(const Call& call, const views::CatalogState& catalog) {
  STELE_TRY(const IndicesOptions options, IndicesOptions::from(call.parameters));
  return resolve_indices(catalog, call.part("index"), options);
}

Reply shards_reply(std::size_t shards) {
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("_shards").begin_object();
  out.member("total", shards).member("successful", shards).member("failed", 0);
  out.end_object().end_object();
  return reply;
}

std::size_t shards_of(const std::vector<ResolvedIndex>& indices) {
  std::size_t shards = 0;
  for (const ResolvedIndex& resolved : indices)
    shards +=
        static_cast<std::size_t>(IndexMetadata::of(*resolved.index).number("index.number_of_shards", 1));
  return shards;
}

}  // namespace

net::Task<Outcome<Reply>> refresh_indices(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  for (const ResolvedIndex& resolved : indices) call->services->pins->renew(resolved.index->id);
  co_return shards_reply(shards_of(indices));
}

net::Task<Outcome<Reply>> flush_indices(Call* call) {
  STELE_CO_TRY(const bool force, call->parameters.boolean("force", false));
  STELE_CO_TRY(const bool waits, call->parameters.boolean("wait_if_ongoing", true));
  if (force && !waits) co_return validation_failure({"wait_if_ongoing must be true for a force flush"});
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  co_return shards_reply(shards_of(indices));
}

net::Task<Outcome<Reply>> index_stats(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, named_indices(*call, *catalog));
  std::string each;
  json::Writer inner(each);
  std::size_t documents = 0;
  std::size_t deleted = 0;
  std::size_t bytes = 0;
  const auto write_facts = [](json::Writer& out, std::size_t docs, std::size_t dead, std::size_t size) {
    for (const std::string_view part : {"primaries", "total"}) {
      out.key(part).begin_object();
      out.key("docs").begin_object().member("count", docs).member("deleted", dead).end_object();
      out.key("store").begin_object().member("size_in_bytes", size).end_object();
      out.end_object();
    }
  };
  inner.begin_object();
  for (const ResolvedIndex& resolved : indices) {
    const engine::CollectionStats stats = stats_of(*resolved.index);
    documents += stats.documents;
    deleted += stats.dead_versions;
    bytes += stats.memory_bytes;
    inner.key(resolved.index->name).begin_object();
    inner.member("uuid", resolved.index->uuid);
    inner.member("health", "green").member("status", "open");
    write_facts(inner, stats.documents, stats.dead_versions, stats.memory_bytes);
    inner.end_object();
  }
  inner.end_object();
  const std::size_t shards = shards_of(indices);
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("_shards").begin_object();
  out.member("total", shards).member("successful", shards).member("failed", 0).end_object();
  out.key("_all").begin_object();
  write_facts(out, documents, deleted, bytes);
  out.end_object();
  out.key("indices").raw(each).end_object();
  co_return reply;
}

}  // namespace stele::elastic
