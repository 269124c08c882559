#include "net/http/server.h"

#include <utility>
#include <vector>

#include "net/http/response_writer.h"
#include "net/http/session.h"
#include "net/reactor.h"

namespace stele::net {

struct HttpServer::State {
  std::shared_ptr<HttpService> service;
  std::unique_ptr<Listener> listener;
};

namespace {

Task<void> serve(std::shared_ptr<HttpService> service, std::unique_ptr<Stream> stream) {
  HttpSession session(std::move(service), std::move(stream));
  co_await session.run();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::open(Address address, HttpServerOptions options,
                                                     Handler handler) {
  auto state = std::make_shared<State>();
  state->service = std::make_shared<HttpService>();
  const ListenerOptions listener_options = options.listener;
  state->service->options = std::move(options);
  state->service->handler = std::move(handler);
  STELE_TRY(state->listener, Listener::open(std::move(address), listener_options,
                                            [service = state->service](std::unique_ptr<Stream> stream) {
                                              return serve(service, std::move(stream));
                                            }));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

const Address& HttpServer::address() const {
  return state_->listener->address();
}

std::size_t HttpServer::connections() const {
  return state_->listener->connections();
}

std::uint64_t HttpServer::requests() const {
  return state_->service->requests;
}

std::uint64_t HttpServer::failures() const {
  return state_->service->failures;
}

Task<void> HttpServer::stop(TimePoint deadline) {
  const std::shared_ptr<State> state = state_;
  state->listener->stop_accepting();
  state->service->stopping = true;
  std::vector<HttpSession*> idle;
  for (HttpSession* session : state->service->sessions) {
    if (session->is_idle()) idle.push_back(session);
  }
  for (HttpSession* session : idle) session->close();
  Timer give_up(*Reactor::current());
  if (deadline != kNoDeadline) give_up.set(deadline, [&state] { state->listener->close_all(); });
  co_await state->listener->closed();
}

}  // namespace stele::net
