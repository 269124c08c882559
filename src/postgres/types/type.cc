#include "postgres/types/type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stele::postgres {

namespace {

// Object ids of src/include/catalog/pg_type.dat; they never change.
constexpr std::array<std::pair<Oid, TypeKind>, 20> kBuiltins{{
    {16, TypeKind::kBool},      {17, TypeKind::kBytea},       {18, TypeKind::kChar},
    {19, TypeKind::kText},      {20, TypeKind::kInt8},        {21, TypeKind::kInt2},
    {23, TypeKind::kInt4},      {25, TypeKind::kText},        {26, TypeKind::kOid},
    {114, TypeKind::kJson},     {700, TypeKind::kFloat4},     {701, TypeKind::kFloat8},
    {1042, TypeKind::kText},    {1043, TypeKind::kText},      {1082, TypeKind::kDate},
    {1083, TypeKind::kTime},    {1114, TypeKind::kTimestamp}, {1184, TypeKind::kTimestampTz},
    {1700, TypeKind::kNumeric}, {2950, TypeKind::kUuid},
}};
constexpr Oid kJsonbOid = 3802;

}  // namespace

TypeKind builtin_kind(Oid oid) {
  if (oid == kJsonbOid) return TypeKind::kJsonb;
  const auto found = std::ranges::lower_bound(kBuiltins, oid, {}, &std::pair<Oid, TypeKind>::first);
  return found != kBuiltins.end() && found->first == oid ? found->second : TypeKind::kOther;
}

std::string_view to_string(TypeKind kind) {
  constexpr std::array<std::string_view, 21> kNames{
      "other",     "bool",        "int2", "int4",  "int8",  "oid",  "float4",
      "float8",    "numeric",     "text", "char",  "uuid",  "date", "time",
      "timestamp", "timestamptz", "json", "jsonb", "bytea", "enum", "array"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace stele::postgres
