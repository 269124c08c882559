#include "keyspace/value.h"

#include <bit>

#include "keyspace/keys.h"

namespace stele::keyspace {

std::string score_bytes(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score);
  std::string bytes(sizeof(bits), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
  return bytes;
}

bool fits(ExpireCondition condition, std::optional<WallMs> present, WallMs at) {
  switch (condition) {
    case ExpireCondition::kAlways:
      return true;
    case ExpireCondition::kIfNone:
      return !present;
    case ExpireCondition::kIfAny:
      return present.has_value();
    case ExpireCondition::kIfLater:
      return present && at > *present;
    case ExpireCondition::kIfEarlier:
      return !present || at < *present;
  }
  return false;
}

double score_of(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (const char c : bytes.substr(0, sizeof(bits))) bits = bits << 8 | static_cast<unsigned char>(c);
  return std::bit_cast<double>(bits);
}

}  // namespace stele::keyspace
