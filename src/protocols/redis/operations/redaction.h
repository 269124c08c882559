#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/command.h"

namespace stele::redis {

// A request as MONITOR and SLOWLOG may show it: with "(redacted)" for passwords and rules. Nothing when it
// may be shown as it is, which most may.
std::optional<std::vector<std::string_view>> redacted(const Command& command,
                                                      std::span<const std::string_view> arguments);

}  // namespace stele::redis
