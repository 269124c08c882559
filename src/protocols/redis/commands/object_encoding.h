#pragma once

#include <string_view>

#include "base/result.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

// OBJECT ENCODING of the key in the third word; no_such_key.
Result<std::string_view> encoding_of_object(Call& call);

}  // namespace stele::redis
