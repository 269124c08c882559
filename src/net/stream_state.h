#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "crypto/tls_session.h"
#include "net/byte_queue.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "net/stream.h"

namespace stele::net {

// One suspended half of a stream: who waits, until when, and whether the time ran out. The timer is set
// lazily: moving a deadline further away costs nothing, the timer looks again when it fires.
class StreamWait {
 public:
  explicit StreamWait(Reactor& reactor) : reactor_(reactor), timer_(reactor) {}

  bool is_waiting() const { return static_cast<bool>(handle_); }
  // Between suspension and resumption, also when the resumption is already arranged.
  bool is_active() const { return active_; }
  bool deadline_passed() const { return deadline_ <= reactor_.now(); }

  void suspend(std::coroutine_handle<> handle) {
    // A second one would make the first wait for ever.
    STELE_CHECK(!handle_);
    handle_ = handle;
    active_ = true;
    arm();
  }
  void wake() {
    if (handle_) reactor_.resume_soon(std::exchange(handle_, {}));
  }
  void resumed() { active_ = false; }

  void set_deadline(TimePoint deadline) {
    deadline_ = deadline;
    if (handle_) arm();
  }
  void set_timed_out() { timed_out_ = true; }
  bool take_timed_out() { return std::exchange(timed_out_, false); }

 private:
  void arm() {
    if (deadline_ == kNoDeadline || armed_at_ <= deadline_) return;
    armed_at_ = deadline_;
    timer_.set(deadline_, [this] { on_timer(); });
  }
  void on_timer() {
    armed_at_ = kNoDeadline;
    if (!handle_) return;
    if (!deadline_passed()) return arm();
    timed_out_ = true;
    wake();
  }

  Reactor& reactor_;
  std::coroutine_handle<> handle_;
  bool active_ = false;
  bool timed_out_ = false;
  TimePoint deadline_ = kNoDeadline;
  TimePoint armed_at_ = kNoDeadline;
  Timer timer_;
};

// What a Stream holds: the observer of its socket. Threads and lifetime as Stream.
struct Stream::State final : SocketObserver {
  State(Reactor& owner, int fd, StreamLimits stream_limits);
  ~State() override;

  // SocketObserver
  void on_bytes(std::string_view bytes) override;
  void on_end(int error) override;
  void on_sent() override;
  void on_writable() override;

  // Bytes for the session, after TLS if there is any.
  void deliver(std::string_view bytes);
  void end_input(Error error);
  // net/stream_tls.cc: bytes of TLS that came; `output` as TLS; records made; close_notify.
  void receive_tls(std::string_view bytes);
  void deliver_decrypted();
  void send_tls();
  void send_records();
  void end_tls();
  // Takes what has arrived into `input`; true if there was something.
  bool take_arrived();
  // Hands `output` to the socket, through TLS if there is any.
  void push_output();
  bool must_wait_to_send(bool all) const;
  Result<void> send_result() const;
  // Pauses the socket when more than the limit lies unread, unless the session asks for more.
  void check_input_limit();
  void close();

  Reactor& reactor;
  Socket* socket;  // null once closed
  StreamLimits limits;
  ByteQueue input;    // what the session sees
  ByteQueue arrived;  // what came while the session was not in read()
  bool input_grown = false;
  bool paused = false;
  bool write_ended = false;  // shutdown_write() was called
  std::optional<Error> end;  // why no more bytes come
  std::string output;
  StreamWait reading;
  StreamWait writing;
  bool writing_all = false;
  bool connecting = false;
  std::unique_ptr<crypto::TlsSession> tls;
  std::optional<Error> write_failure;  // TLS cannot encrypt any more
  std::optional<Address> peer;         // asked from the kernel when first wanted
  std::optional<Address> local;
  std::function<void()> on_destroyed;  // the listener's, to forget this stream
};

}  // namespace stele::net
