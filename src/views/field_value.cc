#include "views/field_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace stele::views {
namespace {

using engine::FieldType;

Error cause(std::string text) {
  return make_error(ErrorCode::kInvalidArgument, std::move(text));
}

Error for_input(std::string_view text) {
  return cause("For input string: \"" + std::string(text.substr(0, 100)) + "\"");
}

Error unexpected_token(json::Value value) {
  const bool object = value.is_object();
  return cause(std::string("Can't get text on a ") + (object ? "START_OBJECT" : "START_ARRAY"));
}

struct IntegerRange {
  std::string_view type;
  double low, high;  // exact as doubles but for long, which its conversion checks
};
constexpr std::array kIntegerRanges = {
    IntegerRange{"integer", -2147483648.0, 2147483647.0},
    IntegerRange{"short", -32768.0, 32767.0},
    IntegerRange{"byte", -128.0, 127.0},
    IntegerRange{"unsigned_long", 0.0, 1.8446744073709552e19},
};

Result<engine::Value> in_range(std::int64_t number, const FieldReading* reading, std::string_view raw) {
  if (reading == nullptr || reading->type.empty()) return engine::Value(number);
  for (const IntegerRange& range : kIntegerRanges) {
    if (range.type != reading->type) continue;
    const auto real = static_cast<double>(number);
    if (real < range.low || real > range.high)
      return cause("Value [" + std::string(raw) + "] is out of range for a" +
                   (range.type[0] == 'i' || range.type[0] == 'u' ? "n " : " ") + std::string(range.type));
  }
  return engine::Value(number);
}

std::optional<double> parse_double(std::string_view text) {
  double number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<engine::Value> truncated(double number, bool coerce, const FieldReading* reading,
                                std::string_view raw) {
  if (!(number >= -0x1p63 && number < 0x1p63))
    return cause("Value [" + std::string(raw.substr(0, 100)) + "] is out of range for a long");
  if (!coerce && std::trunc(number) != number)
    return cause("Value [" + std::string(raw) + "] has a decimal part");
  return in_range(static_cast<std::int64_t>(number), reading, raw);
}

Result<engine::Value> read_long(const FieldReading* reading, json::Value value) {
  const bool coerce = reading == nullptr || reading->coerce;
  switch (value.kind()) {
    case json::Kind::kInt64:
      return in_range(*value.as_int64(), reading, value.raw());
    case json::Kind::kUInt64:
    case json::Kind::kBigNumber:
    case json::Kind::kDouble:
      return truncated(value.number(), coerce, reading, value.raw());
    case json::Kind::kString:
      break;
    case json::Kind::kBool:
      return cause("Current token (VALUE_" + std::string(value.boolean() ? "TRUE" : "FALSE") +
                   ") not numeric, can not use numeric value accessors");
    default:
      return unexpected_token(value);
  }
  const std::string_view text = value.string();
  if (!coerce) return cause("Long value passed as String");
  if (text.empty()) return engine::Value();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return in_range(number, reading, text);
  const auto real = parse_double(text);
  if (!real) return for_input(text);
  return truncated(*real, coerce, reading, text);
}

Result<engine::Value> read_real(FieldType type, const FieldReading* reading, json::Value value) {
  std::optional<double> number;
  if (value.is_number()) {
    number = value.number();
  } else if (value.is_string()) {
    if (reading != nullptr && !reading->coerce) return cause("Double value passed as String");
    if (value.string().empty()) return engine::Value();
    number = parse_double(value.string());
    if (!number) return for_input(value.string());
  } else if (value.is_bool()) {
    return read_long(reading, value).error();
  } else {
    return unexpected_token(value);
  }
  const bool narrow = type == FieldType::kFloat;
  if (!std::isfinite(narrow ? static_cast<double>(static_cast<float>(*number)) : *number))
    return cause("[" + std::string(engine::to_string(type)) + "] supports only finite values, but got [" +
                 std::string(value.is_string() ? value.string() : value.raw()) + "]");
  return engine::Value(narrow ? static_cast<double>(static_cast<float>(*number)) : *number);
}

Result<engine::Value> read_boolean(json::Value value) {
  if (value.is_bool()) return engine::Value(value.boolean());
  if (value.is_string()) {
    const std::string_view text = value.string();
    if (text == "true") return engine::Value(true);
    if (text == "false" || text.empty()) return engine::Value(false);
    return cause("Failed to parse value [" + std::string(text.substr(0, 100)) +
                 "] as only [true] or [false] are allowed.");
  }
  if (value.is_number()) return cause("Current token (VALUE_NUMBER_INT) not of boolean type");
  return unexpected_token(value);
}

Result<engine::Value> read_date(const DateFormat& format, json::Value value) {
  if (value.is_bool()) return for_input(value.boolean() ? "true" : "false");
  if (!value.is_string() && !value.is_number()) return unexpected_token(value);
  STELE_TRY(const std::int64_t nanoseconds, format.read(value.is_string() ? value.string() : value.raw()));
  return engine::Value(nanoseconds);
}

Result<engine::Value> read_string(FieldType type, json::Value value) {
  if (value.is_object() || value.is_array()) return unexpected_token(value);
  const std::string_view text = value.is_string() ? value.string() : value.raw();
  if (type == FieldType::kUuid) return engine::coerce(type, engine::Value(text));
  return engine::Value(text);
}

}  // namespace

Result<engine::Value> read_field_value(FieldType type, const FieldReading* reading, const DateFormat& format,
                                       json::Value value) {
  if (value.is_null()) return engine::Value();
  switch (type) {
    case FieldType::kLong:
      return read_long(reading, value);
    case FieldType::kDouble:
    case FieldType::kFloat:
      return read_real(type, reading, value);
    case FieldType::kBoolean:
      return read_boolean(value);
    case FieldType::kDate:
      return read_date(format, value);
    case FieldType::kText:
    case FieldType::kKeyword:
    case FieldType::kUuid:
      return read_string(type, value);
    case FieldType::kObject:
    case FieldType::kDenseVector:
      break;
  }
  return unexpected_token(value);
}

}  // namespace stele::views
