#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "net/http/head.h"
#include "net/http/request_parser.h"
#include "net/http/response_writer.h"
#include "net/http/server.h"
#include "net/stream.h"

namespace stele::net {

class HttpSession;

// What the sessions of one server share.
struct HttpService {
  HttpServerOptions options;
  HttpServer::Handler handler;
  bool stopping = false;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::unordered_set<HttpSession*> sessions;

  std::string_view date();

 private:
  std::int64_t date_second_ = 0;
  std::string date_;
};

// One connection's requests and responses, from its first byte to its last. Confined to one reactor.
class HttpSession {
 public:
  HttpSession(std::shared_ptr<HttpService> service, std::unique_ptr<Stream> stream);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;

  Task<void> run();
  // Between two requests: nothing is lost by closing.
  bool is_idle() const { return idle_; }
  void close() { stream_->close(); }

 private:
  Task<bool> begin_tls();
  // Empty when the connection is to end; a failure was answered then.
  Task<std::optional<HttpRequest>> read_request();
  Task<Result<void>> invite_body();
  // Counts what is there of the body; a failure where there is no room for it.
  std::optional<HttpFailure> hold_body();
  Task<HttpResponse> handle(HttpRequest request);
  Task<bool> respond(HttpResponse response, HttpResponseContext context);
  Task<bool> stream_body(HttpBodyProducer producer, int version_minor);
  Task<void> fail(HttpFailure failure);
  Task<void> linger();
  HttpResponse failure_response(const HttpFailure& failure) const;
  HttpResponseContext context_for(const HttpRequest& request);

  std::shared_ptr<HttpService> service_;
  std::unique_ptr<Stream> stream_;
  HttpRequestParser parser_;
  RequestMemory::Share held_;  // by the request that comes or is answered
  bool idle_ = true;
};

}  // namespace stele::net
