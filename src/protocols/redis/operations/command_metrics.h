#pragma once

#include <string>

#include "protocols/redis/head.h"

namespace stele::redis {

// Calls, errors and times of each command that ran, as Prometheus text: one series a command of the table at
// most, and a histogram over powers of four for those that ran. Any thread.
std::string command_metrics(const Head& head);

}  // namespace stele::redis
