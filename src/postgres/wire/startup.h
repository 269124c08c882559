#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace stele::postgres::wire {

constexpr std::uint32_t kProtocolVersion = 196608;  // 3.0
constexpr std::size_t kStartupPacketMax = 10'000;   // MAX_STARTUP_PACKET_LENGTH

using StartupParameter = std::pair<std::string_view, std::string_view>;

// The first packet of a session. `version` is as sent: major in the upper half; another major than 3 is for
// the caller to refuse, a higher minor to negotiate down.
struct StartupMessage {
  std::uint32_t version = kProtocolVersion;
  std::vector<StartupParameter> parameters;  // "user", "database", "replication", settings

  // The last value of `name`, or an empty view.
  std::string_view parameter(std::string_view name) const;
};
struct SslRequest {};
struct GssEncRequest {};
struct CancelRequest {
  std::uint32_t process_id = 0;
  std::string_view key;  // 4 bytes in protocol 3.0, up to 256 in 3.2
};

using StartupPacket = std::variant<StartupMessage, SslRequest, GssEncRequest, CancelRequest>;

struct ReadStartup {
  StartupPacket packet;
  std::size_t size = 0;  // bytes of input it took
};

// What does a new connection want? The packets before the first typed message have a length and no type.
// Nothing while bytes are missing; kProtocol for what is no packet; kTooLarge above kStartupPacketMax. Pure.
Result<std::optional<ReadStartup>> read_startup(std::string_view input);

void append(std::string& out, const StartupMessage& message);
void append(std::string& out, const SslRequest& message);
void append(std::string& out, const GssEncRequest& message);
void append(std::string& out, const CancelRequest& message);

}  // namespace stele::postgres::wire
