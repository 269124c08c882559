#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "postgres/types/type_catalog.h"

namespace stele::postgres {

// Reads pg_type of the connection's database: about 600 rows, a few milliseconds.
net::Task<Result<std::shared_ptr<const TypeCatalog>>> load_type_catalog(Connection* connection,
                                                                        TimePoint deadline);

}  // namespace stele::postgres
