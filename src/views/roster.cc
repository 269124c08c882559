#include "views/roster.h"

#include <utility>

#include "json/writer.h"

namespace stele::views {
namespace {

std::shared_ptr<const CollectionEntry> entry_of(const Served& served) {
  auto entry = std::make_shared<CollectionEntry>();
  entry->id = served.row.id;
  entry->name = served.row.name;
  entry->uuid = served.row.uuid;
  entry->kind = served.row.kind;
  entry->table = served.row.table;
  entry->table_oid = served.row.table_oid;
  entry->state = served.state;
  entry->reason = served.reason;
  entry->created = served.row.created;
  if (served.live != nullptr) {
    entry->definition = served.live->definition();
    entry->builder = served.live->builder();
    entry->collection = served.live->collection();
    entry->values_left_out = served.live->values_left_out();
  } else {
    entry->definition = std::make_shared<const CollectionDefinition>();
  }
  return entry;
}

void write_status(json::Writer& writer, const Served& served) {
  writer.begin_object();
  writer.member("state", to_string(served.state));
  if (!served.reason.empty()) writer.member("reason", served.reason);
  if (served.live != nullptr) {
    writer.member("documents", served.live->collection()->stats().documents);
    writer.member("left_out", served.live->values_left_out());
    if (!served.live->left_out_example().empty())
      writer.member("left_out_example", served.live->left_out_example());
    writer.key("columns_left_out").begin_object();
    for (const ColumnMapping& column : served.live->definition()->columns)
      if (!column.left_out.empty()) writer.member(column.column, column.left_out);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace

Served* Roster::find(std::int64_t id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

Served* Roster::find_table(std::uint32_t oid) {
  const auto found = by_table_.find(oid);
  return found == by_table_.end() ? nullptr : find(found->second);
}

Served& Roster::put(CollectionRow row) {
  changed_ = true;
  auto& served = by_id_[row.id];
  if (served == nullptr) served = std::make_shared<Served>();
  if (served->row.table_oid != row.table_oid) by_table_.erase(served->row.table_oid);
  by_table_[row.table_oid] = row.id;
  served->row = std::move(row);
  return *served;
}

void Roster::erase(std::int64_t id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  changed_ = true;
  // The table may be another collection's by now.
  const auto table = by_table_.find(found->second->row.table_oid);
  if (table != by_table_.end() && table->second == id) by_table_.erase(table);
  // A copy under way is for nothing now.
  found->second->joining.reset();
  by_id_.erase(found);
}

void Roster::put_object(CatalogObject object) {
  changed_ = true;
  objects_.insert_or_assign({std::move(object.kind), std::move(object.name)}, std::move(object.definition));
}

void Roster::erase_object(std::string_view kind, std::string_view name) {
  changed_ = true;
  objects_.erase({std::string(kind), std::string(name)});
}

void Roster::replace_objects(std::vector<CatalogObject> objects) {
  objects_.clear();
  for (CatalogObject& object : objects) put_object(std::move(object));
}

void Roster::set_state(Served& served, CollectionState state, std::string reason) {
  if (served.state == state && served.reason == reason) return;
  served.state = state;
  served.reason = std::move(reason);
  changed_ = true;
}

void Roster::show() {
  if (!std::exchange(changed_, false)) return;
  std::vector<std::shared_ptr<const CollectionEntry>> entries;
  for (const auto& [id, served] : by_id_) entries.push_back(entry_of(*served));
  std::vector<CatalogObject> objects;
  for (const auto& [name, definition] : objects_) objects.push_back({name.first, name.second, definition});
  catalog_.replace(std::make_shared<const CatalogState>(std::move(entries), std::move(objects)));
}

std::string Roster::status_json() const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("collections").begin_object();
  for (const auto& [id, served] : by_id_) {
    writer.key(std::to_string(id));
    write_status(writer, *served);
  }
  writer.end_object().end_object();
  return out;
}

std::uint64_t Roster::documents() const {
  std::uint64_t sum = 0;
  for (const auto& [id, served] : by_id_)
    if (served->live != nullptr) sum += served->live->collection()->stats().documents;
  return sum;
}

std::uint64_t Roster::memory_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [id, served] : by_id_)
    if (served->live != nullptr) sum += served->live->collection()->stats().memory_bytes;
  return sum;
}

}  // namespace stele::views
