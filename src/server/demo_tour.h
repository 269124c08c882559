#pragma once

#include <string>

#include "server/front.h"
#include "views/views.h"

namespace stele::server {

// Returns once the collection `package` is ready, or after a minute without (a log line says so).
void wait_until_demo_is_served(views::Views& views);

// What to paste into a shell to try the demo on these ports.
std::string demo_lines(const Ports& ports);

}  // namespace stele::server
