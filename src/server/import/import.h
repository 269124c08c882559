#pragma once

#include <string>

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// `stele import SOURCE [once]`: all keys of a Redis, or of its RDB file, into the running node that --listen
// and --redis-port name. A live Redis is followed as by a replica until SIGINT or SIGTERM; with "once" until
// its keys are here. Keys that are there are replaced, so it may be begun anew at any time. What the node
// refuses is told by key; then the error is kFailedPrecondition.
Result<void> run_import(const Configuration& configuration, const std::string& source,
                        const std::string& once);

}  // namespace stele::server
