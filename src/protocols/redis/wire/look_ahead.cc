#include "protocols/redis/wire/look_ahead.h"

#include <cstdint>
#include <optional>

namespace stele::redis::wire {

namespace {

// The number behind `type` at the front, with its line's end passed over; up to seven digits.
std::optional<std::size_t> take_number(std::string_view& input, char type) {
  constexpr std::size_t kDigitsMax = 7;
  if (input.empty() || input.front() != type) return std::nullopt;
  std::size_t value = 0;
  for (std::size_t i = 1; i + 1 < input.size() && i <= kDigitsMax + 1; ++i) {
    if (input[i] == '\r') {
      if (i == 1) return std::nullopt;
      input.remove_prefix(i + 2);
      return value;
    }
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(input[i])) - '0';
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  return std::nullopt;
}

}  // namespace

std::size_t look_ahead(std::string_view input, std::size_t count, std::vector<std::string_view>& keys) {
  constexpr std::size_t kArgumentsMax = 64;
  std::size_t passed = 0;
  for (; passed < count; ++passed) {
    const auto arguments = take_number(input, '*');
    if (!arguments || *arguments > kArgumentsMax) return passed;
    std::string_view key;
    for (std::size_t i = 0; i < *arguments; ++i) {
      const auto bytes = take_number(input, '$');
      if (!bytes || input.size() < *bytes + 2) return passed;
      if (i == 1) key = input.substr(0, *bytes);
      input.remove_prefix(*bytes + 2);
    }
    if (key.data() != nullptr) keys.push_back(key);
  }
  return passed;
}

}  // namespace stele::redis::wire
