#include "views/catalog.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "postgres/replication/slot.h"

namespace stele::views {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"published", "elastic", "qdrant"};
constexpr std::array<std::string_view, 4> kStateNames = {"building", "ready", "stale", "failed"};

}  // namespace

std::string_view to_string(CollectionKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(CollectionState state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::string TableName::quoted() const {
  return postgres::quote_identifier(schema) + "." + postgres::quote_identifier(name);
}

CatalogState::CatalogState(std::vector<std::shared_ptr<const CollectionEntry>> entries,
                           std::vector<CatalogObject> objects)
    : entries_(std::move(entries)), objects_(std::move(objects)) {
  std::ranges::sort(entries_, {}, [](const auto& entry) -> const std::string& { return entry->name; });
  std::ranges::sort(objects_, {},
                    [](const CatalogObject& object) { return std::tie(object.kind, object.name); });
}

std::shared_ptr<const CollectionEntry> CatalogState::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(
      entries_, name, {}, [](const auto& entry) -> std::string_view { return entry->name; });
  return found != entries_.end() && (*found)->name == name ? *found : nullptr;
}

std::shared_ptr<const CollectionEntry> CatalogState::find_table(std::uint32_t oid) const {
  const auto found = std::ranges::find(entries_, oid, [](const auto& entry) { return entry->table_oid; });
  return found != entries_.end() ? *found : nullptr;
}

std::shared_ptr<const CollectionEntry> CatalogState::find_id(std::int64_t id) const {
  const auto found = std::ranges::find(entries_, id, [](const auto& entry) { return entry->id; });
  return found != entries_.end() ? *found : nullptr;
}

const CatalogObject* CatalogState::find_object(std::string_view kind, std::string_view name) const {
  for (const CatalogObject* object : objects(kind))
    if (object->name == name) return object;
  return nullptr;
}

std::vector<const CatalogObject*> CatalogState::objects(std::string_view kind) const {
  std::vector<const CatalogObject*> found;
  for (const CatalogObject& object : objects_)
    if (object.kind == kind) found.push_back(&object);
  return found;
}

std::shared_ptr<const CatalogState> Catalog::current() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Catalog::replace(std::shared_ptr<const CatalogState> state) {
  const std::lock_guard lock(mutex_);
  state_.swap(state);
}

}  // namespace stele::views
