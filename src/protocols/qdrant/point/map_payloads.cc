#include "protocols/qdrant/point/map_payloads.h"

#include <optional>

#include "base/log.h"
#include "protocols/qdrant/services.h"
#include "views/administration.h"
#include "views/dynamic_mapping.h"

namespace stele::qdrant {
namespace {

constexpr Logger kLog("qdrant");

void add(views::DefinitionChange& all, views::DefinitionChange change) {
  for (engine::FieldDefinition& field : change.fields) all.fields.push_back(std::move(field));
  all.readings.merge(change.readings);
}

}  // namespace

net::Task<void> map_payloads(Call* call, CollectionPtr collection, std::vector<std::string> payloads) {
  // An index's own writers map its documents; a table's columns are there.
  if (!collection->is_own()) co_return;
  const views::CollectionDefinition* known = collection->entry->definition.get();
  std::optional<views::CollectionDefinition> wider;
  views::DefinitionChange all;
  for (const std::string& payload : payloads) {
    if (payload.size() <= 2) continue;
    const auto parsed = json::Document::parse_borrowed(payload);
    if (!parsed) continue;
    auto change = views::dynamic_mapping(*known, parsed->root());
    if (!change || change->empty()) continue;
    auto made = known->with(*change);
    if (!made) continue;
    wider = *std::move(made);
    known = &*wider;
    add(all, *std::move(change));
  }
  if (all.empty()) co_return;
  auto mapped = co_await call->services->administration->add_fields(call->principal, collection->name(),
                                                                    std::move(all), call->deadline);
  if (!mapped) kLog.debug("fields not mapped collection={}: {}", collection->name(), mapped.error().message);
}

}  // namespace stele::qdrant
