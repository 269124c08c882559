#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iterator>

#include "json/escape.h"
#include "json/number.h"
#include "postgres/types/value.h"
#include "views/row_reader.h"

namespace stele::views {
namespace {

constexpr std::int64_t kMicrosADay = 86'400'000'000;

void append_time(std::string& out, std::int64_t micros) {
  const std::int64_t seconds = micros / 1'000'000;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  std::int64_t fraction = micros % 1'000'000;
  if (fraction == 0) return;
  int digits = 6;
  for (; fraction % 10 == 0; fraction /= 10) --digits;
  fmt::format_to(std::back_inserter(out), ".{:0{}}", fraction, digits);
}

// PostgreSQL counts from 2000-01-01. Years that ISO 8601 cannot say in four digits carry a sign.
void append_date(std::string& out, std::int64_t days) {
  constexpr std::int64_t kDaysTo2000 = 10957;
  // Days to civil date by the algorithm of Howard Hinnant.
  const std::int64_t z = days + kDaysTo2000 + 719468;
  const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(z - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0) out.push_back('-');
  if (year > 9999) out.push_back('+');
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", std::abs(year), month,
                 day_of_year - (153 * shifted + 2) / 5 + 1);
}

struct Append {
  std::string& out;
  const postgres::Type* type;

  void quoted_infinity(bool minus) const { out.append(minus ? "\"-infinity\"" : "\"infinity\""); }

  void operator()(std::monostate) const { out.append("null"); }
  void operator()(bool value) const { out.append(value ? "true" : "false"); }
  void operator()(std::int64_t value) const { fmt::format_to(std::back_inserter(out), "{}", value); }
  void operator()(float value) const { number(value); }
  void operator()(double value) const { number(value); }
  void operator()(const postgres::Decimal& value) const {
    const bool digits = value.text.find_first_of("NI") == std::string::npos;
    out.append(digits ? value.text : "\"" + value.text + "\"");
  }
  void operator()(std::string_view value) const {
    // pgvector's text form is a JSON array already.
    const bool vector = type != nullptr && (type->name == "vector" || type->name == "halfvec") &&
                        value.starts_with('[') && value.ends_with(']');
    if (vector)
      out.append(value);
    else
      json::append_quoted(out, value);
  }
  void operator()(const postgres::Uuid& value) const { out.append("\"" + value.to_string() + "\""); }
  void operator()(const postgres::Json& value) const { out.append(value.text); }
  void operator()(const postgres::Bytes& value) const {
    out.append("\"\\\\x");
    for (const char byte : value.bytes)
      fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(byte));
    out.push_back('"');
  }
  void operator()(const postgres::Date& value) const {
    if (value.is_infinite()) return quoted_infinity(value.days < 0);
    out.push_back('"');
    append_date(out, value.days);
    out.push_back('"');
  }
  void operator()(const postgres::TimeOfDay& value) const {
    out.push_back('"');
    append_time(out, value.microseconds);
    out.push_back('"');
  }
  void operator()(const postgres::Timestamp& value) const {
    if (value.is_infinite()) return quoted_infinity(value.microseconds < 0);
    std::int64_t days = value.microseconds / kMicrosADay;
    std::int64_t rest = value.microseconds % kMicrosADay;
    if (rest < 0) {
      rest += kMicrosADay;
      --days;
    }
    out.push_back('"');
    append_date(out, days);
    out.push_back('T');
    append_time(out, rest);
    if (type != nullptr && type->kind == postgres::TypeKind::kTimestampTz) out.push_back('Z');
    out.push_back('"');
  }
  void operator()(const postgres::Array& value) const {
    std::size_t next = 0;
    if (value.dimensions.empty()) {
      out.append("[]");
    } else {
      array(value, 0, next);
    }
  }

 private:
  template <class Real>
  void number(Real value) const {
    if (std::isfinite(value)) {
      json::append_number(out, value, json::NumberForm::kPlain);
    } else {
      out.append(std::isnan(value) ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    }
  }

  void array(const postgres::Array& value, std::size_t depth, std::size_t& next) const {
    const Append element{out, type == nullptr ? nullptr : type->element};
    out.push_back('[');
    for (std::int32_t i = 0; i < value.dimensions[depth]; ++i) {
      if (i > 0) out.push_back(',');
      if (depth + 1 < value.dimensions.size()) {
        array(value, depth + 1, next);
      } else {
        std::visit(element, value.elements[next++].is);
      }
    }
    out.push_back(']');
  }
};

bool is_number(postgres::TypeKind kind) {
  using postgres::TypeKind;
  return kind == TypeKind::kFloat4 || kind == TypeKind::kFloat8 || kind == TypeKind::kInt2 ||
         kind == TypeKind::kInt4 || kind == TypeKind::kInt8 || kind == TypeKind::kNumeric;
}

// "{1,0.5,1e-05}" is JSON but for its braces; NaN, infinities, NULL, further dimensions and bounds are not.
bool append_plain_array(std::string& out, const postgres::Type* element, std::string_view text) {
  static constexpr auto kPlain = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("0123456789+-.e,")) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  if (element == nullptr || !is_number(element->kind) || element->delimiter != ',') return false;
  if (text.size() < 3 || text.front() != '{' || text.back() != '}') return false;
  const std::string_view inner = text.substr(1, text.size() - 2);
  if (!std::ranges::all_of(inner, [](char c) { return kPlain[static_cast<unsigned char>(c)]; })) return false;
  out.push_back('[');
  out.append(inner);
  out.push_back(']');
  return true;
}

// Forms whose text is JSON already, or needs quotes only.
bool append_plain(std::string& out, const postgres::Type& type, std::string_view text) {
  using postgres::TypeKind;
  switch (type.kind) {
    case TypeKind::kArray:
      return append_plain_array(out, type.element, text);
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
    case TypeKind::kOid:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      out.append(text);
      return true;
    case TypeKind::kText:
    case TypeKind::kEnum:
    case TypeKind::kChar:
      json::append_quoted(out, text);
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<void> append_json(std::string& out, const postgres::Type* type, postgres::ColumnValue column) {
  if (column.is_null()) {
    out.append("null");
    return {};
  }
  static const postgres::Type kUnknown;
  const postgres::Type& known = type == nullptr ? kUnknown : *type;
  if (column.kind == postgres::ColumnKind::kText && append_plain(out, known, column.bytes)) return {};
  STELE_TRY(const postgres::Value value, postgres::decode_value(known, column));
  std::visit(Append{out, type}, value.is);
  return {};
}

}  // namespace stele::views
