// The string commands on numbers.
#include <array>
#include <cstdint>
#include <limits>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

void add(Call& call, std::int64_t by) {
  STELE_REDIS_TRY(const std::int64_t sum, call, call.group().strings().increment_by(call.key(1), by));
  call.reply().integer(sum);
}

void incr(Call& call) {
  add(call, 1);
}

void decr(Call& call) {
  add(call, -1);
}

void incrby(Call& call) {
  STELE_REDIS_TRY(const std::int64_t by, call, integer_argument(call[2]));
  add(call, by);
}

void decrby(Call& call) {
  STELE_REDIS_TRY(const std::int64_t by, call, integer_argument(call[2]));
  if (by == std::numeric_limits<std::int64_t>::min()) return call.fail("decrement would overflow");
  add(call, -by);
}

void incrbyfloat(Call& call) {
  // Redis looks at the key before it looks at the number.
  auto& strings = call.group().strings();
  const auto present = strings.length(call.key(1));
  if (!present) return call.fail(present.error());
  STELE_REDIS_TRY(const long double by, call, float_argument(call[2]));
  STELE_REDIS_TRY(const std::string_view sum, call, strings.increment_by_float(call.key(1), by));
  call.reply().bulk(sum);
}

constexpr std::uint32_t kFlags = flag::kWrite | flag::kDenyOom | flag::kFast;
constexpr KeyPositions kKey = {1, 1, 1, "RW access update"};
constexpr auto kKeys = Reach::kKeys;

constexpr std::array kCommands = {
    Command{"incr", 2, kFlags, kKey, kKeys, incr, "string", "1.0.0", "O(1)",
            "Adds one to the number at a key"},
    Command{"decr", 2, kFlags, kKey, kKeys, decr, "string", "1.0.0", "O(1)",
            "Subtracts one from the number at a key"},
    Command{"incrby", 3, kFlags, kKey, kKeys, incrby, "string", "1.0.0", "O(1)",
            "Adds to the number at a key"},
    Command{"decrby", 3, kFlags, kKey, kKeys, decrby, "string", "1.0.0", "O(1)",
            "Subtracts from the number at a key"},
    Command{"incrbyfloat", 3, kFlags, kKey, kKeys, incrbyfloat, "string", "2.6.0", "O(1)",
            "Adds to the floating-point number at a key"},
};

}  // namespace

std::span<const Command> number_commands() {
  return kCommands;
}

}  // namespace stele::redis
