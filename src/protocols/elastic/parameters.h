#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "protocols/elastic/failure.h"

namespace stele::elastic {

// "%2F" → '/', and '+' → ' ' where `plus_is_space`. Nothing for a broken escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// What stands behind the '?'? Names with their values, decoded, in order; the last of a repeated name counts.
class Parameters {
 public:
  Parameters() = default;
  // 400 illegal_argument_exception for broken escapes.
  static Outcome<Parameters> parse(std::string_view query);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // The value, or nothing where the name is absent.
  std::optional<std::string_view> get(std::string_view name) const;
  std::string_view text(std::string_view name, std::string_view otherwise = {}) const;
  // "", "true" → true, "false" → false; 400 else.
  Outcome<bool> boolean(std::string_view name, bool otherwise) const;
  Outcome<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;
  // Split at commas, empty parts dropped.
  std::vector<std::string> list(std::string_view name) const;
  void set(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  const std::string* find(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> items_;
};

std::vector<std::string> split(std::string_view text, char separator);
// '*' any run; the whole of `text` must match. Linear but for pathological patterns (then quadratic).
bool wildcard_match(std::string_view pattern, std::string_view text);
// "30s", "500ms", "1m", "2h", "1d", "100micros", "5nanos", "-1" and "0"; 400 that names `setting` else.
Outcome<Duration> parse_time_value(std::string_view text, std::string_view setting);
// A whole number and nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);

}  // namespace stele::elastic
