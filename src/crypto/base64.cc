#include "crypto/base64.h"

#include <array>
#include <cstdint>

namespace stele::crypto {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 255;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr std::array<std::uint8_t, 256> kValues = make_values();

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = (bits << 8U) | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += j <= group.size() ? kAlphabet[(bits >> (18 - 6 * j)) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::string_view group = text.substr(i, 4);
    if (i + 4 == text.size()) {
      if (group.ends_with('=')) group.remove_suffix(1);
      if (group.ends_with('=')) group.remove_suffix(1);
    }
    std::uint32_t bits = 0;
    for (const char c : group) {
      const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
      if (value == kNone) return std::nullopt;
      bits = (bits << 6U) | value;
    }
    const std::size_t count = group.size() - 1;  // bytes in this group
    const std::size_t spare = group.size() * 6 - count * 8;
    if (count == 0 || (bits & ((1U << spare) - 1U)) != 0) return std::nullopt;
    bits >>= spare;
    for (std::size_t j = count; j > 0; --j) out += static_cast<char>((bits >> (8 * (j - 1))) & 255U);
  }
  return out;
}

}  // namespace stele::crypto
