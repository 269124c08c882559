#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connection.h"

namespace stele::views {

// For a session whose text forms and name resolution do not depend on the role: ISO dates in UTC, shortest
// exact floats, an empty search_path, no time limits, and an error where row security would hide rows.
postgres::ConnectOptions session_options(postgres::ConnectOptions options);
// One such session.
net::Task<Result<std::unique_ptr<postgres::Connection>>> connect_session(postgres::ConnectOptions options,
                                                                         TimePoint deadline);

// The one statement of `sql` with these text parameters.
net::Task<Result<postgres::ResultSet>> run(postgres::Connection* connection, std::string sql,
                                           postgres::Parameters parameters, TimePoint deadline);

// Is what the SQLSTATE says one of a missing right?
bool is_missing_privilege(const Error& error);

}  // namespace stele::views
