#pragma once

#include <string_view>

#include "base/result.h"
#include "keyspace/value.h"

namespace stele::redis {

// Is a time given in seconds or milliseconds, from now or since 1970?
struct TimeUnit {
  bool is_seconds = true;
  bool is_absolute = false;
};

// The unit that EX, PX, EXAT or PXAT names; nothing for another word.
bool read_time_unit(std::string_view word, TimeUnit& unit);

// The moment that the text names, of SET and its like: only what is to come, or at least above zero.
// `command` is for the error "invalid expire time in 'set' command".
Result<keyspace::WallMs> positive_moment(std::string_view text, TimeUnit unit, keyspace::WallMs now,
                                         std::string_view command);
// The same for EXPIRE and its like, which take moments that are past.
Result<keyspace::WallMs> any_moment(std::string_view text, TimeUnit unit, keyspace::WallMs now,
                                    std::string_view command);

}  // namespace stele::redis
