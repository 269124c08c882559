#include "protocols/redis/blocked.h"

#include <chrono>
#include <cmath>

#include "keyspace/numbers.h"

namespace stele::redis {

Result<std::optional<Duration>> timeout_argument(std::string_view text) {
  constexpr long double kSecondsMax = 9'000'000'000.0L;  // in nanoseconds, about all that there are
  const auto seconds = keyspace::parse_float(text);
  if (!seconds || !std::isfinite(*seconds))
    return make_error(ErrorCode::kInvalidArgument, "timeout is not a float or out of range");
  if (*seconds < 0) return make_error(ErrorCode::kInvalidArgument, "timeout is negative");
  if (*seconds > kSecondsMax) return make_error(ErrorCode::kInvalidArgument, "timeout is out of range");
  if (*seconds == 0) return std::optional<Duration>();
  const std::chrono::duration<long double> duration(*seconds);
  // A moment at least, since nothing would be for ever.
  return std::optional(std::max<Duration>(std::chrono::duration_cast<Duration>(duration),
                                          Duration(std::chrono::milliseconds(1))));
}

}  // namespace stele::redis
