#pragma once

#include <memory>

#include "net/stream.h"
#include "net/task.h"

namespace stele::redis {

class Head;

// One client of the Redis head: reads requests, runs them one after the other, gathers their replies and
// sends them when no further request is there. A command whose keys another group holds parks the session,
// never the reactor. Threads: confined to the reactor. Ends when either side closes.
net::Task<void> serve_session(std::unique_ptr<net::Stream> stream, Head* head);

}  // namespace stele::redis
