#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "views/catalog.h"

namespace stele::views {

// One column of a table, as pg_attribute has it.
struct TableColumn {
  std::string name;
  std::uint32_t type_oid = 0;
  std::string type;  // format_type: "character varying(20)"
  std::int32_t type_modifier = -1;
  bool generated = false;  // stored generated columns are not in the stream
  bool unlisted = false;   // nor are those that the publication's column list leaves out
  std::int32_t key = -1;   // its place in the primary key

  bool is_streamed() const { return !generated && !unlisted; }
  bool operator==(const TableColumn&) const = default;
};

// What does a table look like, in the snapshot that it is copied under? Dropped columns are not there.
struct TableShape {
  std::uint32_t oid = 0;
  TableName name;
  std::vector<TableColumn> columns;
  bool partitioned = false;
  std::string row_filter;   // the publication's, an SQL condition; empty: all rows
  std::string fingerprint;  // changes when its columns, files, name or publication do
  std::string refused;      // why it cannot be served; empty when it can
};

}  // namespace stele::views
