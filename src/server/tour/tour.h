#pragma once

#include <string>

#include "base/result.h"
#include "net/task.h"
#include "server/tour/clients.h"
#include "server/tour/level.h"

namespace stele::server {

// Runs every step of a level against live heads, through their own protocols; prints what was sent, what came
// back, how long it took and whether it was as expected; keeps the same in the table stele.tour.
// kFailedPrecondition when a step was not as expected, naming how many items passed.
net::Task<Result<void>> take_tour(TourServers servers, TourLevel level);

}  // namespace stele::server
