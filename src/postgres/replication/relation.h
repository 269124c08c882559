#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "postgres/replication/pgoutput.h"

namespace stele::postgres {

// A table as the stream describes it, at one moment of the log: immutable, shared by the changes that refer
// to it. Generated columns and columns outside a column list are not there. With REPLICA IDENTITY FULL every
// column is flagged as key: the primary key is then found in pg_index only.
struct Relation {
  struct Column {
    std::string name;
    Oid type = 0;
    std::int32_t type_modifier = -1;
    bool is_key = false;

    bool operator==(const Column&) const = default;
  };

  explicit Relation(const pgoutput::Relation& message)
      : id(message.id),
        schema(message.schema.empty() ? "pg_catalog" : message.schema),
        name(message.name),
        identity(message.identity) {
    columns.reserve(message.columns.size());
    for (const pgoutput::Column& column : message.columns) {
      columns.push_back({std::string(column.name), column.type, column.type_modifier, column.is_key});
    }
  }

  Oid id;
  std::string schema;
  std::string name;
  pgoutput::ReplicaIdentity identity;
  std::vector<Column> columns;

  bool operator==(const Relation&) const = default;
};

using RelationPointer = std::shared_ptr<const Relation>;

}  // namespace stele::postgres
