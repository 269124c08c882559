#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocols/redis/scripts/functions.h"

namespace stele::redis {

// What becomes of the libraries that are there when others are restored.
enum class RestorePolicy : std::uint8_t {
  kAppend,   // they stay, and none may have a name that comes
  kReplace,  // those whose name comes go
  kFlush,    // all go
};

// Loads libraries by their codes, all of them or none. With the gate. Errors: kInvalidArgument with Redis'
// text.
Result<void> restore_libraries(Functions& functions, lua::ScriptHost& host,
                               const std::vector<std::string>& codes, RestorePolicy policy);

}  // namespace stele::redis
