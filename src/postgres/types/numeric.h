#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

// A number as PostgreSQL's numeric: exact, in its own text form ("-12.3400", "NaN", "Infinity"), as many
// digits after the point as its scale.
struct Decimal {
  std::string text;

  // The nearest double; beyond its range ±infinity or ±0.
  double to_double() const;
  bool operator==(const Decimal&) const = default;
};

// kInvalidArgument for what is no numeric. Text is checked and copied; binary (base 10,000) is spelled out.
Result<Decimal> decode_numeric(ColumnValue value);

// The nearest double to a number's text, "NaN" and "Infinity" among them; kInvalidArgument for other text.
Result<double> parse_double(std::string_view text);
Result<float> parse_float(std::string_view text);

}  // namespace stele::postgres
