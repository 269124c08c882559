#include "protocols/redis/commands/glob.h"

#include <utility>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

// Takes a set "[…]" from the front of the pattern; whether it has the byte. A set that does not close ends
// with the pattern.
bool take_set(std::string_view& pattern, char byte) {
  pattern.remove_prefix(1);
  const bool is_negated = pattern.starts_with('^');
  if (is_negated) pattern.remove_prefix(1);
  bool has = false;
  while (!pattern.empty()) {
    if (pattern.front() == '\\' && pattern.size() >= 2) {
      has |= pattern[1] == byte;
      pattern.remove_prefix(2);
    } else if (pattern.front() == ']') {
      pattern.remove_prefix(1);
      break;
    } else if (pattern.size() >= 3 && pattern[1] == '-') {
      auto low = static_cast<unsigned char>(pattern[0]);
      auto high = static_cast<unsigned char>(pattern[2]);
      if (low > high) std::swap(low, high);
      const auto value = static_cast<unsigned char>(byte);
      has |= value >= low && value <= high;
      pattern.remove_prefix(3);
    } else {
      has |= pattern.front() == byte;
      pattern.remove_prefix(1);
    }
  }
  return has != is_negated;
}

// Takes what stands for one byte from the front of the pattern, which is no star; whether the byte fits it.
bool take_one(std::string_view& pattern, char byte) {
  switch (pattern.front()) {
    case '?':
      pattern.remove_prefix(1);
      return true;
    case '[':
      return take_set(pattern, byte);
    case '\\':
      if (pattern.size() >= 2) pattern.remove_prefix(1);
      [[fallthrough]];
    default:
      const char wanted = pattern.front();
      pattern.remove_prefix(1);
      return wanted == byte;
  }
}

}  // namespace

bool fits_glob(std::string_view pattern, std::string_view text) {
  // Where to go on when what follows the last star does not fit: one byte further.
  bool has_star = false;
  std::string_view after_star;
  std::string_view text_at_star;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      has_star = true;
      after_star = pattern;
      text_at_star = text;
      continue;
    }
    if (text.empty() && pattern.empty()) return true;
    if (!text.empty() && !pattern.empty() && take_one(pattern, text.front())) {
      text.remove_prefix(1);
      continue;
    }
    if (!has_star || text_at_star.empty()) return false;
    text_at_star.remove_prefix(1);
    pattern = after_star;
    text = text_at_star;
  }
}

bool fits_glob_ignoring_case(std::string_view pattern, std::string_view text) {
  return fits_glob(to_lower(pattern), to_lower(text));
}

}  // namespace stele::redis
