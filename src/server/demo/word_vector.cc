#include "server/demo/word_vector.h"

#include <cmath>
#include <cstdint>

namespace stele::server::demo {

namespace {

// The sign of a word in lower case, or 0 for what ends a word.
constexpr std::array<char, 256> kWordSigns = [] {
  std::array<char, 256> signs{};
  for (char c = '0'; c <= '9'; ++c) signs[static_cast<unsigned char>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    signs[static_cast<unsigned char>(c)] = c;
    signs[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  }
  return signs;
}();

constexpr std::uint64_t kFnvBasis = 14695981039346656037ull;
constexpr std::uint64_t kFnvPrime = 1099511628211ull;

}  // namespace

void add_words(std::string_view text, WordVector& vector) {
  std::uint64_t hash = kFnvBasis;
  std::size_t length = 0;
  const auto end_word = [&] {
    // FNV-1a alone leaves words that differ in their last letters near each other.
    std::uint64_t mixed = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdull;
    mixed ^= mixed >> 33;
    if (length >= 2) vector[mixed % kWordDimensions] += (mixed >> 32) & 1 ? 1.0f : -1.0f;
    hash = kFnvBasis;
    length = 0;
  };
  for (const char c : text) {
    const char sign = kWordSigns[static_cast<unsigned char>(c)];
    if (sign == 0) {
      if (length > 0) end_word();
      continue;
    }
    hash = (hash ^ static_cast<unsigned char>(sign)) * kFnvPrime;
    ++length;
  }
  end_word();
}

bool normalize(WordVector& vector) {
  float sum = 0;
  for (const float value : vector) sum += value * value;
  if (sum == 0) return false;
  const float scale = 1.0f / std::sqrt(sum);
  for (float& value : vector) value *= scale;
  return true;
}

}  // namespace stele::server::demo
