#include "protocols/qdrant/collection/payload_index.h"

#include <fmt/format.h>

#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/point/update_result.h"
#include "protocols/qdrant/services.h"
#include "views/administration.h"
#include "views/freshness.h"

namespace stele::qdrant {
namespace {

net::Task<Outcome<Reply>> store(Call* call, CollectionPtr collection, views::DefinitionChange change) {
  auto changed = co_await call->services->administration->add_fields(call->principal, collection->name(),
                                                                     std::move(change), call->deadline);
  if (!changed) co_return Failure::from(changed.error());
  co_return update_result(*call, call->services->freshness->visible(), true);
}

}  // namespace

net::Task<Outcome<Reply>> create_payload_index(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  STELE_CO_TRY(const json::Document body, call->json_body());
  STELE_CO_TRY(const PayloadIndex index, parse_index(body.root()));
  auto stored = co_await store(call, collection, change_of(*collection, index));
  // Somebody's write has just mapped the field: then the index is a part of the definition alone.
  if (!stored && stored.error().status == 409) {
    views::DefinitionChange again = change_of(*collection, index);
    again.fields.clear();
    stored = co_await store(call, collection, std::move(again));
  }
  co_return stored;
}

net::Task<Outcome<Reply>> delete_payload_index(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  const auto path = JsonPath::parse(call->part("field"));
  if (!path) co_return wrong_input(fmt::format("Invalid json path: {}", call->part("field")));
  views::DefinitionChange change;
  change.qdrant[std::string(kIndexPrefix) + path->text()] = "";
  auto stored = co_await store(call, collection, std::move(change));
  co_return stored;
}

}  // namespace stele::qdrant
