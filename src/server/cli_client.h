#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "server/configuration.h"

namespace stele::server {

// Runs a task to its end on a reactor of its own, on this thread: how the command line's short commands talk
// to a server. The task's error, or the reactor's.
Result<void> run_to_end(std::move_only_function<net::Task<Result<void>>()> make_task);

// Where the command line finds SQL: --postgres when it is given, else the SQL head of a running node.
Result<postgres::ConnectOptions> sql_options(const Configuration& configuration);

}  // namespace stele::server
