#pragma once

#include <cstddef>
#include <string>

#include "net/socket.h"
#include "net/uring_ring.h"

namespace stele::net {

class UringBackend;

// A connection by io_uring: one receive, one send under way. No multishot receive: see
// docs/decisions/own-reactor.md. The object stays until the kernel has
// answered all that it was asked for, also after close().
class UringSocket final : public Socket, public UringSource {
 public:
  UringSocket(UringBackend* backend, int fd, SocketObserver* observer)
      : backend_(backend), fd_(fd), observer_(observer) {}
  ~UringSocket() override;

  void set_receiving(bool on) override;
  void send(std::string& bytes) override;
  std::size_t unsent() const override { return sending_.size() - sent_ + queued_.size(); }
  int send_error() const override { return send_error_; }
  void shutdown_write() override;
  void wait_writable() override;
  void close() override;
  int fd() const override { return fd_; }

  void on_complete(unsigned operation, int result, unsigned flags) override;

  // After a round in which this was closed: true when the last bytes are still going out; else all that is
  // left is cancelled.
  bool go_on_closing();

 private:
  enum Operation : unsigned { kReceive, kSend, kPoll, kCancel };

  void receive();
  void on_received(int result, unsigned flags);
  void submit_send();
  void on_send_done(int result);
  void cancel_all();
  void free_when_idle();

  UringBackend* backend_;
  int fd_;
  SocketObserver* observer_;  // null once closed
  unsigned pending_ = 0;      // operations whose last completion has not come
  bool receiving_ = false;
  bool receive_pending_ = false;
  bool receive_cancelled_ = false;
  bool emptied_ = false;
  bool ended_ = false;
  bool shutdown_ = false;
  bool send_pending_ = false;
  bool send_progressed_ = false;  // in this round
  bool buried_ = false;
  int send_error_ = 0;
  std::string sending_;  // the kernel reads it, from sent_ on
  std::size_t sent_ = 0;
  std::string queued_;  // goes next
};

}  // namespace stele::net
