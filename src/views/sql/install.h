#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"

namespace stele::views {

// Brings the database to this version's schema: nothing to do when it is there. What the role was not allowed
// to do comes back as sentences for people (empty = all is there); what Stele cannot do without is an error.
net::Task<Result<std::vector<std::string>>> install_schema(postgres::Connection* connection,
                                                           TimePoint deadline);

}  // namespace stele::views
