#include "views/writer/statements.h"

#include <charconv>
#include <utility>

namespace stele::views {

postgres::Statement plain(std::string sql) {
  postgres::Statement statement;
  statement.sql = std::move(sql);
  return statement;
}

std::uint64_t number(postgres::wire::Cell cell) {
  std::uint64_t value = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), value);
  return value;
}

}  // namespace stele::views
