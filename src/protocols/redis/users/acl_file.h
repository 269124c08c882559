#pragma once

#include <string>

#include "base/result.h"
#include "protocols/redis/users/users.h"

namespace stele::redis {

// The users of a file; the error is what ACL LOAD answers. Blocks for the disk.
Result<Users::UserRules> load_acl_file(const std::string& path, bool all_channels);
// Writes all users into a new file beside it, which takes its place.
Result<void> save_acl_file(const std::string& path, const Users& users);

}  // namespace stele::redis
