#include "views/keys/flush_columns.h"

#include <utility>

#include "views/keys/key_rows.h"

namespace stele::views {
namespace {

using postgres::oid::kFloat8;
using postgres::oid::kInt4;
using postgres::oid::kInt8;
using postgres::oid::kText;

postgres::Oid array_of(postgres::Oid element) {
  switch (element) {
    case kInt8:
      return postgres::oid::kInt8Array;
    case kInt4:
      return kInt4ArrayOid;
    case kText:
      return postgres::oid::kTextArray;
    case kFloat8:
      return kFloat8ArrayOid;
    case kTimestamptzOid:
      return kTimestamptzArrayOid;
    default:
      return kByteaArrayOid;
  }
}

}  // namespace

FlushColumns::FlushColumns(std::vector<postgres::Oid> elements_in) : elements(std::move(elements_in)) {
  for (const postgres::Oid element : elements) arrays.emplace_back(element);
}

postgres::Statement FlushColumns::take(std::string_view sql) {
  postgres::Statement statement;
  statement.sql = sql;
  for (std::size_t i = 0; i < arrays.size(); ++i)
    std::exchange(arrays[i], ArrayParameter(elements[i])).bind(statement.parameters, array_of(elements[i]));
  return statement;
}

}  // namespace stele::views
