#include <fmt/format.h>

#include "engine/collection.h"
#include "engine/schema.h"
#include "json/writer.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/services.h"
#include "views/catalog.h"

namespace stele::qdrant {
namespace {

Reply plain(std::string text) {
  Reply reply;
  reply.result = std::move(text);
  reply.bare = true;
  reply.content_type = "text/plain; charset=utf-8";
  return reply;
}

}  // namespace

net::Task<Outcome<Reply>> get_info(Call* call) {
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  // The clients compare the version with their own and look at nothing else.
  writer.begin_object().member("title", "qdrant - vector search engine");
  writer.member("version", call->services->announced_version).member("commit", nullptr).end_object();
  reply.bare = true;
  co_return reply;
}

net::Task<Outcome<Reply>> get_health(Call*) {
  co_return plain("healthz check passed");
}

net::Task<Outcome<Reply>> get_ready(Call* call) {
  const auto catalog = call->services->catalog->current();
  for (const auto& entry : catalog->entries())
    if (entry->state == views::CollectionState::kBuilding)
      co_return Failure{503, fmt::format("collection {} is being built", entry->name)};
  co_return plain("all shards are ready");
}

net::Task<Outcome<Reply>> get_telemetry(Call* call) {
  Reply reply;
  const Services& services = *call->services;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().member("id", "00000000-0000-0000-0000-000000000000");
  writer.key("app").begin_object().member("name", "stele").member("version", services.announced_version);
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(system_clock().wall().time_since_epoch());
  writer.member("startup", engine::format_iso_date(now.count()));
  writer.end_object();
  writer.key("collections").begin_object();
  writer.member("number_of_collections", services.catalog->current()->entries().size()).end_object();
  writer.key("cluster").begin_object().member("enabled", false).end_object();
  writer.end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> get_cluster(Call*) {
  co_return Reply{R"({"status":"disabled"})"};
}

net::Task<Outcome<Reply>> missing_endpoint(Call* call) {
  co_return not_supported(fmt::format("{} {}", call->request.method, call->request.path));
}

}  // namespace stele::qdrant
