#include "postgres/wire/frame.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace stele::postgres::wire {

Result<std::optional<FrameHeader>> read_frame_header(std::string_view input, std::size_t payload_max) {
  if (input.size() < kFrameHeaderSize) return std::optional<FrameHeader>();
  const auto length = load_big_endian<std::uint32_t>(input.data() + 1);
  if (length < 4)
    return make_error(ErrorCode::kProtocol, fmt::format("message length {} is below 4", length));
  if (length - 4 > payload_max) {
    return make_error(ErrorCode::kTooLarge,
                      fmt::format("message of {} bytes is above the limit of {}", length - 4, payload_max));
  }
  return std::optional<FrameHeader>(FrameHeader{input[0], length - 4});
}

Result<std::optional<Frame>> read_frame(std::string_view input, std::size_t payload_max) {
  STELE_TRY(const std::optional<FrameHeader> header, read_frame_header(input, payload_max));
  if (!header || input.size() < header->frame_size()) return std::optional<Frame>();
  return std::optional<Frame>(Frame{header->type, input.substr(kFrameHeaderSize, header->payload_size)});
}

FrameWriter::FrameWriter(std::string& out, char type) : out_(out) {
  out_.push_back(type);
  length_at_ = out_.size();
  out_.append(4, '\0');
}

FrameWriter::~FrameWriter() {
  const auto length = byte_swap_to_big(static_cast<std::uint32_t>(out_.size() - length_at_));
  std::memcpy(out_.data() + length_at_, &length, sizeof length);
}

void append_c_string(std::string& out, std::string_view text) {
  out.append(text);
  out.push_back('\0');
}

}  // namespace stele::postgres::wire
