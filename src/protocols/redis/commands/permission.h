#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocols/redis/client.h"
#include "protocols/redis/head.h"
#include "protocols/redis/users/denial_log.h"

namespace stele::redis {

// Looks up what the client's user may do, and writes a refusal into ACL LOG.
Verdict ask_rules(Head& head, const Client& client, const Command& command,
                  std::span<const std::string_view> arguments, DenialLog::Context context);

// Whether the client's user may run this request: asked once for each command that is run or queued. Who
// may do everything costs one branch.
inline Verdict check_permission(Head& head, const Client& client, const Command& command,
                                std::span<const std::string_view> arguments, DenialLog::Context context) {
  if (client.user->is_unrestricted()) return {};
  return ask_rules(head, client, command, arguments, context);
}

// "NOPERM this user has no permissions to …".
std::string denial_text(const Verdict& verdict, const Command& command);

// Logs the client in, or answers and logs the refusal: false.
bool authenticate(Call& call, std::string_view name, std::string_view password);
// As a new connection is: the default user, logged in if he needs no password.
void become_default_user(Head& head, Client& client);

// Ends the connections of who is logged in as that user; his own after the reply.
void end_clients_of(Head& head, const User& user, Client* self_or_null);
// Ends those who listen to channels that the user may not listen to any more.
void end_listeners_of(Head& head, const User& user, const Rules& rules, Client* self_or_null);

// Makes the users those that PostgreSQL has, if that has changed.
void take_stored_users(Head& head, Client* self_or_null);

}  // namespace stele::redis
