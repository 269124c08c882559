#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/check.h"
#include "net/backend.h"

namespace stele::net {

namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr int kEventsMax = 256;
constexpr int kReceivesPerEvent = 4;  // then the others of this round have their turn
constexpr int kAcceptsPerEvent = 64;

// What an epoll event points to.
class EpollSource {
 public:
  virtual ~EpollSource() = default;
  virtual void on_events(std::uint32_t events) = 0;
};

class EpollBackend;

class EpollSocket final : public Socket, public EpollSource {
 public:
  EpollSocket(EpollBackend* backend, int fd, SocketObserver* observer)
      : backend_(backend), fd_(fd), observer_(observer) {}
  ~EpollSocket() override {
    if (fd_ >= 0) ::close(fd_);
  }

  void set_receiving(bool on) override {
    if (receiving_ == on || ended_) return;
    receiving_ = on;
    update();
  }
  void send(std::string& bytes) override;
  std::size_t unsent() const override { return queue_.size() - queue_begin_; }
  int send_error() const override { return send_error_; }
  void shutdown_write() override;
  void wait_writable() override {
    connecting_ = true;
    update();
  }
  void close() override;
  int fd() const override { return fd_; }

  void on_events(std::uint32_t events) override;

 private:
  void update();
  void receive();
  void send_queue();

  EpollBackend* backend_;
  int fd_;
  SocketObserver* observer_;
  std::uint32_t registered_ = 0;  // events in the epoll set
  bool in_set_ = false;
  bool receiving_ = false;
  bool connecting_ = false;
  bool ended_ = false;
  bool shutdown_ = false;
  int send_error_ = 0;
  std::string queue_;  // what the kernel did not take, from queue_begin_ on
  std::size_t queue_begin_ = 0;
};

class EpollAcceptor final : public Acceptor, public EpollSource {
 public:
  EpollAcceptor(EpollBackend* backend, int fd, AcceptObserver* observer);
  ~EpollAcceptor() override {
    if (fd_ >= 0) ::close(fd_);
  }
  void resume() override;
  void close() override;
  void on_events(std::uint32_t events) override;

 private:
  EpollBackend* backend_;
  int fd_;
  AcceptObserver* observer_;
};

class EpollBackend final : public Backend {
 public:
  EpollBackend(int epoll_fd, int wake_fd)
      : epoll_fd_(epoll_fd), wake_fd_(wake_fd), scratch_(new char[kScratchBytes]) {}
  ~EpollBackend() override {
    for (EpollSource* source : sources_) delete source;
    ::close(epoll_fd_);
  }

  BackendKind kind() const override { return BackendKind::kEpoll; }
  Result<void> attach() override { return {}; }
  Socket* add_socket(int fd, SocketObserver* observer) override {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    auto* socket = new EpollSocket(this, fd, observer);
    sources_.insert(socket);
    return socket;
  }
  Acceptor* add_acceptor(int fd, AcceptObserver* observer) override {
    auto* acceptor = new EpollAcceptor(this, fd, observer);
    sources_.insert(acceptor);
    return acceptor;
  }
  void wait(Duration timeout) override;
  void dispatch() override;

  // Edge-triggered: each write wakes once and nothing needs to be read.
  bool watch_wake() const { return set(EPOLL_CTL_ADD, wake_fd_, EPOLLIN | EPOLLET, nullptr); }
  bool set(int operation, int fd, std::uint32_t events, EpollSource* source) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = source;
    return ::epoll_ctl(epoll_fd_, operation, fd, &event) == 0;
  }
  char* scratch() { return scratch_.get(); }
  // Freed after the round: an event of this round may still point to it.
  void bury(EpollSource* source) {
    sources_.erase(source);
    buried_.emplace_back(source);
  }

 private:
  int epoll_fd_;
  int wake_fd_;
  std::unique_ptr<char[]> scratch_;
  std::array<epoll_event, kEventsMax> events_{};
  int count_ = 0;  // how many of events_ the last wait brought
  std::unordered_set<EpollSource*> sources_;
  std::vector<std::unique_ptr<EpollSource>> buried_;
};

void EpollSocket::update() {
  const std::uint32_t wanted =
      (receiving_ ? EPOLLIN : 0U) | (connecting_ || unsent() > 0 ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  if (in_set_ && wanted == registered_) return;
  // A descriptor without interest leaves the set: EPOLLHUP and EPOLLERR cannot be masked and would spin.
  if (wanted == 0) {
    if (in_set_) backend_->set(EPOLL_CTL_DEL, fd_, 0, this);
    in_set_ = false;
  } else {
    backend_->set(in_set_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd_, wanted, this);
    in_set_ = true;
  }
  registered_ = wanted;
}

void EpollSocket::on_events(std::uint32_t events) {
  if (fd_ < 0) return;
  if (connecting_ && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
    connecting_ = false;
    update();
    observer_->on_writable();
    return;
  }
  if (unsent() > 0 && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) send_queue();
  if (fd_ >= 0 && receiving_ && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) receive();
}

void EpollSocket::receive() {
  for (int i = 0; i < kReceivesPerEvent && fd_ >= 0 && receiving_; ++i) {
    const ssize_t count = ::recv(fd_, backend_->scratch(), kScratchBytes, 0);
    if (count > 0) {
      observer_->on_bytes({backend_->scratch(), static_cast<std::size_t>(count)});
      if (static_cast<std::size_t>(count) < kScratchBytes) return;
      continue;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const int error = count == 0 ? 0 : errno;
    receiving_ = false;
    ended_ = true;
    update();
    observer_->on_end(error);
    return;
  }
}

void EpollSocket::send(std::string& bytes) {
  if (send_error_ != 0) {
    bytes.clear();
    return;
  }
  if (unsent() > 0) {
    queue_ += bytes;
    bytes.clear();
    return;
  }
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count == static_cast<ssize_t>(bytes.size())) {
    bytes.clear();
    return;
  }
  if (count < 0 && errno != EAGAIN && errno != EINTR) {
    send_error_ = errno;
    bytes.clear();
    return;
  }
  queue_.swap(bytes);
  bytes.clear();
  queue_begin_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  update();
}

void EpollSocket::send_queue() {
  const ssize_t count = ::send(fd_, queue_.data() + queue_begin_, unsent(), MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) {
    send_error_ = errno;
    queue_begin_ = queue_.size();
  } else {
    queue_begin_ += static_cast<std::size_t>(count);
  }
  if (unsent() == 0) {
    queue_ = std::string();
    queue_begin_ = 0;
    if (shutdown_) ::shutdown(fd_, SHUT_WR);
    update();
  } else if (queue_begin_ > queue_.size() / 2) {
    queue_.erase(0, queue_begin_);
    queue_begin_ = 0;
  }
  observer_->on_sent();
}

void EpollSocket::shutdown_write() {
  if (std::exchange(shutdown_, true)) return;
  if (unsent() == 0) ::shutdown(fd_, SHUT_WR);
}

void EpollSocket::close() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  backend_->bury(this);
}

EpollAcceptor::EpollAcceptor(EpollBackend* backend, int fd, AcceptObserver* observer)
    : backend_(backend), fd_(fd), observer_(observer) {
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  resume();
}

void EpollAcceptor::resume() {
  if (fd_ >= 0) backend_->set(EPOLL_CTL_ADD, fd_, EPOLLIN, this);
}

void EpollAcceptor::on_events(std::uint32_t) {
  for (int i = 0; i < kAcceptsPerEvent && fd_ >= 0; ++i) {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      observer_->on_accept(fd);
      continue;
    }
    // The peer went away before it was accepted: the next one.
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
    if (errno == EAGAIN) return;
    const int error = errno;
    backend_->set(EPOLL_CTL_DEL, fd_, 0, this);
    observer_->on_accept_error(error);
    return;
  }
}

void EpollAcceptor::close() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  backend_->bury(this);
}

void EpollBackend::wait(Duration timeout) {
  timespec span{};
  if (timeout > Duration::zero()) {
    span.tv_sec = timeout.count() / 1'000'000'000;
    span.tv_nsec = timeout.count() % 1'000'000'000;
  }
  count_ = ::epoll_pwait2(epoll_fd_, events_.data(), kEventsMax, timeout < Duration::zero() ? nullptr : &span,
                          nullptr);
}

void EpollBackend::dispatch() {
  for (int i = 0; i < count_; ++i) {
    if (events_[i].data.ptr != nullptr)
      static_cast<EpollSource*>(events_[i].data.ptr)->on_events(events_[i].events);
  }
  buried_.clear();
}

}  // namespace

Result<std::unique_ptr<Backend>> make_epoll_backend(int wake_fd) {
  const int epoll_fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return make_error(ErrorCode::kIo, std::string("epoll_create1: ") + std::strerror(errno));
  auto backend = std::make_unique<EpollBackend>(epoll_fd, wake_fd);
  if (!backend->watch_wake())
    return make_error(ErrorCode::kIo, std::string("epoll_ctl: ") + std::strerror(errno));
  return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace stele::net
