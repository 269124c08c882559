#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::postgres::wire {

// The longest payload PostgreSQL itself sends or takes (PQ_LARGE_MESSAGE_LIMIT), and its limit for messages
// that carry no data (PQ_SMALL_MESSAGE_LIMIT).
constexpr std::size_t kPayloadMax = (std::size_t{1} << 30) - 2;
constexpr std::size_t kSmallPayloadMax = 10'000;

constexpr std::size_t kFrameHeaderSize = 5;

struct FrameHeader {
  char type = 0;
  std::uint32_t payload_size = 0;
  std::size_t frame_size() const { return kFrameHeaderSize + payload_size; }
};

// One message of protocol 3.0: a type byte, a length that counts itself, and the payload. The view lives as
// long as the bytes that were read.
struct Frame {
  char type = 0;
  std::string_view payload;
  std::size_t size() const { return kFrameHeaderSize + payload.size(); }
};

// Where does the next message end? Both look at the front of `input`: nothing while bytes are missing,
// kProtocol for a length below 4, kTooLarge for a payload above `payload_max`. Pure; O(1); no allocation but
// for errors. Source: PostgreSQL documentation, "Frontend/Backend Protocol", message data formats.
Result<std::optional<FrameHeader>> read_frame_header(std::string_view input,
                                                     std::size_t payload_max = kPayloadMax);
Result<std::optional<Frame>> read_frame(std::string_view input, std::size_t payload_max = kPayloadMax);

// Begins a frame in `out` and fills in its length when it goes out of scope.
class FrameWriter {
 public:
  FrameWriter(std::string& out, char type);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

 private:
  std::string& out_;
  std::size_t length_at_;
};

// `text` and its NUL. A NUL inside would end it early on the other side: callers refuse such text before.
void append_c_string(std::string& out, std::string_view text);

}  // namespace stele::postgres::wire
