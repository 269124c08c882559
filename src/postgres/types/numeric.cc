#include "postgres/types/numeric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/bytes.h"

namespace stele::postgres {

namespace {

constexpr std::uint16_t kPositive = 0x0000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::array<std::pair<std::uint16_t, std::string_view>, 3> kSpecials{
    {{0xC000, "NaN"}, {0xD000, "Infinity"}, {0xF000, "-Infinity"}}};

Error invalid_number(std::string_view text) {
  return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid number: \"{}\"", text.substr(0, 100)));
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto point = std::ranges::find_if_not(text, is_digit);
  if (point == text.begin()) return false;
  if (point == text.end()) return true;
  return *point == '.' && point + 1 != text.end() && std::all_of(point + 1, text.end(), is_digit);
}

void append_group(std::string& text, std::uint16_t group) {
  text += {static_cast<char>('0' + group / 1000), static_cast<char>('0' + group / 100 % 10),
           static_cast<char>('0' + group / 10 % 10), static_cast<char>('0' + group % 10)};
}

// `groups`: base 10,000, the first one worth 10,000^weight.
std::string spell(std::string_view groups, int weight, bool is_negative, std::size_t scale) {
  const auto count = static_cast<int>(groups.size() / 2);
  const auto group = [&](int i) {
    return i >= 0 && i < count ? load_big_endian<std::uint16_t>(groups.data() + i * 2) : std::uint16_t{0};
  };
  std::string digits;
  for (int i = 0; i <= weight; ++i) append_group(digits, group(i));
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  std::string text = is_negative ? "-" : "";
  text += digits.empty() ? "0" : digits;
  if (scale == 0) return text;
  text += '.';
  const std::size_t end = text.size() + scale;
  // Groups before the first are zero when the number is far below one.
  for (int i = weight + 1; text.size() < end; ++i) append_group(text, group(i));
  text.resize(end);
  return text;
}

Result<Decimal> decode_binary(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto count = reader.big_endian<std::uint16_t>();
  const auto weight = reader.big_endian<std::int16_t>();
  const auto sign = reader.big_endian<std::uint16_t>();
  const auto scale = reader.big_endian<std::uint16_t>();
  const std::string_view groups = reader.take(std::size_t{count} * 2);
  if (!reader.ok() || !reader.empty())
    return make_error(ErrorCode::kInvalidArgument, "invalid binary numeric");
  for (const auto& [value, name] : kSpecials) {
    if (sign == value) return Decimal{std::string(name)};
  }
  bool valid = (sign == kPositive || sign == kNegative) && scale <= 0x3FFF;
  for (std::size_t i = 0; i < count; ++i) {
    valid = valid && load_big_endian<std::uint16_t>(groups.data() + i * 2) < 10'000;
  }
  if (!valid) return make_error(ErrorCode::kInvalidArgument, "invalid binary numeric");
  return Decimal{spell(groups, weight, sign == kNegative, scale)};
}

// std::from_chars tells of "out of range" and leaves the value alone; strtod gives the nearest bound.
double beyond_range(const std::string& text, double*) {
  return std::strtod(text.c_str(), nullptr);
}
float beyond_range(const std::string& text, float*) {
  return std::strtof(text.c_str(), nullptr);
}

template <class Float>
Result<Float> parse(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Float>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<Float>::infinity();
  // from_chars knows other spellings of these that PostgreSQL never writes.
  const char last = text.empty() ? ' ' : text.back();
  if ((last < '0' || last > '9') && last != '.') return invalid_number(text);
  Float number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return invalid_number(text);
  if (error == std::errc::result_out_of_range) return beyond_range(std::string(text), &number);
  return number;
}

}  // namespace

double Decimal::to_double() const {
  return parse_double(text).value_or(std::numeric_limits<double>::quiet_NaN());
}

Result<double> parse_double(std::string_view text) {
  return parse<double>(text);
}

Result<float> parse_float(std::string_view text) {
  return parse<float>(text);
}

Result<Decimal> decode_numeric(ColumnValue value) {
  if (value.kind == ColumnKind::kBinary) return decode_binary(value.bytes);
  const bool is_special =
      std::ranges::any_of(kSpecials, [&](const auto& special) { return special.second == value.bytes; });
  if (!is_special && !is_decimal(value.bytes)) return invalid_number(value.bytes);
  return Decimal{std::string(value.bytes)};
}

}  // namespace stele::postgres
