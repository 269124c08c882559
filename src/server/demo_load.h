#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "net/task.h"
#include "postgres/connect_options.h"
#include "server/configuration.h"

namespace stele::server {

// The table that is being loaded and the share of all that is done, 0 to 1. False: give up.
using DemoProgress = std::function<bool(std::string_view table, double share)>;

// Loads the machine's Debian package catalogue (tables and rows in one transaction) and publishes `package`;
// what is there already is left as it is. kNotFound where apt has no lists; kAlreadyExists where
// public.package is somebody else's; kCancelled when `progress` gives up: nothing is left behind.
net::Task<Result<void>> load_demo(postgres::ConnectOptions server, DemoProgress progress);

// A bar on a terminal, a line every fifth elsewhere; on stderr.
DemoProgress progress_on_terminal();

// `stele demo load`: the same through a running node's SQL head or at --postgres.
Result<void> run_demo_load(const Configuration& configuration);

}  // namespace stele::server
