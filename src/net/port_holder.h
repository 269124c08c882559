#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stele::net {

struct PortHolder {
  int pid = 0;
  std::string name;  // the kernel's short name of the program
};

// Which process listens on this TCP port of any local address? Reads /proc; empty when no descriptor that we
// may see is the one. Cost: milliseconds, for error messages alone.
std::optional<PortHolder> find_port_holder(std::uint16_t port);

}  // namespace stele::net
