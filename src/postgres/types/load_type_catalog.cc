#include "postgres/types/load_type_catalog.h"

#include <charconv>
#include <utility>
#include <vector>

namespace stele::postgres {

namespace {

Oid oid_of(wire::Cell cell) {
  Oid oid = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), oid);
  return oid;
}

char letter_of(wire::Cell cell, char otherwise) {
  return cell && !cell->empty() ? cell->front() : otherwise;
}

}  // namespace

net::Task<Result<std::shared_ptr<const TypeCatalog>>> load_type_catalog(Connection* connection,
                                                                        TimePoint deadline) {
  auto answer = co_await connection->query(std::string(TypeCatalog::query()), deadline);
  if (!answer.has_value()) co_return std::move(answer).error();
  if (answer->size() != 1 || answer->front().columns().size() != 7) {
    co_return make_error(ErrorCode::kProtocol, "unexpected answer to the query of pg_type");
  }
  std::vector<TypeCatalog::Row> rows;
  rows.reserve(answer->front().size());
  for (const ResultSet::Row row : answer->front()) {
    rows.push_back({.oid = oid_of(row[0]),
                    .schema = std::string(row[1].value_or("")),
                    .name = std::string(row[2].value_or("")),
                    .type = letter_of(row[3], 'b'),
                    .array_element = oid_of(row[4]),
                    .domain_base = oid_of(row[5]),
                    .delimiter = letter_of(row[6], ',')});
  }
  co_return std::make_shared<const TypeCatalog>(rows);
}

}  // namespace stele::postgres
