#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stele::net {

// Told by a socket what happened to it, on the reactor's thread, from inside Backend::wait(). It may close
// the socket it is told about and any other.
class SocketObserver {
 public:
  virtual ~SocketObserver() = default;
  // Bytes came. The view holds for this call alone.
  virtual void on_bytes(std::string_view bytes) = 0;
  // No more bytes will come: error is 0 at the peer's orderly end, else an errno. At most once.
  virtual void on_end(int error) = 0;
  // unsent() went down, or send_error() is set.
  virtual void on_sent() = 0;
  // The answer to wait_writable(), once.
  virtual void on_writable() = 0;
};

// One connected file descriptor's traffic, as a backend does it. Owned by its backend from
// Backend::add_socket() until close(). Confined to the reactor's thread.
class Socket {
 public:
  // Starts or stops the delivery of on_bytes(); off at first. Bytes already on their way may still come.
  virtual void set_receiving(bool on) = 0;
  // Takes all of `bytes` (leaving it empty, with some capacity) and sends it in order. Never waits.
  virtual void send(std::string& bytes) = 0;
  // Bytes taken by send() that the kernel does not have yet.
  virtual std::size_t unsent() const = 0;
  // The errno that ended sending, or 0. After it send() drops what it is given.
  virtual int send_error() const = 0;
  // FIN, after what is unsent.
  virtual void shutdown_write() = 0;
  // For a connect under way: one on_writable() when the kernel has decided.
  virtual void wait_writable() = 0;
  // The observer is not called any more, the descriptor is closed as soon as the kernel lets go of it, and
  // the socket frees itself. What the kernel has not taken by then is lost.
  virtual void close() = 0;
  virtual int fd() const = 0;

 protected:
  ~Socket() = default;
};

// Told by an acceptor who came in. `fd` belongs to the one told.
class AcceptObserver {
 public:
  virtual ~AcceptObserver() = default;
  virtual void on_accept(int fd) = 0;
  // accept failed (EMFILE, ENFILE, ENOMEM ...): the acceptor is paused until resume().
  virtual void on_accept_error(int error) = 0;
};

// One listening descriptor, accepted from as long as it is not closed. Owned by its backend until close().
class Acceptor {
 public:
  virtual void resume() = 0;
  // Closes the descriptor and frees itself; the observer is not called any more.
  virtual void close() = 0;

 protected:
  ~Acceptor() = default;
};

}  // namespace stele::net
