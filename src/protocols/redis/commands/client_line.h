#pragma once

#include <string>

#include "base/clock.h"
#include "protocols/redis/client_list.h"

namespace stele::redis {

// What CLIENT LIST tells of a client, without the end of the line.
std::string client_line(const ClientRecord& record, TimePoint now);

}  // namespace stele::redis
