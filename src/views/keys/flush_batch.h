#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "keyspace/write_behind.h"
#include "postgres/parameters.h"
#include "postgres/result_set.h"
#include "views/keys/flush_columns.h"
#include "views/keys/stream_batch.h"

namespace stele::views {

// The statements that bring redis.* from one cut to the next, over arrays in binary: a statement for each
// kind of row, whatever their number. Objects and their elements are added in the order of the cut; when
// bytes() has grown enough, statements() is sent and all is clear for the next. Sent in that order inside one
// transaction; each is idempotent. Cost: one copy of what changed.
class FlushBatch {
 public:
  FlushBatch();

  // The object's row; its elements follow with the two below.
  void add(const keyspace::DirtyObject& object);
  // The part of `object.string` from `done` bytes on that fits into a chunk; how far it got. Call while
  // is_unfinished().
  std::size_t add_chunk(const keyspace::DirtyObject& object, std::size_t done);
  void end_string(const keyspace::DirtyObject& object);
  // Of a hash, a set, a sorted set or a stream.
  void add_field(const keyspace::DirtyObject& object, const keyspace::Field& field);
  void add_removed_field(const keyspace::DirtyObject& object, std::string_view field);
  void add_element(const keyspace::DirtyObject& object, const keyspace::ListElement& element);
  // Positions of a list without rows, from the first on and before the second.
  void add_removed_positions(const keyspace::DirtyObject& object,
                             std::pair<std::int64_t, std::int64_t> positions);

  std::size_t bytes() const { return bytes_; }
  bool empty() const { return bytes_ == 0; }
  // What was added since the last call.
  std::vector<postgres::Statement> statements();
  // How many rows the last statements() must find, and the place of the one that says which they were.
  std::size_t rows_expected() const { return rows_expected_; }
  std::size_t updating_statement() const { return updating_statement_; }

 private:
  using Columns = FlushColumns;
  // The rows of a type's named elements, and how they are written.
  struct Elements {
    keyspace::ValueType type;
    std::string_view clear, remove, put;
    Columns cleared, removed, written;
  };
  void add_key(Columns& columns, const keyspace::DirtyObject& object);
  Elements* elements_of(keyspace::ValueType type);

  Columns removed_, inserted_, updated_;
  Columns heads_, chunks_, tails_;
  Columns cleared_lists_, list_elements_, removed_positions_;
  std::vector<Elements> elements_;
  StreamBatch streams_;
  std::size_t bytes_ = 0;
  std::size_t rows_expected_ = 0;
  std::size_t updating_statement_ = 0;
};

}  // namespace stele::views
