#pragma once

#include <string>

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// `stele publish TABLE [OPTIONS]`: SELECT stele.publish(...) through a running node or at --postgres.
Result<void> run_publish(const Configuration& configuration, const std::string& table,
                         const std::string& options);

}  // namespace stele::server
