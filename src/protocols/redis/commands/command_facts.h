#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/command.h"

namespace stele::redis {

// "readonly", "fast", …: as COMMAND INFO names them.
std::vector<std::string_view> flag_names(const Command& command);
// "@read", "@string", "@fast", …: what follows from flags and group.
std::vector<std::string> acl_categories(const Command& command);

}  // namespace stele::redis
