#pragma once

#include <string>

#include "base/result.h"
#include "postgres/server/child_process.h"

namespace stele::postgres {

// Makes `path` a directory of this user with this mode, or checks that it is one (no link, right owner).
Result<void> own_directory(const std::string& path, const RunAs& user, unsigned mode);
// The first of the parents of `path` (not itself) that `user` may not search; empty if it can reach it.
std::string closed_parent(const std::string& path, const RunAs& user);
// A directory for sockets whose path leaves room for the socket's name (a Unix address holds 107 bytes).
std::string short_socket_directory(const std::string& directory, const RunAs& user);

}  // namespace stele::postgres
