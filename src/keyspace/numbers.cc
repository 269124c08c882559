#include "keyspace/numbers.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace stele::keyspace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  if (digits.front() == '0' && text.size() > 1) return std::nullopt;  // "007", "-0"
  return value;
}

std::optional<long double> parse_float(std::string_view text) {
  constexpr std::size_t kLongest = 5 * 1024;  // the buffer that Redis copies the text into
  if (text.empty() || text.size() >= kLongest || std::isspace(static_cast<unsigned char>(text.front()))) {
    return std::nullopt;
  }
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  errno = 0;
  char* end = nullptr;
  const long double value = std::strtold(terminated.c_str(), &end);
  if (end != terminated.c_str() + terminated.size() || std::isnan(value)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

std::string format_float(long double value) {
  // The longest: 4,933 digits before the point of the largest long double, 17 behind it.
  char buffer[5 * 1024];
  const int length = std::snprintf(buffer, sizeof(buffer), "%.17Lf", value);
  std::string text(buffer, static_cast<std::size_t>(length));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::optional<double> parse_score(std::string_view text) {
  constexpr std::size_t kLongest = 5 * 1024;  // as parse_float
  if (text.empty() || text.size() >= kLongest) return std::nullopt;
  if (const auto integer = parse_integer(text)) return static_cast<double>(*integer);
  if (std::isspace(static_cast<unsigned char>(text.front()))) return std::nullopt;
  char terminated[kLongest];
  text.copy(terminated, text.size());
  terminated[text.size()] = '\0';
  errno = 0;
  char* end = nullptr;
  const double value = std::strtod(terminated, &end);
  if (end != terminated + text.size() || std::isnan(value)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

std::string format_score(double score) {
  if (std::isinf(score)) return score > 0 ? "inf" : "-inf";
  constexpr double kExact = 1e15;
  char buffer[64];
  if (score == std::trunc(score) && std::abs(score) < kExact && !(score == 0 && std::signbit(score))) {
    const char* const end =
        std::to_chars(buffer, buffer + sizeof(buffer), static_cast<std::int64_t>(score)).ptr;
    return {buffer, static_cast<std::size_t>(end - buffer)};
  }
  const int length = std::snprintf(buffer, sizeof(buffer), "%.17g", score);
  return {buffer, static_cast<std::size_t>(length)};
}

}  // namespace stele::keyspace
