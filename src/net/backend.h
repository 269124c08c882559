#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "net/reactor.h"
#include "net/socket.h"

namespace stele::net {

// How does a thread wait for its descriptors? One implementation a kernel interface: io_uring, epoll.
// Confined to the reactor's thread, but for its construction.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual BackendKind kind() const = 0;
  // Called by the reactor's thread before its first wait().
  virtual Result<void> attach() = 0;
  // `fd` is a stream socket, connected or connecting; the backend closes it in the end.
  virtual Socket* add_socket(int fd, SocketObserver* observer) = 0;
  // `fd` listens.
  virtual Acceptor* add_acceptor(int fd, AcceptObserver* observer) = 0;
  // Hands over what was asked for, waits at most `timeout` (negative: without end) for something to happen
  // or for the wake descriptor to be written.
  virtual void wait(Duration timeout) = 0;
  // Tells the observers what happened.
  virtual void dispatch() = 0;
};

// `wake_fd` is an eventfd that outlives the backend. kUnsupported where the kernel or a policy refuses.
Result<std::unique_ptr<Backend>> make_epoll_backend(int wake_fd);
Result<std::unique_ptr<Backend>> make_uring_backend(int wake_fd);

}  // namespace stele::net
