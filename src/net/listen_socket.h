#pragma once

#include "base/result.h"
#include "net/address.h"

namespace stele::net {

// Opens a descriptor that listens. The port is bound exclusively first, so that another process with the
// same idea is noticed; with `share` the port is then shared with the other listeners of this process.
// A Unix path whose server is gone is taken over. Errors: Listener::open's.
Result<int> open_listen_socket(const Address& address, int backlog, bool share);

}  // namespace stele::net
