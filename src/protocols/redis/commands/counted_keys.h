#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

// Arguments that say how many; each reader answers the error itself and then returns false.

// A number that is not negative; all else is an error with this text.
bool read_count(Call& call, std::size_t at, std::string_view text, std::size_t& count);
// The same for a number above zero.
bool read_positive_count(Call& call, std::size_t at, std::string_view text, std::size_t& count);

// The keys behind the argument `at`, which says how many: as SINTERCARD and ZMPOP word their errors.
bool read_keys_or_arguments(Call& call, std::size_t at, std::vector<keyspace::KeyRef>& keys);

}  // namespace stele::redis
