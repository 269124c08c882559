#pragma once

#include <memory>
#include <string_view>

#include "net/http/head.h"
#include "net/http/message.h"
#include "net/task.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {

// How does a Qdrant client get its answer over REST? Takes whole HTTP requests and gives whole replies: finds
// the endpoint, checks the key, waits for the position the client asks for, and puts what the endpoint
// answered into Qdrant's envelope {"result","status","time"}. Threads: handle() on any reactor, many at once;
// the Writer used is that of the reactor. Lifetime: outlives all requests under way; the services outlive it.
// Errors: all become replies in Qdrant's form. Source: Qdrant 1.18, src/actix and
// docs/redoc/master/openapi.json.
class Head {
 public:
  explicit Head(Services services);
  ~Head();

  net::Task<net::HttpResponse> handle(net::HttpRequest request);
  // What the HTTP server answers to a request that does not come so far (too large, broken).
  static net::HttpResponse transport_failure(const net::HttpFailure& failure);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stele::qdrant
