#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"

namespace stele::postgres {

// What goes to and fro inside CopyData once START_REPLICATION was answered. Pure; any thread; views point
// into the bytes given. Source: "Streaming Replication Protocol" of the PostgreSQL manual.

// The clock of the wire: microseconds since 2000-01-01 UTC.
WallTime from_postgres_time(std::int64_t microseconds);
std::int64_t to_postgres_time(WallTime time);

struct XLogData {
  Lsn start;
  Lsn end;  // the server's position when it sent this; says nothing about what is complete
  WallTime sent;
  std::string_view payload;  // one message of the output plugin
};

struct Keepalive {
  Lsn wal_end;  // everything that committed below it has been sent
  WallTime sent;
  bool reply_requested = false;
};

using ReplicationMessage = std::variant<XLogData, Keepalive>;

// `bytes`: the content of one CopyData. kProtocol for anything else.
Result<ReplicationMessage> decode_replication_message(std::string_view bytes);

struct StandbyStatus {
  Lsn written;
  Lsn flushed;  // the server forgets what lies below it
  Lsn applied;
  WallTime sent;
  bool reply_requested = false;
};

// The content of one CopyData.
void append_standby_status(std::string& out, const StandbyStatus& status);

}  // namespace stele::postgres
