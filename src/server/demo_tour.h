#pragma once

#include <string>

#include "server/front.h"
#include "server/signals.h"
#include "views/views.h"

namespace stele::server {

// Returns once the collection `package` is ready, or after a minute without (a log line says so). False when
// the node is to stop.
bool wait_until_demo_is_served(views::Views& views, const StopSignals& signals);

// What to paste into a shell to try the demo on these ports.
std::string demo_lines(const Ports& ports);

}  // namespace stele::server
