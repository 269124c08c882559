#include <fmt/format.h>

#include <algorithm>

#include "engine/engine.h"
#include "json/writer.h"
#include "protocols/qdrant/collection/config.h"
#include "protocols/qdrant/collection/payload_index.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/point/point_keys.h"
#include "protocols/qdrant/services.h"
#include "views/administration.h"

namespace stele::qdrant {
namespace {

// What Qdrant allows as the name of a folder.
Outcome<> check_name(std::string_view name) {
  for (const char c : std::string_view("<>:\"/\\|?*\0\x1f", 11))
    if (name.find(c) != std::string_view::npos)
      return invalid_path(
          "name", fmt::format("value {:?} invalid, cannot contain {:?} char", name, std::string_view(&c, 1)));
  if (name.empty()) return invalid_path("name", "must be from 1 to 255 characters");
  return {};
}

std::string_view status_of(views::CollectionState state) {
  switch (state) {
    case views::CollectionState::kReady:
      return "green";
    case views::CollectionState::kBuilding:
    case views::CollectionState::kStale:
      return "yellow";
    case views::CollectionState::kFailed:
      break;
  }
  return "red";
}

}  // namespace

net::Task<Outcome<Reply>> list_collections(Call* call) {
  Reply reply;
  json::Writer writer(reply.result);
  writer.begin_object().key("collections").begin_array();
  const auto catalog = call->services->catalog->current();
  for (const auto& entry : catalog->entries()) writer.begin_object().member("name", entry->name).end_object();
  writer.end_array().end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> create_collection(Call* call) {
  const std::string name(call->part("collection"));
  STELE_CO_RETURN_IF_ERROR(check_name(name));
  STELE_CO_TRY(const json::Document body, call->json_body());
  STELE_CO_TRY(views::CollectionDefinition definition, parse_creation(body.root()));
  const auto exists = Failure{409, fmt::format("Wrong input: Collection `{}` already exists!", name)};
  const auto catalog = call->services->catalog->current();
  if (catalog->find(name) != nullptr) co_return exists;
  if (!alias_target(*catalog, name).empty())
    co_return wrong_input(
        fmt::format("Can't create collection with name {}. Alias with the same name already exists", name));
  auto made = co_await call->services->administration->create_collection(
      call->principal, name, views::CollectionKind::kQdrant, std::move(definition), call->deadline);
  if (!made && made.error().code == ErrorCode::kAlreadyExists) co_return exists;
  if (!made) co_return Failure::from(made.error());
  co_return Reply{"true"};
}

net::Task<Outcome<Reply>> get_collection(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  auto counted = co_await count_indexed(call, collection, snapshot);
  STELE_CO_TRY(const IndexCounts counts, std::move(counted));
  const std::size_t points = snapshot.view(0).document_count();
  Reply reply;
  json::Writer writer(reply.result, json::NumberForm::kPlain);
  writer.begin_object().member("status", status_of(collection->entry->state));
  writer.member("optimizer_status", "ok");
  writer.member("indexed_vectors_count", std::size_t{0}).member("points_count", points);
  writer.member("segments_count", std::max<std::size_t>(1, collection->entry->collection->stats().segments));
  writer.key("config");
  write_config(writer, *collection);
  writer.key("payload_schema");
  write_payload_schema(writer, *collection, counts);
  writer.end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> update_collection(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  views::DefinitionChange change;
  STELE_CO_TRY(change.qdrant, parse_update(*collection, body.root()));
  if (change.empty()) co_return Reply{"true"};
  auto changed = co_await call->services->administration->add_fields(call->principal, collection->name(),
                                                                     std::move(change), call->deadline);
  if (!changed) co_return Failure::from(changed.error());
  co_return Reply{"true"};
}

net::Task<Outcome<Reply>> delete_collection(Call* call) {
  const std::string name(call->part("collection"));
  const auto catalog = call->services->catalog->current();
  if (catalog->find(name) == nullptr) co_return Reply{"false"};
  // Its aliases go with it.
  std::vector<views::CatalogObject> aliases;
  for (const views::CatalogObject* object : catalog->objects(kAliasKind))
    if (alias_target(*catalog, object->name) == name) aliases.push_back({object->kind, object->name, {}});
  auto dropped =
      co_await call->services->administration->drop_collection(call->principal, name, call->deadline);
  if (!dropped && dropped.error().code == ErrorCode::kNotFound) co_return Reply{"false"};
  if (!dropped) co_return Failure::from(dropped.error());
  if (!aliases.empty()) {
    auto put = co_await call->services->administration->put_objects(call->principal, std::move(aliases),
                                                                    call->deadline);
    if (!put) co_return Failure::from(put.error());
  }
  co_return Reply{"true"};
}

net::Task<Outcome<Reply>> collection_exists(Call* call) {
  const auto catalog = call->services->catalog->current();
  const std::string_view name = call->part("collection");
  const bool exists =
      catalog->find(name) != nullptr || catalog->find(alias_target(*catalog, name)) != nullptr;
  co_return Reply{exists ? R"({"exists":true})" : R"({"exists":false})"};
}

}  // namespace stele::qdrant
