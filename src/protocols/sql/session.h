#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/tls.h"
#include "postgres/connect_options.h"
#include "views/freshness.h"

namespace stele::sql {

class CommitPosition;

// What every session of a reactor shares. Outlives them.
struct SessionContext {
  postgres::ConnectOptions server;               // address and TLS; users and databases are the client's
  std::shared_ptr<net::TlsContext> tls_or_null;  // offered to clients when there is one
  views::Freshness* freshness = nullptr;
  CommitPosition* commit_position = nullptr;
  std::function<void()> notice_ddl;  // called after a statement that changed definitions
  std::size_t sessions_max = 1000;
  Duration startup_time_max = std::chrono::seconds(60);
  Duration apply_time_max = std::chrono::seconds(1);  // how long ReadyForQuery waits for the views
  Duration min_lsn_time_max = std::chrono::seconds(30);

  Counter* requests = nullptr;  // ReadyForQuery messages
  Counter* errors = nullptr;    // ErrorResponse messages of the server
  Histogram* request_time = nullptr;
  Counter* not_applied = nullptr;  // transactions answered before the views had applied them
  Gauge* sessions = nullptr;
};

// One client of the SQL head: a transparent proxy, message by message. The client's startup packet, its
// authentication and all that follows go to a server connection of its own; results are passed on as they
// come and never gathered. It looks at few messages: the parameters stele.* (see Statement), and
// ReadyForQuery after a transaction with a writing command tag, which it holds back until this node's views
// show the transaction. Cancel requests are passed on as they are: the key is the server's own. Threads:
// confined to the reactor. Ends when either side closes.
net::Task<void> serve_session(std::unique_ptr<net::Stream> client, SessionContext* context);

}  // namespace stele::sql
