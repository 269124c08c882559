#include "postgres/message_reader.h"

#include <algorithm>

namespace stele::postgres {

Result<std::optional<wire::Frame>> MessageReader::next() {
  if (large_size_ > 0 && !large_given_) {
    gather();
    if (large_.size() < large_size_) return std::optional<wire::Frame>();
    large_given_ = true;
    return wire::read_frame(large_, message_bytes_max_);
  }
  auto frame = wire::read_frame(stream_->input().substr(given_), message_bytes_max_);
  if (frame && *frame) given_ += (*frame)->size();
  return frame;
}

void MessageReader::release() {
  if (large_given_) {
    large_ = std::string();  // the memory goes too
    large_size_ = 0;
    large_given_ = false;
  }
  if (given_ > 0) stream_->consume(given_);
  given_ = 0;
}

net::Stream::ReadAwaiter MessageReader::read() {
  release();
  if (large_size_ == 0) {
    const auto header = wire::read_frame_header(stream_->input(), message_bytes_max_);
    if (header && *header && (*header)->frame_size() > kLargeFrame) large_size_ = (*header)->frame_size();
  }
  if (large_size_ > 0) gather();
  return stream_->read();
}

void MessageReader::gather() {
  const std::string_view input = stream_->input();
  const std::size_t count = std::min(input.size(), large_size_ - large_.size());
  large_.append(input.substr(0, count));
  stream_->consume(count);
}

}  // namespace stele::postgres
