#include "postgres/wire/startup.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "postgres/wire/frame.h"

namespace stele::postgres::wire {

namespace {

constexpr std::uint32_t kCancelCode = 80877102;
constexpr std::uint32_t kSslCode = 80877103;
constexpr std::uint32_t kGssEncCode = 80877104;

Error broken_packet(std::string_view what) {
  return make_error(ErrorCode::kProtocol, fmt::format("invalid startup packet: {}", what));
}

Result<StartupPacket> decode_startup(std::uint32_t version, std::string_view body) {
  StartupMessage message{version, {}};
  ByteReader reader(body);
  while (true) {
    const std::string_view name = reader.c_string();
    if (!reader.ok()) return broken_packet("no terminator");
    if (name.empty()) break;
    const std::string_view value = reader.c_string();
    if (!reader.ok()) return broken_packet("a parameter without value");
    message.parameters.emplace_back(name, value);
  }
  if (!reader.empty()) return broken_packet("bytes after the terminator");
  return StartupPacket(std::move(message));
}

Result<StartupPacket> decode_packet(std::uint32_t code, std::string_view body) {
  switch (code) {
    case kSslCode:
    case kGssEncCode:
      if (!body.empty()) return broken_packet("bytes after an encryption request");
      return code == kSslCode ? StartupPacket(SslRequest{}) : StartupPacket(GssEncRequest{});
    case kCancelCode:
      if (body.size() < 8 || body.size() > 4 + 256) return broken_packet("cancel request of a wrong length");
      return StartupPacket(CancelRequest{load_big_endian<std::uint32_t>(body.data()), body.substr(4)});
    default:
      // Other majors carry what we cannot read; their version alone decides what is answered.
      if (code >> 16 != 3) return StartupPacket(StartupMessage{code, {}});
      return decode_startup(code, body);
  }
}

class PacketWriter {
 public:
  PacketWriter(std::string& out, std::uint32_t code) : out_(out), at_(out.size()) {
    out_.append(4, '\0');
    append_big_endian(out_, code);
  }
  ~PacketWriter() {
    const auto length = byte_swap_to_big(static_cast<std::uint32_t>(out_.size() - at_));
    std::memcpy(out_.data() + at_, &length, sizeof length);
  }

 private:
  std::string& out_;
  std::size_t at_;
};

}  // namespace

std::string_view StartupMessage::parameter(std::string_view name) const {
  for (auto it = parameters.rbegin(); it != parameters.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  return {};
}

Result<std::optional<ReadStartup>> read_startup(std::string_view input) {
  if (input.size() < 4) return std::optional<ReadStartup>();
  const auto length = load_big_endian<std::uint32_t>(input.data());
  if (length < 8) return broken_packet(fmt::format("length {}", length));
  if (length > kStartupPacketMax) {
    return make_error(ErrorCode::kTooLarge, fmt::format("startup packet of {} bytes is above the limit of {}",
                                                        length, kStartupPacketMax));
  }
  if (input.size() < length) return std::optional<ReadStartup>();
  const auto code = load_big_endian<std::uint32_t>(input.data() + 4);
  STELE_TRY(StartupPacket packet, decode_packet(code, input.substr(8, length - 8)));
  return std::optional<ReadStartup>(ReadStartup{std::move(packet), length});
}

void append(std::string& out, const StartupMessage& message) {
  const PacketWriter packet(out, message.version);
  for (const auto& [name, value] : message.parameters) {
    append_c_string(out, name);
    append_c_string(out, value);
  }
  out.push_back('\0');
}

void append(std::string& out, const SslRequest&) {
  const PacketWriter packet(out, kSslCode);
}

void append(std::string& out, const GssEncRequest&) {
  const PacketWriter packet(out, kGssEncCode);
}

void append(std::string& out, const CancelRequest& message) {
  const PacketWriter packet(out, kCancelCode);
  append_big_endian(out, message.process_id);
  out.append(message.key);
}

}  // namespace stele::postgres::wire
