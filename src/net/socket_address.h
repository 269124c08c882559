#pragma once

#include <sys/socket.h>

#include <vector>

#include "base/result.h"
#include "net/address.h"

namespace stele::net {

// An address as the kernel has it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  Address to_address() const;
};

// Without asking anybody: Unix paths, numbers and "localhost" (IPv4 first); empty for other names.
// kInvalidArgument for a path that is too long.
Result<std::vector<SocketAddress>> resolve_inline(const Address& address);
// Asks the system's resolver and waits for it. kUnavailable naming the host.
Result<std::vector<SocketAddress>> resolve_blocking(const Address& address);

Address peer_address(int fd);
Address local_address(int fd);

}  // namespace stele::net
