#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "postgres/replication/pgoutput.h"

namespace stele::postgres {

// What a type's values are to us. kOther: types whose text form is all we know (interval, inet, ranges,
// composites, ...); their binary form is not decoded.
enum class TypeKind : std::uint8_t {
  kOther,
  kBool,
  kInt2,
  kInt4,
  kInt8,
  kOid,
  kFloat4,
  kFloat8,
  kNumeric,
  kText,  // text, varchar, bpchar, name
  kChar,  // "char"
  kUuid,
  kDate,
  kTime,
  kTimestamp,
  kTimestampTz,
  kJson,
  kJsonb,
  kBytea,
  kEnum,
  kArray,
};

std::string_view to_string(TypeKind kind);

// One row of pg_type. A domain has the kind and element of what it is over.
struct Type {
  Oid oid = 0;
  std::string schema;
  std::string name;
  TypeKind kind = TypeKind::kOther;
  const Type* element = nullptr;  // of kArray; lives in the same catalog
  char delimiter = ',';           // between elements of an array of this

  // Both forms are decoded: a stream or copy of this may be binary.
  bool is_binary_decodable() const {
    return kind == TypeKind::kArray ? element->is_binary_decodable() : kind != TypeKind::kOther;
  }
};

// The kind of a built-in type, kOther for all that has none of its own (arrays too).
TypeKind builtin_kind(Oid oid);

}  // namespace stele::postgres
