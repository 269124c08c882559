#include "postgres/types/type_catalog.h"

namespace stele::postgres {

namespace {

// Domains over domains end somewhere; a circle cannot be made in PostgreSQL.
constexpr int kDomainDepthMax = 32;

}  // namespace

std::string_view TypeCatalog::query() {
  // typcategory 'A' tells true arrays from other types with subscripts (oidvector, name, point).
  return "SELECT t.oid, n.nspname, t.typname, t.typtype,"
         " CASE WHEN t.typcategory = 'A' AND t.typlen = -1 AND t.typtype = 'b' THEN t.typelem ELSE 0 END,"
         " t.typbasetype, t.typdelim"
         " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace";
}

TypeCatalog::TypeCatalog(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    auto type = std::make_unique<Type>();
    type->oid = row.oid;
    type->schema = row.schema;
    type->name = row.name;
    type->kind = row.type == 'e' ? TypeKind::kEnum : builtin_kind(row.oid);
    type->delimiter = row.delimiter;
    types_.insert_or_assign(row.oid, std::move(type));
  }
  for (const Row& row : rows) {
    if (row.array_element == 0) continue;
    const auto element = types_.find(row.array_element);
    if (element == types_.end()) continue;
    Type& type = *types_[row.oid];
    type.kind = TypeKind::kArray;
    type.element = element->second.get();
  }
  std::unordered_map<Oid, Oid> bases;
  for (const Row& row : rows) {
    if (row.type == 'd') bases.emplace(row.oid, row.domain_base);
  }
  for (const auto& [domain, first_base] : bases) {
    Oid base = first_base;
    for (int depth = 0; depth < kDomainDepthMax && bases.contains(base); ++depth) base = bases.at(base);
    const auto found = types_.find(base);
    if (found == types_.end()) continue;
    types_[domain]->kind = found->second->kind;
    types_[domain]->element = found->second->element;
  }
}

const Type* TypeCatalog::find(Oid oid) const {
  const auto found = types_.find(oid);
  return found == types_.end() ? nullptr : found->second.get();
}

}  // namespace stele::postgres
