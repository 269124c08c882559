#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocols/redis/client.h"
#include "protocols/redis/head.h"

namespace stele::redis {

// Which command is to run now? Looks it up and checks what Redis checks before: that it exists, its number of
// arguments, AUTH, memory. A command that is refused, or queued by an open MULTI, is answered to `out`, and
// the result is null.
const Command* dispatch(Head& head, Client& client, ReactorStatistics& statistics,
                        std::span<const std::string_view> arguments, std::string& out);

// Before a command for which make_room found nothing: whether it may grow and was refused.
bool refuse_growth(Head& head, Client& client, ReactorStatistics& statistics, const Command& command,
                   std::span<const std::string_view> arguments, std::string& out);

}  // namespace stele::redis
