#include "postgres/types/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "postgres/types/array.h"

namespace stele::postgres {

namespace {

Error invalid(const Type& type, ColumnValue column) {
  if (column.kind == ColumnKind::kBinary) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("invalid binary {} of {} bytes", type.name, column.bytes.size()));
  }
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("invalid {}: \"{}\"", type.name, column.bytes.substr(0, 100)));
}

template <class T>
Result<Value> wrap(Result<T> result) {
  if (!result.has_value()) return std::move(result).error();
  return Value{*std::move(result)};
}

Result<Value> decode_bool(const Type& type, ColumnValue column) {
  if (column.bytes.size() != 1) return invalid(type, column);
  const char byte = column.bytes[0];
  if (column.kind == ColumnKind::kBinary) return Value{byte != 0};
  if (byte != 't' && byte != 'f') return invalid(type, column);
  return Value{byte == 't'};
}

template <class Integer>
Result<Value> decode_integer(const Type& type, ColumnValue column) {
  Integer number = 0;
  if (column.kind == ColumnKind::kBinary) {
    if (column.bytes.size() != sizeof(Integer)) return invalid(type, column);
    number = load_big_endian<Integer>(column.bytes.data());
  } else {
    const char* const end = column.bytes.data() + column.bytes.size();
    const auto [at, error] = std::from_chars(column.bytes.data(), end, number);
    if (error != std::errc{} || at != end) return invalid(type, column);
  }
  return Value{static_cast<std::int64_t>(number)};
}

template <class Float, class Bits>
Result<Value> decode_float(const Type& type, ColumnValue column) {
  if (column.kind == ColumnKind::kBinary) {
    if (column.bytes.size() != sizeof(Float)) return invalid(type, column);
    return Value{std::bit_cast<Float>(load_big_endian<Bits>(column.bytes.data()))};
  }
  if constexpr (sizeof(Float) == 4) return wrap(parse_float(column.bytes));
  return wrap(parse_double(column.bytes));
}

// A NUL byte is an empty text.
Result<Value> decode_char(const Type&, ColumnValue column) {
  const bool is_nul = column.kind == ColumnKind::kBinary && column.bytes == std::string_view("\0", 1);
  return Value{is_nul ? std::string_view() : column.bytes};
}

Result<Value> decode_text(const Type&, ColumnValue column) {
  return Value{column.bytes};
}

Result<Value> decode_json(const Type&, ColumnValue column) {
  return Value{Json{column.bytes}};
}

Result<Value> decode_jsonb(const Type& type, ColumnValue column) {
  if (column.kind != ColumnKind::kBinary) return Value{Json{column.bytes}};
  if (column.bytes.empty() || column.bytes.front() != 1) return invalid(type, column);
  return Value{Json{column.bytes.substr(1)}};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool decode_hex(std::string_view text, std::string& out) {
  if (text.size() % 2 != 0) return false;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return true;
}

Result<Value> decode_bytea(const Type& type, ColumnValue column) {
  if (column.kind == ColumnKind::kBinary) return Value{Bytes{std::string(column.bytes)}};
  Bytes decoded;
  if (!column.bytes.starts_with("\\x") || !decode_hex(column.bytes.substr(2), decoded.bytes)) {
    return invalid(type, column);
  }
  return Value{std::move(decoded)};
}

Result<Value> decode_uuid(const Type& type, ColumnValue column) {
  std::string bytes;
  if (column.kind == ColumnKind::kBinary) {
    bytes = column.bytes;
  } else {
    std::string digits;
    for (std::size_t i = 0; i < column.bytes.size(); ++i) {
      const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
      if (is_dash_place != (column.bytes[i] == '-')) return invalid(type, column);
      if (!is_dash_place) digits.push_back(column.bytes[i]);
    }
    if (!decode_hex(digits, bytes)) return invalid(type, column);
  }
  Uuid uuid;
  if (bytes.size() != uuid.bytes.size()) return invalid(type, column);
  std::copy(bytes.begin(), bytes.end(), uuid.bytes.begin());
  return Value{uuid};
}

Result<Value> decode_array_value(const Type& type, ColumnValue column) {
  STELE_TRY(ArrayElements parts, decode_array(column, type.element->delimiter));
  Array array;
  array.dimensions = std::move(parts.dimensions);
  array.elements.reserve(parts.elements.size());
  for (const ColumnValue& element : parts.elements) {
    STELE_TRY(Value value, decode_value(*type.element, element));
    array.elements.push_back(std::move(value));
  }
  if (!parts.unescaped.empty()) {
    array.storage = std::make_shared<const std::vector<char>>(std::move(parts.unescaped));
  }
  return Value{std::move(array)};
}

Result<Value> decode_other(const Type& type, ColumnValue column) {
  if (column.kind == ColumnKind::kBinary) {
    return make_error(ErrorCode::kUnsupported, fmt::format("type {} is not decoded from binary", type.name));
  }
  return Value{column.bytes};
}

bool same_number(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

}  // namespace

Result<Value> decode_value(const Type& type, ColumnValue column) {
  if (column.is_null()) return Value{};
  if (column.kind == ColumnKind::kUnchanged) {
    return make_error(ErrorCode::kFailedPrecondition, "an unchanged TOAST column has no value of its own");
  }
  // clang-format off
  switch (type.kind) {
    case TypeKind::kBool: return decode_bool(type, column);
    case TypeKind::kInt2: return decode_integer<std::int16_t>(type, column);
    case TypeKind::kInt4: return decode_integer<std::int32_t>(type, column);
    case TypeKind::kInt8: return decode_integer<std::int64_t>(type, column);
    case TypeKind::kOid: return decode_integer<std::uint32_t>(type, column);
    case TypeKind::kFloat4: return decode_float<float, std::uint32_t>(type, column);
    case TypeKind::kFloat8: return decode_float<double, std::uint64_t>(type, column);
    case TypeKind::kNumeric: return wrap(decode_numeric(column));
    case TypeKind::kText: case TypeKind::kEnum: return decode_text(type, column);
    case TypeKind::kChar: return decode_char(type, column);
    case TypeKind::kUuid: return decode_uuid(type, column);
    case TypeKind::kDate: return wrap(decode_date(column));
    case TypeKind::kTime: return wrap(decode_time(column));
    case TypeKind::kTimestamp: case TypeKind::kTimestampTz: return wrap(decode_timestamp(column));
    case TypeKind::kJson: return decode_json(type, column);
    case TypeKind::kJsonb: return decode_jsonb(type, column);
    case TypeKind::kBytea: return decode_bytea(type, column);
    case TypeKind::kArray: return decode_array_value(type, column);
    case TypeKind::kOther: break;
  }
  // clang-format on
  return decode_other(type, column);
}

std::string Uuid::to_string() const {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

bool Array::operator==(const Array& other) const {
  return dimensions == other.dimensions && elements == other.elements;
}

bool Value::operator==(const Value& other) const {
  if (const auto* number = std::get_if<double>(&is)) {
    const auto* its = std::get_if<double>(&other.is);
    return its != nullptr && same_number(*number, *its);
  }
  if (const auto* number = std::get_if<float>(&is)) {
    const auto* its = std::get_if<float>(&other.is);
    return its != nullptr && same_number(static_cast<double>(*number), static_cast<double>(*its));
  }
  return is == other.is;
}

}  // namespace stele::postgres
