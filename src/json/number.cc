#include "json/number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace stele::json {
namespace {

constexpr std::size_t kNumberBytesMax = 40;
// Double.toString writes a decimal within [10^-3, 10^7), else with an exponent.
constexpr int kJavaDecimalExponentMin = -3;
constexpr int kJavaDecimalExponentMax = 6;

template <class Real>
void append_not_finite(std::string& out, Real value, NumberForm form) {
  if (form == NumberForm::kPlain) {
    out.append("null");
  } else if (std::isnan(value)) {
    out.append("\"NaN\"");
  } else {
    out.append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
  }
}

// `digits` without point, the first one counting 10^exponent.
void append_java_decimal(std::string& out, std::string_view digits, int exponent) {
  if (exponent < 0) {
    out.append("0.");
    out.append(static_cast<std::size_t>(-exponent - 1), '0');
    out.append(digits);
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  out.append(digits.substr(0, whole));
  if (digits.size() < whole) out.append(whole - digits.size(), '0');
  out.push_back('.');
  out.append(digits.size() > whole ? digits.substr(whole) : "0");
}

template <class Real>
void append_java(std::string& out, Real value) {
  char buffer[kNumberBytesMax];
  char* const end = buffer + sizeof(buffer);
  auto written = std::to_chars(buffer, end, std::abs(value), std::chars_format::scientific);
  // One digit may be enough below the normal numbers, but Java always takes the nearest of two: 4.9E-324.
  if (buffer[1] == 'e' && std::abs(value) < std::numeric_limits<Real>::min())
    written = std::to_chars(buffer, end, std::abs(value), std::chars_format::scientific, 1);
  // "d.ddde+XX" or "de+XX"
  const std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
  const std::size_t mark = text.find('e');
  int exponent = 0;
  const char* exponent_begin = text.data() + mark + 1;
  if (*exponent_begin == '+') ++exponent_begin;
  std::from_chars(exponent_begin, text.data() + text.size(), exponent);
  std::string digits(text.substr(0, 1));
  // "5.0" says no more than "5"; "5.03" does.
  const std::string_view fraction = mark > 2 ? text.substr(2, mark - 2) : std::string_view();
  if (fraction != "0") digits.append(fraction);

  if (std::signbit(value)) out.push_back('-');
  if (value == 0) {
    out.append("0.0");
  } else if (exponent >= kJavaDecimalExponentMin && exponent <= kJavaDecimalExponentMax) {
    append_java_decimal(out, digits, exponent);
  } else {
    append_java_decimal(out, digits, 0);
    out.push_back('E');
    out.append(std::to_string(exponent));
  }
}

template <class Real>
void append(std::string& out, Real value, NumberForm form) {
  if (!std::isfinite(value)) return append_not_finite(out, value, form);
  if (form == NumberForm::kJava) return append_java(out, value);
  char buffer[kNumberBytesMax];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, written.ptr);
}

}  // namespace

void append_number(std::string& out, double value, NumberForm form) {
  append(out, value, form);
}
void append_number(std::string& out, float value, NumberForm form) {
  append(out, value, form);
}

}  // namespace stele::json
