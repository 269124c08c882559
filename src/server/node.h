#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "io/directory.h"
#include "net/http/request_memory.h"
#include "net/worker_pool.h"
#include "ops/console.h"
#include "postgres/private_server.h"
#include "protocols/elastic/head.h"
#include "protocols/qdrant/head.h"
#include "protocols/redis/head.h"
#include "server/configuration.h"
#include "server/front.h"
#include "server/identity.h"
#include "views/head_services.h"
#include "views/keys/keys.h"
#include "views/views.h"

namespace stele::server {

// One running Stele: its PostgreSQL (private or not), the views over it, and the heads on their ports. The
// members are in the order in which they start; they stop the other way round. Threads: start(), stop() and
// the observers on one thread that is no reactor's.
class Node {
 public:
  // Returns when every head accepts connections. Errors say what to do: a data directory that is another
  // node's, a port in use, a PostgreSQL that lacks something (then `stele doctor` explains).
  static Result<std::unique_ptr<Node>> start(const Configuration& configuration);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Stops accepting, ends what runs, drops the slot, stops the private PostgreSQL. Idempotent.
  void stop();

  const Ports& ports() const { return ports_; }
  // The ports as the ready file has them; null for what is not served.
  std::string ports_json() const;
  const postgres::ConnectOptions& postgres() const { return context_.postgres; }
  // Null without a PostgreSQL.
  views::Views* views_or_null() { return views_.get(); }

 private:
  explicit Node(const Configuration& configuration);
  bool has_postgres() const { return configuration_.postgres != "off"; }
  Result<void> open();
  Result<void> open_data_directory();
  Result<void> start_postgres();
  Result<void> start_views();
  Result<void> make_redis();
  views::HeadServices head_services();
  void make_elastic();
  void make_qdrant();
  void make_request_memory();
  Result<void> start_fronts();
  void keep_libraries();
  std::vector<ops::HeadStatus> head_statuses();
  views::Writer& writer_here();

  const Configuration configuration_;
  MetricRegistry metrics_;
  std::unique_ptr<io::Directory> directory_;
  std::unique_ptr<io::Lock> lock_;
  Identity identity_;
  std::unique_ptr<postgres::PrivateServer> private_server_;
  std::unique_ptr<views::Views> views_;
  std::unique_ptr<views::NodeKeys> cache_keys_;  // without a PostgreSQL
  views::NodeKeys* keys_ = nullptr;
  std::unique_ptr<net::WorkerPool> pool_;
  std::unique_ptr<elastic::Head> elastic_;
  std::unique_ptr<redis::Head> redis_;
  std::unique_ptr<qdrant::Head> qdrant_;
  std::unique_ptr<ops::Console> console_;
  std::unique_ptr<net::RequestMemory> request_memory_;
  FrontContext context_;
  std::vector<std::unique_ptr<Front>> fronts_;
  Ports ports_;
};

}  // namespace stele::server
