#pragma once

#include "protocols/redis/commands/call.h"

namespace stele::redis {

// The handlers of CLIENT's subcommands of these names.
void client_tracking(Call& call);
void client_caching(Call& call);
void client_getredir(Call& call);
void client_trackinginfo(Call& call);

// As CLIENT TRACKING OFF; also when the client goes.
void stop_tracking(Head& head, Client& client);
// Notes the keys of a command that has just read them, within its group, if the client tracks what it reads.
void remember_reads(Head& head, const Client& client, const Command& command,
                    std::span<const std::string_view> arguments);

}  // namespace stele::redis
