#pragma once

#include <cstdint>

#include "protocols/redis/head.h"

namespace stele::redis {

// When changes were last committed, else when the server started.
std::int64_t last_save_seconds(const Head& head, const views::KeysStatus& status);

}  // namespace stele::redis
