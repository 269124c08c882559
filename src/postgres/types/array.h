#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

constexpr std::size_t kArrayDimensionsMax = 6;  // PostgreSQL's MAXDIM

// An array taken apart: its dimensions and its elements, row by row, each in the form (text or binary) that
// the array came in. NULL elements are kNull. Lower bounds are read and forgotten. Views live as long as the
// bytes given and this object, which may be moved.
struct ArrayElements {
  std::vector<std::int32_t> dimensions;  // empty: no elements
  std::vector<ColumnValue> elements;
  std::vector<char> unescaped;  // behind views of text elements that had escapes
};

// kInvalidArgument for malformed bytes. `delimiter` as in the element's pg_type row. One pass; copies only
// text elements that have escapes.
Result<ArrayElements> decode_array(ColumnValue value, char delimiter = ',');

// real[] or double precision[] (by the element's size in binary, any number in text) as floats: the fast path
// of vectors. Replaces `out`. kInvalidArgument for NULL elements and for more than one dimension too.
Result<void> decode_floats(ColumnValue value, std::vector<float>& out);

}  // namespace stele::postgres
