#pragma once

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// `stele doctor`: asks the PostgreSQL of --postgres (else that behind a running node's SQL head) for
// everything that Stele needs, prints a line each with advice, and fails if one is missing.
Result<void> run_doctor(const Configuration& configuration);

}  // namespace stele::server
