#pragma once

#include <string_view>

#include "protocols/redis/client.h"

namespace stele::redis {

constexpr std::string_view kBadClientName =
    "Client names cannot contain spaces, newlines or special characters.";

// Printable ASCII without spaces; the empty name too, which takes the name away.
bool is_client_name(std::string_view name);
void set_client_name(Client& client, std::string_view name);

}  // namespace stele::redis
