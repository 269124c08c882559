#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "postgres/replication/tuple.h"
#include "postgres/types/numeric.h"
#include "postgres/types/temporal.h"
#include "postgres/types/type.h"

namespace stele::postgres {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  std::string to_string() const;
  bool operator==(const Uuid&) const = default;
};

struct Json {
  std::string_view text;
  bool operator==(const Json&) const = default;
};

struct Bytes {
  std::string bytes;
  bool operator==(const Bytes&) const = default;
};

struct Value;

struct Array {
  std::vector<std::int32_t> dimensions;
  std::vector<Value> elements;
  std::shared_ptr<const std::vector<char>> storage;  // behind texts that had escapes

  bool operator==(const Array& other) const;
};

// One column of a row as a C++ value, whether it came as text or binary, from a copy or from the stream.
//   null                       std::monostate
//   bool                       bool
//   int2, int4, int8, oid      std::int64_t
//   float4 / float8            float / double (NaN and infinities among them)
//   numeric                    Decimal
//   text and its like, enums, all other types in text form   std::string_view
//   the rest as named. Views live as long as the bytes decoded (array elements: and the Array).
struct Value {
  using Variant = std::variant<std::monostate, bool, std::int64_t, float, double, Decimal, std::string_view,
                               Uuid, Date, TimeOfDay, Timestamp, Json, Bytes, Array>;
  Variant is;

  bool is_null() const { return std::holds_alternative<std::monostate>(is); }
  // NaN equals NaN here.
  bool operator==(const Value& other) const;
};

// kInvalidArgument for bytes that are no value of `type`; kUnsupported for the binary form of kOther types;
// kFailedPrecondition for an unchanged TOAST column, which has no value here.
Result<Value> decode_value(const Type& type, ColumnValue column);

}  // namespace stele::postgres
