#include "protocols/redis/commands/expiry_argument.h"

#include <fmt/format.h>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

Error invalid_time(std::string_view command) {
  return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid expire time in '{}' command", command));
}

}  // namespace

bool read_time_unit(std::string_view word, TimeUnit& unit) {
  if (is_word(word, "EX"))
    unit = {true, false};
  else if (is_word(word, "PX"))
    unit = {false, false};
  else if (is_word(word, "EXAT"))
    unit = {true, true};
  else if (is_word(word, "PXAT"))
    unit = {false, true};
  else
    return false;
  return true;
}

Result<keyspace::WallMs> any_moment(std::string_view text, TimeUnit unit, keyspace::WallMs now,
                                    std::string_view command) {
  STELE_TRY(std::int64_t moment, integer_argument(text));
  if (unit.is_seconds && __builtin_mul_overflow(moment, 1000, &moment)) return invalid_time(command);
  if (!unit.is_absolute && __builtin_add_overflow(moment, now.value, &moment)) return invalid_time(command);
  return keyspace::WallMs{moment};
}

Result<keyspace::WallMs> positive_moment(std::string_view text, TimeUnit unit, keyspace::WallMs now,
                                         std::string_view command) {
  STELE_TRY(const std::int64_t amount, integer_argument(text));
  if (amount <= 0) return invalid_time(command);
  return any_moment(text, unit, now, command);
}

}  // namespace stele::redis
