#pragma once

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// `stele serve`: a node in the foreground until SIGINT or SIGTERM.
Result<void> run_serve(const Configuration& configuration);

}  // namespace stele::server
