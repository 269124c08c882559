#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>

namespace stele::net {

bool Address::is_loopback() const {
  if (is_unix() || host == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

std::string Address::to_string() const {
  if (is_unix()) return host;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> Address::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return make_error(ErrorCode::kInvalidArgument,
                      std::string(why) + " in address '" + std::string(text) + "'");
  };
  if (text.starts_with('/')) return Address{std::string(text), 0};
  std::string_view host;
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return wrong("missing ]");
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return wrong("missing :port");
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (host.empty()) return wrong("missing host");
  if (!rest.starts_with(':')) return wrong("missing :port");
  rest.remove_prefix(1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (error != std::errc() || end != rest.data() + rest.size() || rest.empty()) return wrong("bad port");
  return Address{std::string(host), port};
}

}  // namespace stele::net
