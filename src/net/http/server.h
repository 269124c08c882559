#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "net/address.h"
#include "net/http/head.h"
#include "net/http/message.h"
#include "net/http/request_memory.h"
#include "net/listener.h"
#include "net/task.h"
#include "net/tls.h"

namespace stele::net {

struct HttpServerOptions {
  ListenerOptions listener;
  HttpLimits limits;
  Duration idle_timeout = std::chrono::minutes(5);      // between requests; then closed without a word
  Duration request_timeout = std::chrono::seconds(60);  // for a request to come, plus 1 s per 16 KB; then 408
  Duration write_timeout = std::chrono::seconds(60);    // for a client to take what waits; then closed
  std::size_t gzip_bytes_min = 1024;  // bodies of at least that size are compressed if asked
  int gzip_level = 3;
  std::shared_ptr<TlsContext> tls;  // null: plain
  // What the bodies of this server and others may hold together; beyond it 429. Outlives the server. Null: no
  // limit but each one's own.
  RequestMemory* memory_or_null = nullptr;
  Gauge* connections_or_null = nullptr;  // counts them; outlives the server
  // What to answer to a request that is none (400, 408, 413, 414, 415, 417, 429, 431, 500, 501, 505), in the
  // form of the protocol's errors. Not set: the reason as text/plain.
  std::function<HttpResponse(const HttpFailure& failure)> failure;
};

// Who asks over HTTP/1.1? Listens, parses, calls `handler` for one request of a connection after the other
// (so pipelined requests are answered in their order), writes the responses. A handler runs on the reactor
// and may suspend; an exception out of it becomes a 500. Threads: confined to the reactor it was opened on.
// Lifetime: what `handler` refers to lives until stop() has returned.
class HttpServer {
 public:
  using Handler = std::function<Task<HttpResponse>(HttpRequest)>;

  // Errors: Listener::open's.
  static Result<std::unique_ptr<HttpServer>> open(Address address, HttpServerOptions options,
                                                  Handler handler);
  ~HttpServer();

  const Address& address() const;
  std::size_t connections() const;
  std::uint64_t requests() const;  // handled so far
  std::uint64_t failures() const;  // answered without the handler

  // Accepts no more, closes idle connections, lets what runs finish with "Connection: close", and gives up
  // the rest at `deadline`.
  Task<void> stop(TimePoint deadline);

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace stele::net
