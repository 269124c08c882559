#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "engine/doc_key.h"
#include "engine/schema.h"

namespace stele::engine {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  return text;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  text = trimmed(text);
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<Value> to_double(const Value& value) {
  if (const auto* real = value.real()) return Value(*real);
  if (const auto* integer = value.integer()) return Value(static_cast<double>(*integer));
  if (const auto* text = value.string())
    if (const auto number = parse_number<double>(*text)) return Value(*number);
  return std::nullopt;
}

// A real is cut towards zero, as Elasticsearch's coerce does; one outside 64 bits does not fit.
std::optional<Value> to_long(const Value& value) {
  if (value.integer()) return value;
  if (const auto* text = value.string())
    if (const auto number = parse_number<std::int64_t>(*text)) return Value(*number);
  const auto real = to_double(value);
  if (!real || !(std::fabs(*real->real()) < kTwo63)) return std::nullopt;
  return Value(static_cast<std::int64_t>(*real->real()));
}

std::optional<Value> to_float(const Value& value) {
  const auto real = to_double(value);
  if (!real) return std::nullopt;
  return Value(static_cast<double>(static_cast<float>(*real->real())));
}

std::optional<Value> to_boolean(const Value& value) {
  if (value.boolean()) return value;
  const auto* text = value.string();
  if (text == nullptr) return std::nullopt;
  if (*text == "true") return Value(true);
  if (*text == "false" || text->empty()) return Value(false);
  return std::nullopt;
}

std::optional<Value> to_date(const Value& value) {
  if (value.integer()) return value;
  if (const auto* real = value.real(); real && std::fabs(*real) < kTwo63)
    return Value(static_cast<std::int64_t>(*real));
  if (const auto* text = value.string())
    if (const auto date = parse_iso_date(*text)) return Value(*date);
  return std::nullopt;
}

std::optional<Value> to_uuid(const Value& value) {
  const auto* text = value.string();
  if (text == nullptr) return std::nullopt;
  const auto key = DocKey::parse({KeyType::kUuid}, *text);
  if (!key) return std::nullopt;
  return Value(key->to_string());
}

std::optional<Value> to_text(const Value& value) {
  if (value.string()) return value;
  if (value.list() || value.object() || value.is_null()) return std::nullopt;
  return Value(to_string(value));
}

std::optional<Value> convert(FieldType type, const Value& value) {
  switch (type) {
    case FieldType::kText:
    case FieldType::kKeyword:
      return to_text(value);
    case FieldType::kLong:
      return to_long(value);
    case FieldType::kDouble:
      return to_double(value);
    case FieldType::kFloat:
      return to_float(value);
    case FieldType::kBoolean:
      return to_boolean(value);
    case FieldType::kDate:
      return to_date(value);
    case FieldType::kUuid:
      return to_uuid(value);
    case FieldType::kObject:
    case FieldType::kDenseVector:
      break;
  }
  return std::nullopt;
}

}  // namespace

Result<Value> coerce(FieldType type, const Value& value) {
  if (auto converted = convert(type, value)) return *std::move(converted);
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("{} is not of type [{}]", to_string(value).substr(0, 200), to_string(type)));
}

}  // namespace stele::engine
