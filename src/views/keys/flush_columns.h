#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "postgres/parameters.h"
#include "postgres/result_set.h"
#include "views/writer/array_parameter.h"

namespace stele::views {

// The rows of one statement of a flush: an array a column, of these types.
struct FlushColumns {
  explicit FlushColumns(std::vector<postgres::Oid> elements);

  std::size_t rows() const { return arrays.front().size(); }
  // The statement over them; they are empty then.
  postgres::Statement take(std::string_view sql);

  std::vector<ArrayParameter> arrays;
  std::vector<postgres::Oid> elements;
};

}  // namespace stele::views
