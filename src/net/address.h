#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::net {

// Where a socket is: "127.0.0.1:9200", "[::1]:9200", "localhost:5432" (resolved by connect and listen) or an
// absolute path of a Unix socket. Value type.
struct Address {
  std::string host;        // name, IPv4 or IPv6 without brackets; or the path, then port is 0
  std::uint16_t port = 0;  // 0 at a listener: any free port

  bool is_unix() const { return host.starts_with('/'); }
  // True for Unix sockets, 127.0.0.0/8, ::1 and "localhost".
  bool is_loopback() const;
  std::string to_string() const;
  static Result<Address> parse(std::string_view text);
  bool operator==(const Address&) const = default;
};

}  // namespace stele::net
