#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"
#include "net/task.h"
#include "net/tls.h"

namespace stele::net {

class Reactor;

struct StreamLimits {
  std::size_t input_bytes_max =
      1U << 20;  // reading ahead pauses while more than this is not consumed; read() itself goes on
  std::size_t output_bytes_max =
      1U << 20;  // flush() waits while more than this is not yet taken by the kernel
};

// Bytes that came, bytes to send, a deadline: one connection (TCP or Unix), plain or TLS.
//   while (parse(stream.input()) is incomplete) { auto more = co_await stream.read(); ... }
//   stream.output() += reply;  auto sent = co_await stream.flush();
// Threads: confined to the reactor it was made on. At most one reader and one writer are suspended at a time
// (two coroutines may share a stream, one reading, one writing). Lifetime: destroying it closes the
// connection, and what the kernel has not taken by then is lost (drain() first); not while a coroutine is
// suspended in it: close() first, which wakes both with kCancelled. Cost: no allocation and no coroutine
// frame a read or flush; bytes are copied once from the kernel's buffer.
class Stream {
 public:
  struct State;  // for net/ alone

  // kUnavailable (refused, no route, no such socket), kDeadlineExceeded. On the current reactor.
  static Task<Result<std::unique_ptr<Stream>>> connect(Address address, TimePoint deadline,
                                                       StreamLimits limits = {});
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What has come and was not consumed. The view holds until consume(), read() or close().
  std::string_view input() const;
  // Drops `count` bytes from the front; count <= input().size().
  void consume(std::size_t count);

  class ReadAwaiter;
  class FlushAwaiter;
  // co_await -> Result<void>: resumes when input() has grown. kConnectionClosed at the peer's end or reset
  // (input() keeps what came before), kDeadlineExceeded past the read deadline, kCancelled after close().
  ReadAwaiter read();
  // Bytes to send; append to it. Nothing is sent before flush().
  std::string& output();
  // co_await -> Result<void>: hands output() to the kernel in this round. Waits only while more than
  // output_bytes_max is unsent. Errors as read().
  FlushAwaiter flush();
  // The same, and waits until all is sent.
  FlushAwaiter drain();

  // Hands output() to the kernel in this round without waiting, whoever else is suspended in flush().
  void push();
  // What was flushed or pushed and the kernel has not taken.
  std::size_t unsent_bytes() const;

  // Past this time a suspended read fails with kDeadlineExceeded (the connection stays usable). kNoDeadline
  // switches it off. Costs a heap operation; coarse to the reactor's round.
  void set_read_deadline(TimePoint deadline);
  void set_write_deadline(TimePoint deadline);

  // Speaks TLS from the next byte on: as server or as client (server name for SNI and verification, by the
  // context). What lies unconsumed in input() is the beginning of the handshake. kUnauthenticated when the
  // peer's certificate does not verify, kProtocol for a failed handshake.
  Task<Result<void>> start_tls(std::shared_ptr<TlsContext> context, std::string server_name = {});
  bool is_tls() const;
  // The peer's certificate subject DN, or empty.
  std::string tls_peer_subject() const;
  // What SCRAM-SHA-256-PLUS binds to (RFC 5929 tls-server-end-point), or empty.
  std::string tls_server_end_point() const;

  // No more bytes will be sent after what is flushed (TLS close_notify, then FIN).
  void shutdown_write();
  // Gives up the connection at once; wakes reader and writer with kCancelled. Idempotent.
  void close();
  bool is_closed() const;

  const Address& peer() const;
  const Address& local() const;
  // Process id and user of a Unix peer, when the platform tells; -1 else.
  int fd() const;

 private:
  friend class Listener;
  explicit Stream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The awaiters hold only a pointer.
class Stream::ReadAwaiter {
 public:
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> handle);
  Result<void> await_resume();

 private:
  friend class Stream;
  explicit ReadAwaiter(State* state) : state_(state) {}
  State* state_;
};

class Stream::FlushAwaiter {
 public:
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> handle);
  Result<void> await_resume();

 private:
  friend class Stream;
  FlushAwaiter(State* state, bool all) : state_(state), all_(all) {}
  State* state_;
  bool all_;
};

}  // namespace stele::net
