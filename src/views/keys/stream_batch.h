#pragma once

#include <string_view>
#include <vector>

#include "keyspace/write_behind.h"
#include "views/keys/flush_columns.h"

namespace stele::views {

// The part of a flush that is about streams: rows by the names of keyspace/stream_rows.h, sorted to their
// tables. A trim is one delete of a range, as is what a group leaves. Part of a FlushBatch.
class StreamBatch {
 public:
  StreamBatch();

  // All rows of the stream go first.
  void clear(keyspace::ObjectId id);
  void put(keyspace::ObjectId id, std::string_view name, std::string_view value);
  void remove(keyspace::ObjectId id, std::string_view name);
  // The statements, in order, behind those that are there; empty then.
  void take(std::vector<postgres::Statement>& statements);

 private:
  FlushColumns cleared_, trimmed_, groups_cleared_;
  FlushColumns entries_removed_, groups_removed_, consumers_removed_, pending_removed_;
  FlushColumns states_, entries_, groups_, consumers_, pending_;
};

}  // namespace stele::views
