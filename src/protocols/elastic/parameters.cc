#include "protocols/elastic/parameters.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace stele::elastic {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct TimeUnit {
  std::string_view suffix;
  std::int64_t nanoseconds;
};
// Longer suffixes first.
constexpr std::array kTimeUnits = {
    TimeUnit{"nanos", 1},
    TimeUnit{"micros", 1'000},
    TimeUnit{"ms", 1'000'000},
    TimeUnit{"s", 1'000'000'000},
    TimeUnit{"m", 60'000'000'000},
    TimeUnit{"h", 3'600'000'000'000},
    TimeUnit{"d", 86'400'000'000'000},
};

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

Outcome<Parameters> Parameters::parse(std::string_view query) {
  Parameters parameters;
  for (const std::string& part : split(query, '&')) {
    const std::size_t equals = part.find('=');
    const std::string_view raw_name = std::string_view(part).substr(0, equals);
    const std::string_view raw_value =
        equals == std::string::npos ? std::string_view() : std::string_view(part).substr(equals + 1);
    std::optional<std::string> name = percent_decode(raw_name, true);
    std::optional<std::string> value = percent_decode(raw_value, true);
    if (!name || !value) return illegal_argument(fmt::format("Failed to decode query string [{}]", query));
    if (!name->empty()) parameters.items_.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

const std::string* Parameters::find(std::string_view name) const {
  for (auto item = items_.rbegin(); item != items_.rend(); ++item)
    if (item->first == name) return &item->second;
  return nullptr;
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(*value);
}

std::string_view Parameters::text(std::string_view name, std::string_view otherwise) const {
  return get(name).value_or(otherwise);
}

Outcome<bool> Parameters::boolean(std::string_view name, bool otherwise) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->empty() || *value == "true") return true;
  if (*value == "false") return false;
  return illegal_argument(
      fmt::format("Failed to parse value [{}] as only [true] or [false] are allowed.", *value));
}

Outcome<std::int64_t> Parameters::integer(std::string_view name, std::int64_t otherwise) const {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  if (const std::optional<std::int64_t> number = parse_integer(*value)) return *number;
  return illegal_argument(fmt::format("Failed to parse int parameter [{}] with value [{}]", name, *value))
      .because(Failure{400, "number_format_exception", fmt::format("For input string: \"{}\"", *value)});
}

std::vector<std::string> Parameters::list(std::string_view name) const {
  const std::string* value = find(name);
  if (value == nullptr) return {};
  return split(*value, ',');
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool wildcard_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Outcome<Duration> parse_time_value(std::string_view text, std::string_view setting) {
  if (text == "-1") return Duration(-1);
  if (text == "0") return Duration(0);
  for (const TimeUnit& unit : kTimeUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const std::optional<double> count = parse_number(text.substr(0, text.size() - unit.suffix.size()));
    if (!count || *count < -1 || *count * static_cast<double>(unit.nanoseconds) > 9e18) break;
    return Duration(static_cast<std::int64_t>(*count * static_cast<double>(unit.nanoseconds)));
  }
  return illegal_argument(fmt::format(
      "failed to parse setting [{}] with value [{}] as a time value: unit is missing or unrecognized",
      setting, text));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace stele::elastic
