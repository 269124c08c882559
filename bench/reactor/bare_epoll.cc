// The floor: a plain epoll loop, nothing else.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "table.h"

namespace stele::bench {

namespace {

struct Connection {
  int fd;
  std::string left;  // the beginning of a command that is not all there
  std::string out;
};

bool serve(Connection& connection, RespTable& table) {
  static char buffer[64 * 1024];
  const ssize_t count = ::recv(connection.fd, buffer, sizeof(buffer), 0);
  if (count <= 0) return false;
  std::string_view input(buffer, static_cast<std::size_t>(count));
  if (!connection.left.empty()) {
    connection.left += input;
    input = connection.left;
  }
  const std::size_t taken = table.serve(input, connection.out);
  if (taken < input.size() || !connection.left.empty()) connection.left = std::string(input.substr(taken));
  const ssize_t sent = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  const bool all = sent == static_cast<ssize_t>(connection.out.size());  // a bench's client reads
  connection.out.clear();
  return all;
}

}  // namespace

int serve_bare_epoll(int port) {
  const int listening = listen_or_exit(port);
  const int epoll_fd = ::epoll_create1(0);
  RespTable table;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  ::epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listening, &event);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = ::epoll_wait(epoll_fd, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (connection == nullptr) {
        connection = new Connection{::accept(listening, nullptr, nullptr), {}, {}};
        event.data.ptr = connection;
        ::epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event);
      } else if (!serve(*connection, table)) {
        ::close(connection->fd);
        delete connection;
      }
    }
  }
}

}  // namespace stele::bench
