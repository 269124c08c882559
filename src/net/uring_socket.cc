#include "net/uring_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/backend_uring.h"

namespace stele::net {

namespace {

constexpr std::size_t kKeptBytes = 64 * 1024;  // of a send buffer's capacity

}  // namespace

UringSocket::~UringSocket() {
  if (fd_ >= 0) ::close(fd_);
}

void UringSocket::set_receiving(bool on) {
  if (receiving_ == on || ended_) return;
  receiving_ = on;
  if (on && !receive_pending_) {
    receive();
  } else if (!on && receive_pending_ && !receive_cancelled_) {
    receive_cancelled_ = true;
    io_uring_sqe* sqe = backend_->ring().prepare();
    io_uring_prep_cancel64(sqe, UringRing::user_data(this, kReceive), 0);
    UringRing::address_to(sqe, this, kCancel);
    ++pending_;
  }
}

void UringSocket::receive() {
  io_uring_sqe* sqe = backend_->ring().prepare();
  io_uring_prep_recv(sqe, fd_, nullptr, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  // Where the last bytes emptied the socket, the kernel need not try before it waits.
  if (emptied_) sqe->ioprio |= IORING_RECVSEND_POLL_FIRST;
  sqe->buf_group = UringBuffers::kGroup;
  UringRing::address_to(sqe, this, kReceive);
  receive_pending_ = true;
  receive_cancelled_ = false;
  ++pending_;
}

void UringSocket::on_received(int result, unsigned flags) {
  receive_pending_ = false;
  emptied_ = result > 0 && (flags & IORING_CQE_F_SOCK_NONEMPTY) == 0;
  if ((flags & IORING_CQE_F_BUFFER) != 0) {
    const unsigned id = flags >> IORING_CQE_BUFFER_SHIFT;
    UringBuffers& buffers = backend_->ring().buffers();
    if (observer_ != nullptr && result > 0)
      observer_->on_bytes(buffers.view(id, static_cast<std::size_t>(result)));
    buffers.give_back(id);
  }
  if (observer_ == nullptr) return;
  // Bytes, or ended by us, by a lack of buffers, or by the kernel's wish: once more.
  const bool again =
      result > 0 || result == -ENOBUFS || result == -ECANCELED || result == -EINTR || result == -EAGAIN;
  if (again) {
    if (receiving_ && !receive_pending_) receive();
    return;
  }
  receiving_ = false;
  ended_ = true;
  observer_->on_end(-result);
}

void UringSocket::send(std::string& bytes) {
  if (send_error_ != 0) {
    bytes.clear();
  } else if (send_pending_) {
    queued_ += bytes;
    bytes.clear();
  } else {
    sending_.swap(bytes);
    submit_send();
  }
}

void UringSocket::submit_send() {
  io_uring_sqe* sqe = backend_->ring().prepare();
  io_uring_prep_send(sqe, fd_, sending_.data() + sent_, sending_.size() - sent_, MSG_NOSIGNAL | MSG_WAITALL);
  UringRing::address_to(sqe, this, kSend);
  send_pending_ = true;
  ++pending_;
}

void UringSocket::on_send_done(int result) {
  send_pending_ = false;
  send_progressed_ = true;
  if (result < 0 && result != -EINTR && result != -EAGAIN) {
    if (send_error_ == 0) send_error_ = -result;
    sending_.clear();
    queued_.clear();
    sent_ = 0;
  } else {
    sent_ += static_cast<std::size_t>(std::max(result, 0));
    if (sent_ == sending_.size()) {
      sent_ = 0;
      sending_.clear();
      if (sending_.capacity() > kKeptBytes) sending_ = std::string();
      sending_.swap(queued_);
    }
    if (!sending_.empty()) {
      submit_send();
    } else if (shutdown_) {
      ::shutdown(fd_, SHUT_WR);
    }
  }
  if (observer_ != nullptr) observer_->on_sent();
}

void UringSocket::shutdown_write() {
  if (std::exchange(shutdown_, true)) return;
  if (unsent() == 0) ::shutdown(fd_, SHUT_WR);
}

void UringSocket::wait_writable() {
  io_uring_sqe* sqe = backend_->ring().prepare();
  io_uring_prep_poll_add(sqe, fd_, POLLOUT);
  UringRing::address_to(sqe, this, kPoll);
  ++pending_;
}

void UringSocket::on_complete(unsigned operation, int result, unsigned flags) {
  if ((flags & IORING_CQE_F_MORE) == 0) --pending_;
  if (operation == kReceive) {
    on_received(result, flags);
  } else if (operation == kSend) {
    on_send_done(result);
  } else if (operation == kPoll && observer_ != nullptr) {
    observer_->on_writable();
  }
  if (observer_ == nullptr) free_when_idle();
}

void UringSocket::close() {
  if (observer_ == nullptr) return;
  observer_ = nullptr;
  receiving_ = false;
  if (send_pending_) {
    // What was flushed gets its chance first: the send is submitted with this round.
    send_progressed_ = false;
    backend_->close_later(this);
  } else {
    cancel_all();
    free_when_idle();
  }
}

bool UringSocket::go_on_closing() {
  if (send_pending_ && std::exchange(send_progressed_, false)) return true;
  cancel_all();
  free_when_idle();
  return false;
}

void UringSocket::cancel_all() {
  if (pending_ == 0) return;
  io_uring_sqe* sqe = backend_->ring().prepare();
  io_uring_prep_cancel_fd(sqe, fd_, IORING_ASYNC_CANCEL_ALL);
  UringRing::address_to(sqe, this, kCancel);
  ++pending_;
}

void UringSocket::free_when_idle() {
  if (pending_ > 0 || buried_ || backend_->is_closing(this)) return;
  buried_ = true;
  ::close(std::exchange(fd_, -1));
  backend_->bury(this);
}

}  // namespace stele::net
