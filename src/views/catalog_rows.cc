#include "views/catalog_rows.h"

#include <charconv>
#include <chrono>
#include <map>
#include <string>

#include "postgres/types/temporal.h"

namespace stele::views {
namespace {

using Texts = std::map<std::string_view, postgres::ColumnValue>;

// Columns by name. The tables have REPLICA IDENTITY FULL, so what an update left unchanged is in the old row.
Texts texts_of(const postgres::Relation& relation, const postgres::Tuple& row,
               const postgres::Tuple& old_row) {
  std::vector<postgres::ColumnValue> columns, old_columns;
  row.decode_into(columns);
  old_row.decode_into(old_columns);
  Texts texts;
  for (std::size_t i = 0; i < columns.size() && i < relation.columns.size(); ++i) {
    const bool unchanged = columns[i].kind == postgres::ColumnKind::kUnchanged && i < old_columns.size();
    texts[relation.columns[i].name] = unchanged ? old_columns[i] : columns[i];
  }
  return texts;
}

Texts newest(const postgres::Change& change) {
  const bool gone = change.kind == postgres::ChangeKind::kDelete;
  return texts_of(*change.relation, gone ? change.old_row : change.row, change.old_row);
}

std::string text(const Texts& texts, std::string_view column) {
  const auto found = texts.find(column);
  return found == texts.end() ? std::string() : std::string(found->second.bytes);
}

template <class Integer>
Result<Integer> integer(const Texts& texts, std::string_view column) {
  const std::string digits = text(texts, column);
  Integer value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    return make_error(ErrorCode::kCorruption, "stele.collection: no number in " + std::string(column));
  return value;
}

}  // namespace

CatalogTable catalog_table(const postgres::Relation& relation) {
  if (relation.schema != "stele") return CatalogTable::kNone;
  if (relation.name == "collection") return CatalogTable::kCollection;
  return relation.name == "object" ? CatalogTable::kObject : CatalogTable::kNone;
}

Result<CollectionRow> collection_row(const postgres::Change& change) {
  const Texts texts = newest(change);
  CollectionRow row;
  STELE_TRY(row.id, integer<std::int64_t>(texts, "id"));
  STELE_TRY(row.table_oid, integer<std::uint32_t>(texts, "source_oid"));
  STELE_TRY(row.kind, parse_kind(text(texts, "kind")));
  row.name = text(texts, "name");
  row.uuid = text(texts, "uuid");
  row.options = text(texts, "options");
  row.definition = text(texts, "definition");
  row.table = {text(texts, "source_schema"), text(texts, "source_name")};
  if (const auto created = texts.find("created"); created != texts.end()) {
    const auto timestamp = postgres::decode_timestamp(created->second);
    const auto ns = timestamp ? timestamp->unix_ns() : std::nullopt;
    row.created = WallTime(std::chrono::nanoseconds(ns.value_or(0)));
  }
  return row;
}

Result<CatalogObject> object_row(const postgres::Change& change) {
  const Texts texts = newest(change);
  return CatalogObject{text(texts, "kind"), text(texts, "name"), text(texts, "definition")};
}

Result<std::optional<CatalogObject>> former_object(const postgres::Change& change) {
  if (change.kind != postgres::ChangeKind::kUpdate || change.old_row.empty())
    return std::optional<CatalogObject>();
  const Texts texts = texts_of(*change.relation, change.old_row, {});
  return std::optional<CatalogObject>(CatalogObject{text(texts, "kind"), text(texts, "name"), {}});
}

}  // namespace stele::views
