#include "net/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace stele::net {

namespace {

SocketAddress ipv4(in_addr host, std::uint16_t port) {
  SocketAddress result;
  auto& address = reinterpret_cast<sockaddr_in&>(result.storage);
  address.sin_family = AF_INET;
  address.sin_addr = host;
  address.sin_port = htons(port);
  result.length = sizeof(address);
  return result;
}

SocketAddress ipv6(in6_addr host, std::uint16_t port) {
  SocketAddress result;
  auto& address = reinterpret_cast<sockaddr_in6&>(result.storage);
  address.sin6_family = AF_INET6;
  address.sin6_addr = host;
  address.sin6_port = htons(port);
  result.length = sizeof(address);
  return result;
}

Result<SocketAddress> unix_path(const std::string& path) {
  SocketAddress result;
  auto& address = reinterpret_cast<sockaddr_un&>(result.storage);
  if (path.size() >= sizeof(address.sun_path))
    return make_error(ErrorCode::kInvalidArgument, "socket path is longer than 107 bytes: " + path);
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return result;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

Address ask(int fd, NameCall call) {
  SocketAddress address;
  address.length = sizeof(address.storage);
  if (call(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) return {};
  return address.to_address();
}

}  // namespace

Address SocketAddress::to_address() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (family() == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text));
    return {text, ntohs(address.sin_port)};
  }
  if (family() == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(storage);
    inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof(text));
    return {text, ntohs(address.sin6_port)};
  }
  if (family() == AF_UNIX && length > offsetof(sockaddr_un, sun_path))
    return {reinterpret_cast<const sockaddr_un&>(storage).sun_path, 0};
  return {};
}

Result<std::vector<SocketAddress>> resolve_inline(const Address& address) {
  std::vector<SocketAddress> found;
  in_addr four{};
  in6_addr six{};
  if (address.is_unix()) {
    STELE_TRY(auto path, unix_path(address.host));
    found.push_back(path);
  } else if (inet_pton(AF_INET, address.host.c_str(), &four) == 1) {
    found.push_back(ipv4(four, address.port));
  } else if (inet_pton(AF_INET6, address.host.c_str(), &six) == 1) {
    found.push_back(ipv6(six, address.port));
  } else if (address.host == "localhost") {
    four.s_addr = htonl(INADDR_LOOPBACK);
    found.push_back(ipv4(four, address.port));
    found.push_back(ipv6(in6addr_loopback, address.port));
  }
  return found;
}

Result<std::vector<SocketAddress>> resolve_blocking(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0)
    return make_error(ErrorCode::kUnavailable,
                      "cannot resolve host " + address.host + ": " + gai_strerror(error));
  std::vector<SocketAddress> found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress one;
    if (entry->ai_addrlen > sizeof(one.storage)) continue;
    std::memcpy(&one.storage, entry->ai_addr, entry->ai_addrlen);
    one.length = entry->ai_addrlen;
    found.push_back(one);
  }
  freeaddrinfo(list);
  return found;
}

Address peer_address(int fd) {
  return ask(fd,
             [](int socket, sockaddr* out, socklen_t* length) { return ::getpeername(socket, out, length); });
}

Address local_address(int fd) {
  return ask(fd,
             [](int socket, sockaddr* out, socklen_t* length) { return ::getsockname(socket, out, length); });
}

}  // namespace stele::net
