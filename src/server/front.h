#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string_view>

#include "base/metrics.h"
#include "net/address.h"
#include "net/event.h"
#include "net/http/server.h"
#include "net/listener.h"
#include "net/tls.h"
#include "protocols/redis/head.h"
#include "protocols/redis/scripts/library_keeper.h"
#include "protocols/sql/commit_position.h"
#include "protocols/sql/session.h"
#include "server/configuration.h"
#include "server/reactor_thread.h"
#include "views/views.h"
#include "views/writer.h"

namespace stele::server {

// A head that speaks HTTP: how its metrics call it, the flag of its port, who answers its requests and those
// that are none.
struct HttpHead {
  std::string_view name;
  std::string_view flag;
  net::HttpServer::Handler handle;
  std::function<net::HttpResponse(const net::HttpFailure& failure)> fail;
};

// What all fronts share; outlives them.
struct FrontContext {
  const Configuration* configuration = nullptr;
  postgres::ConnectOptions postgres;
  views::Views* views = nullptr;  // null without a PostgreSQL: then the Redis head serves alone
  std::shared_ptr<net::TlsContext> tls_or_null;
  MetricRegistry* metrics = nullptr;
  net::RequestMemory* request_memory = nullptr;
  HttpHead elastic;
  HttpHead qdrant;
  redis::Head* redis = nullptr;
};

// The ports that are served; nothing for a head that is off.
struct Ports {
  Port sql;
  Port redis;
  Port elastic;
  Port qdrant;
  Port console;
};

// The listeners and what they need on one reactor: connections stay on the reactor that accepted them, and
// every front listens on the same ports, some not on SQL's. Threads: all methods on a thread that is no
// reactor's.
class Front {
 public:
  static Result<std::unique_ptr<Front>> start(FrontContext& context, std::string name);
  ~Front();

  // Opens the heads' listeners: on `ports`, where a 0 becomes the port that was chosen; SQL's if this front
  // serves it. kAlreadyExists names the flag, the port and its holder.
  Result<void> listen(Ports& ports, bool serves_sql);
  // The console's port, on one of the fronts.
  Result<void> listen_console(Port& port, net::HttpServer::Handler handler);
  // Lets keys expire, from one of the fronts.
  void expire_keys(redis::Head& head);
  // Keeps libraries of Redis functions in PostgreSQL, from one of the fronts.
  void keep_libraries(redis::Head& head, const postgres::ConnectOptions& postgres);
  bool has_libraries() const { return libraries_ && libraries_->is_loaded(); }

  // Accepts no more and lets what runs end, until `deadline`: then connections are closed, and writes under
  // way cancelled. The future is ready when all has ended; once.
  std::future<void> stop(TimePoint deadline);

  net::Reactor& reactor() { return thread_->reactor(); }
  views::Writer& writer() { return *writer_; }

 private:
  Front(FrontContext& context, std::unique_ptr<ReactorThread> thread);
  void make_session_context();
  Result<void> listen_sql(Port& port);
  Result<void> listen_redis(Port& port);
  Result<std::unique_ptr<net::HttpServer>> listen_http(const HttpHead& head, Port& port);
  net::Task<void> stop_here(TimePoint deadline);
  net::Task<void> stop_writer(net::Event* stopped);

  FrontContext& context_;
  std::unique_ptr<ReactorThread> thread_;
  // Made and destroyed on the reactor.
  std::unique_ptr<views::Writer> writer_;
  std::unique_ptr<sql::CommitPosition> commit_position_;
  sql::SessionContext session_context_;
  std::unique_ptr<net::Listener> sql_;
  std::unique_ptr<net::Listener> redis_;
  std::unique_ptr<redis::ExpiryCycle> expiry_;
  std::unique_ptr<redis::LibraryKeeper> libraries_;
  std::unique_ptr<net::HttpServer> elastic_;
  std::unique_ptr<net::HttpServer> qdrant_;
  std::unique_ptr<net::HttpServer> console_;
};

}  // namespace stele::server
