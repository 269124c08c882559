#include "net/listen_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "net/port_holder.h"
#include "net/socket_address.h"

namespace stele::net {

namespace {

// Closes unless released.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

void switch_on(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof(on));
}

Error in_use(const Address& address) {
  Error error = make_error(ErrorCode::kAlreadyExists, "address " + address.to_string() + " is in use")
                    .with("address", address.to_string());
  if (address.is_unix()) return error;
  if (const auto holder = find_port_holder(address.port))
    error.with("holder", std::to_string(holder->pid) + " (" + holder->name + ")");
  return error;
}

Error bind_error(const Address& address, int error) {
  const std::string text = "cannot listen on " + address.to_string() + ": " + std::strerror(error);
  const bool denied = error == EACCES || error == EPERM;
  return make_error(denied ? ErrorCode::kPermissionDenied : ErrorCode::kIo, text)
      .with("address", address.to_string());
}

// True when the socket file is there but nobody answers on it.
bool is_stale(const SocketAddress& path) {
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), path.get(), path.length) != 0 && errno == ECONNREFUSED;
}

// Whether a descriptor of this process is a socket that listens there.
bool listens_on(int fd, const SocketAddress& where) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) return false;
  sockaddr_storage bound{};
  size = sizeof(bound);
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) == 0 && size == where.length &&
         std::memcmp(&bound, where.get(), where.length) == 0;
}

// Asked of our own descriptors alone: to look who else may hold it takes longer than all of the start.
bool held_by_this_process(const SocketAddress& where) {
  std::error_code error_code;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error_code);
       !error_code && entry != std::filesystem::directory_iterator(); entry.increment(error_code)) {
    const std::string name = entry->path().filename();
    int fd = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), fd);
    if (error == std::errc() && listens_on(fd, where)) return true;
  }
  return false;
}

Result<void> bind_to(int fd, const SocketAddress& where, const Address& address, bool share) {
  if (::bind(fd, where.get(), where.length) == 0) return {};
  if (errno != EADDRINUSE) return bind_error(address, errno);
  bool again = false;
  if (address.is_unix()) {
    again = is_stale(where) && ::unlink(address.host.c_str()) == 0;
  } else if (share && held_by_this_process(where)) {
    switch_on(fd, SOL_SOCKET, SO_REUSEPORT);
    again = true;
  }
  if (again && ::bind(fd, where.get(), where.length) == 0) return {};
  return in_use(address);
}

}  // namespace

Result<int> open_listen_socket(const Address& address, int backlog, bool share) {
  STELE_TRY(auto candidates, resolve_inline(address));
  if (candidates.empty()) {
    STELE_TRY(candidates, resolve_blocking(address));
  }
  if (candidates.empty()) return make_error(ErrorCode::kUnavailable, "no address for " + address.host);
  const SocketAddress& where = candidates.front();
  Descriptor socket(::socket(where.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return bind_error(address, errno);
  if (!address.is_unix()) {
    switch_on(socket.get(), SOL_SOCKET, SO_REUSEADDR);
    // Accepted sockets inherit these two.
    switch_on(socket.get(), SOL_SOCKET, SO_KEEPALIVE);
    switch_on(socket.get(), IPPROTO_TCP, TCP_NODELAY);
    if (where.family() == AF_INET6) switch_on(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  }
  STELE_RETURN_IF_ERROR(bind_to(socket.get(), where, address, share));
  if (share && !address.is_unix()) switch_on(socket.get(), SOL_SOCKET, SO_REUSEPORT);
  if (::listen(socket.get(), backlog) != 0)
    return errno == EADDRINUSE ? in_use(address) : bind_error(address, errno);
  return socket.release();
}

}  // namespace stele::net
