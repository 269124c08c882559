#include "net/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <coroutine>
#include <cstring>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/backend.h"
#include "net/listen_socket.h"
#include "net/socket_address.h"
#include "net/stream_state.h"

namespace stele::net {

namespace {

constexpr Logger kLog("net");
constexpr auto kPauseAfterError = std::chrono::milliseconds(100);

}  // namespace

// Shared by the listener and its sessions, which may end after it.
struct Listener::State : AcceptObserver, std::enable_shared_from_this<Listener::State> {
  State(Reactor& owner, ListenerOptions listener_options, Session listener_session)
      : reactor(owner), options(listener_options), session(std::move(listener_session)), pause(owner) {}
  ~State() override { stop(); }

  void on_accept(int fd) override;
  void on_accept_error(int error) override;
  void stop();
  Task<void> serve(std::unique_ptr<Stream> stream);

  Reactor& reactor;
  ListenerOptions options;
  Session session;
  Address address;
  Acceptor* acceptor = nullptr;
  Timer pause;
  std::unordered_set<Stream::State*> streams;
  std::size_t sessions = 0;
  std::size_t refused = 0;
  std::vector<std::coroutine_handle<>> waiting_for_end;
};

void Listener::State::on_accept(int fd) {
  if (sessions >= options.connections_max) {
    ::close(fd);
    ++refused;
    return;
  }
  auto state = std::make_unique<Stream::State>(reactor, fd, options.limits);
  Stream::State* raw = state.get();
  streams.insert(raw);
  state->on_destroyed = [self = weak_from_this(), raw] {
    if (const auto listener = self.lock()) listener->streams.erase(raw);
  };
  state->socket->set_receiving(true);
  ++sessions;
  net::spawn(serve(std::unique_ptr<Stream>(new Stream(std::move(state)))));
}

Task<void> Listener::State::serve(std::unique_ptr<Stream> stream) {
  const std::shared_ptr<State> self = shared_from_this();
  Task<void> task = session(std::move(stream));
  co_await std::move(task);
  if (--sessions == 0) {
    for (const std::coroutine_handle<> handle : std::exchange(waiting_for_end, {}))
      reactor.resume_soon(handle);
  }
}

void Listener::State::on_accept_error(int error) {
  kLog.warn("cannot accept connections for a moment address={} error={}", address.to_string(),
            std::strerror(error));
  pause.set(reactor.now() + kPauseAfterError, [this] {
    if (acceptor != nullptr) acceptor->resume();
  });
}

void Listener::State::stop() {
  if (acceptor == nullptr) return;
  std::exchange(acceptor, nullptr)->close();
  pause.cancel();
  if (address.is_unix()) ::unlink(address.host.c_str());
}

Result<std::unique_ptr<Listener>> Listener::open(Address address, ListenerOptions options, Session session) {
  Reactor& reactor = *Reactor::current();
  STELE_TRY(const int fd, open_listen_socket(address, options.backlog, options.reuse_port));
  auto state = std::make_shared<State>(reactor, options, std::move(session));
  state->address = local_address(fd);
  state->acceptor = reactor.backend().add_acceptor(fd, state.get());
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}

Listener::~Listener() {
  state_->stop();
}

const Address& Listener::address() const {
  return state_->address;
}

std::size_t Listener::connections() const {
  return state_->sessions;
}

std::size_t Listener::refused() const {
  return state_->refused;
}

void Listener::stop_accepting() {
  state_->stop();
}

void Listener::close_all() {
  const std::vector<Stream::State*> streams(state_->streams.begin(), state_->streams.end());
  for (Stream::State* stream : streams) stream->close();
}

Task<void> Listener::closed() {
  struct Ended {
    State* state;
    bool await_ready() const noexcept { return state->sessions == 0; }
    void await_suspend(std::coroutine_handle<> handle) const { state->waiting_for_end.push_back(handle); }
    void await_resume() const noexcept {}
  };
  const std::shared_ptr<State> state = state_;
  co_await Ended{state.get()};
}

}  // namespace stele::net
