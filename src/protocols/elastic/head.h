#pragma once

#include <memory>
#include <string>

#include "net/http/head.h"
#include "net/http/message.h"
#include "net/task.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {

// How does an Elasticsearch client get its answer? Takes whole HTTP requests and gives whole replies: checks
// media types and parameters, finds the endpoint, waits for the position the client asks for, and lays
// `filter_path`, `pretty` and the headers over what the endpoint answered.
// Threads: handle() on any reactor, many at once; the Writer used is that of the reactor. Lifetime: outlives
// all requests under way; the services outlive it. Errors: all become replies in Elasticsearch's form.
class Head {
 public:
  explicit Head(Services services);
  ~Head();

  net::Task<net::HttpResponse> handle(net::HttpRequest request);
  // What the HTTP server answers to a request that does not come so far (too large, broken), in
  // Elasticsearch's form.
  static net::HttpResponse transport_failure(const net::HttpFailure& failure);
  // What clients are told of where this node is, once its port is known. Before the first request.
  void set_publish_address(std::string address);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stele::elastic
