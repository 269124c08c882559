#pragma once

#include "base/lsn.h"
#include "protocols/qdrant/call.h"

namespace stele::qdrant {

// {"operation_id": …, "status": …}: completed where the client waits and the views show it, else
// acknowledged. The operation's number is the commit's position.
Reply update_result(const Call& call, Lsn lsn, bool applied);
void write_update_result(std::string& out, const Call& call, Lsn lsn, bool applied);

}  // namespace stele::qdrant
