// What Redis 7 has and Stele does not serve yet: so that a client is told that, and not "unknown command".
#include <algorithm>
#include <array>
#include <string>

#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

// Sorted.
constexpr auto kMissing = std::to_array<std::string_view>({
    "psync",
    "replconf",
    "restore-asking",
    "sync",
    "waitaof",
});

// Of containers that are served in part. Sorted.
constexpr auto kMissingSubcommands = std::to_array<std::string_view>({
    "script|debug",
});

static_assert(std::ranges::is_sorted(kMissing));
static_assert(std::ranges::is_sorted(kMissingSubcommands));

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

bool is_known_to_redis(std::string_view name) {
  return std::ranges::binary_search(kMissing, lowered(name));
}

bool is_known_to_redis(std::string_view container, std::string_view subcommand) {
  return std::ranges::binary_search(kMissingSubcommands, lowered(container) + "|" + lowered(subcommand));
}

}  // namespace stele::redis
