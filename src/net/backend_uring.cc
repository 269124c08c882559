#include "net/backend_uring.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace stele::net {

namespace {

class UringAcceptor final : public Acceptor, public UringSource {
 public:
  UringAcceptor(UringBackend* backend, int fd, AcceptObserver* observer)
      : backend_(backend), fd_(fd), observer_(observer) {
    resume();
  }
  ~UringAcceptor() override {
    if (fd_ >= 0) ::close(fd_);
  }

  void resume() override {
    if (pending_) return;
    io_uring_sqe* sqe = backend_->ring().prepare();
    io_uring_prep_accept(sqe, fd_, nullptr, nullptr, SOCK_CLOEXEC);
    UringRing::address_to(sqe, this, 0);
    pending_ = true;
  }

  void close() override {
    if (observer_ == nullptr) return;
    observer_ = nullptr;
    // Refuses newcomers from now on; the accept under way ends by it.
    ::shutdown(fd_, SHUT_RDWR);
    if (!pending_) free();
  }

  void on_complete(unsigned, int result, unsigned) override {
    pending_ = false;
    if (observer_ == nullptr) {
      if (result >= 0) ::close(result);
      free();
    } else if (result >= 0) {
      observer_->on_accept(result);
      if (observer_ != nullptr) resume();
    } else if (result == -ECONNABORTED || result == -EINTR || result == -EAGAIN || result == -EPROTO) {
      resume();
    } else {
      observer_->on_accept_error(-result);
    }
  }

 private:
  void free() {
    ::close(std::exchange(fd_, -1));
    backend_->bury(this);
  }

  UringBackend* backend_;
  int fd_;
  AcceptObserver* observer_;  // null once closed
  bool pending_ = false;
};

}  // namespace

UringBackend::~UringBackend() {
  ring_.shut_down();  // first: the kernel must not use what the sockets hold
  for (UringSource* source : sources_) delete source;
}

Result<void> UringBackend::attach() {
  const int error = ring_.attach();
  if (error != 0)
    return make_error(ErrorCode::kIo,
                      std::string("io_uring: cannot serve on this thread: ") + std::strerror(-error));
  if (!std::exchange(watching_, true)) watch_wake();
  return {};
}

// Each write to the wake descriptor completes once; nothing needs to be read.
void UringBackend::watch_wake() {
  io_uring_sqe* sqe = ring_.prepare();
  io_uring_prep_poll_multishot(sqe, wake_fd_, POLLIN);
  UringRing::address_to(sqe, this, 0);
}

void UringBackend::on_complete(unsigned, int, unsigned flags) {
  if ((flags & IORING_CQE_F_MORE) == 0) watch_wake();
}

Socket* UringBackend::add_socket(int fd, SocketObserver* observer) {
  // A descriptor that does not block makes the kernel answer EAGAIN instead of waiting for us.
  const int flags = ::fcntl(fd, F_GETFL);
  if ((flags & O_NONBLOCK) != 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  auto* socket = new UringSocket(this, fd, observer);
  sources_.insert(socket);
  return socket;
}

Acceptor* UringBackend::add_acceptor(int fd, AcceptObserver* observer) {
  auto* acceptor = new UringAcceptor(this, fd, observer);
  sources_.insert(acceptor);
  return acceptor;
}

void UringBackend::wait(Duration timeout) {
  ring_.wait(closing_.empty() ? timeout : Duration::zero());
}

void UringBackend::dispatch() {
  ring_.dispatch();
  if (closing_.empty()) return;
  const std::vector<UringSocket*> closing = std::exchange(closing_, {});
  for (UringSocket* socket : closing) {
    if (socket->go_on_closing()) closing_.push_back(socket);
  }
}

bool UringBackend::is_closing(const UringSocket* socket) const {
  return std::ranges::find(closing_, socket) != closing_.end();
}

void UringBackend::bury(UringSource* source) {
  sources_.erase(source);
  ring_.bury(source);
}

Result<std::unique_ptr<Backend>> make_uring_backend(int wake_fd) {
  if (const char* missing = probe_uring()) return make_error(ErrorCode::kUnsupported, missing);
  auto backend = std::make_unique<UringBackend>(wake_fd);
  if (const int error = backend->create(); error != 0)
    return make_error(ErrorCode::kUnsupported, std::string("io_uring: ") + std::strerror(-error));
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace stele::net
