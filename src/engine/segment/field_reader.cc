#include "engine/segment/field_reader.h"

namespace stele::engine {

bool is_term_type(FieldType type) {
  return type == FieldType::kKeyword || type == FieldType::kUuid;
}
bool is_integer_type(FieldType type) {
  return type == FieldType::kLong || type == FieldType::kDate || type == FieldType::kBoolean;
}
bool is_real_type(FieldType type) {
  return type == FieldType::kDouble || type == FieldType::kFloat;
}

std::vector<Value> FieldReader::column_values(DocOrdinal document) const {
  std::vector<Value> values;
  if (is_term_type(type())) {
    std::vector<TermRank> scratch;
    std::string term;
    for (const TermRank rank : ranks(document, scratch)) values.emplace_back(terms()->term(rank, term));
  } else if (is_integer_type(type())) {
    std::vector<std::int64_t> scratch;
    for (const std::int64_t integer : integers(document, scratch))
      values.push_back(type() == FieldType::kBoolean ? Value(integer != 0) : Value(integer));
  } else {
    std::vector<double> scratch;
    for (const double real : reals(document, scratch)) values.emplace_back(real);
  }
  return values;
}

}  // namespace stele::engine
