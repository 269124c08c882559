#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/backend.h"
#include "net/mailbox.h"
#include "net/socket_address.h"
#include "net/stream_state.h"

namespace stele::net {

namespace {

using Resolved = Result<std::vector<SocketAddress>>;

// Asks the system's resolver on a thread of its own, for it has no other way of being asked. The thread may
// outlive who asked (the deadline passed): it posts to the mailbox, and finds `asker` empty.
class Resolution {
 public:
  Resolution(Address address, TimePoint deadline)
      : address_(std::move(address)), deadline_(deadline), timer_(*Reactor::current()) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    asker_ = std::make_shared<Resolution*>(this);
    if (deadline_ != kNoDeadline) timer_.set(deadline_, [this] { finish(timed_out()); });
    std::thread([asker = asker_, mailbox = Reactor::current()->mailbox(), address = address_] {
      mailbox->post([asker, result = resolve_blocking(address)]() mutable {
        if (*asker != nullptr) (*asker)->finish(std::move(result));
      });
    }).detach();
  }
  Resolved await_resume() { return std::move(*result_); }

 private:
  Error timed_out() const {
    return make_error(ErrorCode::kDeadlineExceeded, "resolving host " + address_.host + " took too long");
  }
  void finish(Resolved result) {
    *asker_ = nullptr;
    timer_.cancel();
    result_ = std::move(result);
    handle_.resume();
  }

  Address address_;
  TimePoint deadline_;
  Timer timer_;
  std::coroutine_handle<> handle_;
  std::shared_ptr<Resolution*> asker_;  // read and written on the reactor's thread alone
  std::optional<Resolved> result_;
};

Task<Resolved> resolve(Address address, TimePoint deadline) {
  Resolved quick = resolve_inline(address);
  if (!quick.has_value() || !quick->empty()) co_return quick;
  Resolution resolution(std::move(address), deadline);
  Resolved found = co_await resolution;
  co_return found;
}

Error connect_error(const Address& address, int error) {
  return make_error(ErrorCode::kUnavailable,
                    "cannot connect to " + address.to_string() + ": " + std::strerror(error))
      .with("errno", std::to_string(error));
}

}  // namespace

// Suspends the writer's half until the kernel has decided about a connect.
struct ConnectAwaiter {
  Stream::State* state;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const {
    state->connecting = true;
    state->socket->wait_writable();
    state->writing.suspend(handle);
  }
  // True when it has decided, false when the deadline passed.
  bool await_resume() const {
    state->writing.resumed();
    state->writing.take_timed_out();
    return !state->connecting;
  }
};

Task<Result<std::unique_ptr<Stream>>> Stream::connect(Address address, TimePoint deadline,
                                                      StreamLimits limits) {
  Reactor& reactor = *Reactor::current();
  auto resolved = co_await resolve(address, deadline);
  STELE_CO_TRY(const std::vector<SocketAddress> candidates, std::move(resolved));
  Error last = make_error(ErrorCode::kUnavailable, "no address for host " + address.host);
  std::size_t i = 0;
  while (i < candidates.size()) {
    const SocketAddress& candidate = candidates[i];
    const int fd = ::socket(candidate.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) co_return make_error(ErrorCode::kIo, std::string("socket: ") + std::strerror(errno));
    int error = ::connect(fd, candidate.get(), candidate.length) == 0 ? 0 : errno;
    if (error == EAGAIN && reactor.now() < deadline) {  // a Unix listener's queue is full: again, soon
      ::close(fd);
      co_await reactor.sleep_for(std::chrono::milliseconds(2));
      continue;
    }
    ++i;
    if (error != 0 && error != EINPROGRESS) {
      ::close(fd);
      last = connect_error(address, error);
      continue;
    }
    auto state = std::make_unique<State>(reactor, fd, limits);
    if (error == EINPROGRESS) {
      state->writing.set_deadline(deadline);
      const bool decided = co_await ConnectAwaiter{state.get()};
      if (!decided)
        co_return make_error(ErrorCode::kDeadlineExceeded,
                             "connecting to " + address.to_string() + " took too long");
      socklen_t size = sizeof(error);
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        last = connect_error(address, error);
        continue;
      }
      state->writing.set_deadline(kNoDeadline);
    }
    const int on = 1;
    if (candidate.family() != AF_UNIX) {
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    }
    state->peer = candidate.to_address();
    state->socket->set_receiving(true);
    co_return std::unique_ptr<Stream>(new Stream(std::move(state)));
  }
  co_return last;
}

}  // namespace stele::net
