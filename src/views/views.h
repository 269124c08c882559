#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connect_options.h"
#include "views/keys/keys_options.h"

namespace stele::net {
class Reactor;
}

namespace stele::engine {
class Engine;
class VisibleLsn;
}  // namespace stele::engine

namespace stele::views {

class Administration;
class Catalog;
class Freshness;
class NodeKeys;
class Writer;

struct ViewsOptions {
  postgres::ConnectOptions postgres;
  // Names the slot (stele_ID) and the row of stele.node: [a-z0-9_]{1,40}, another one for each node that
  // follows the same database, the same at each start.
  std::string node_id = "1";
  std::string spool_directory;  // where large transactions and catch-up changes are spooled
  std::uint64_t spool_bytes_max = 16ULL << 30;
  // A collection that needs more fails, with the reason; 0 = no limit.
  std::size_t collection_memory_max = 0;
  // What the server decodes of a transaction before it sends it on while the transaction runs. PostgreSQL's
  // own default of 64 MB would keep most until the commit.
  std::string decoding_memory = "4MB";
  Duration slot_timeout = std::chrono::seconds(30);  // creation waits for running transactions
  KeysOptions keys;
};

// Numbers for status, readiness and metrics, as of now. Any thread.
struct ViewsStatus {
  bool connected = false;         // the stream is up
  bool ready = false;             // connected and every collection that can be served is
  std::string reason;             // why not
  Lsn visible, received, server;  // server = pg_current_wal_flush_lsn at the last poll
  std::uint64_t lag_bytes = 0;
  double lag_seconds = 0;
  std::uint64_t documents = 0, memory_bytes = 0;
  std::uint64_t transactions = 0, changes = 0, reconnects = 0;
  std::string slot;
};

// The views of one database: catalog, stream, applier and writers, on a reactor and thread of their own.
// start() returns once the schema stele is there and the stream is up; collections become ready one by one.
// Lifetime: stop() before the reactors that hold writers stop.
class Views {
 public:
  static Result<std::unique_ptr<Views>> start(ViewsOptions options, MetricRegistry& metrics);
  ~Views();

  Catalog& catalog();
  Freshness& freshness();
  Administration& administration();
  NodeKeys& keys();
  // What searches run on: the engine of all collections, and the LSN up to which they show.
  engine::Engine& engine();
  engine::VisibleLsn& visible();
  // A client changed definitions: looks for what changed now instead of at the next second. Any thread.
  void notice_ddl();
  // A writer for the current reactor; the caller owns it and destroys it on that reactor.
  std::unique_ptr<Writer> make_writer();
  ViewsStatus status() const;

  // The node stops: searches come to an end, and nobody waits any more for a position, a definition or a key
  // to be durable. For what has not ended by itself before. Any thread.
  void cancel_requests();
  // Confirms what is applied, drops this node's slot (views are in memory) and joins the thread.
  void stop();

 private:
  struct State;
  explicit Views(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stele::views
