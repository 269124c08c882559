#pragma once

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// `stele status`: asks a running node's console port and prints a line for each collection.
Result<void> run_status(const Configuration& configuration);

}  // namespace stele::server
