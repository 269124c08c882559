#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "postgres/types/type.h"

namespace stele::postgres {

// Which type has this oid? The types of one database, from pg_type. Immutable once made; any thread. Types
// created later are not in it: find() then gives null, and the owner loads a new one. Pointers live as long
// as the catalog.
class TypeCatalog {
 public:
  // One row of query(), as text.
  struct Row {
    Oid oid = 0;
    std::string schema;
    std::string name;
    char type = 'b';        // typtype: b base, e enum, d domain, c composite, r range, m multirange, p pseudo
    Oid array_element = 0;  // of true arrays only
    Oid domain_base = 0;
    char delimiter = ',';
  };

  // oid, schema, name, typtype, array element or 0, base type or 0, delimiter: seven columns.
  static std::string_view query();

  explicit TypeCatalog(const std::vector<Row>& rows);

  const Type* find(Oid oid) const;
  std::size_t size() const { return types_.size(); }

 private:
  std::unordered_map<Oid, std::unique_ptr<Type>> types_;
};

}  // namespace stele::postgres
