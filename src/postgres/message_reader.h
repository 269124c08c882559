#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/stream.h"
#include "postgres/wire/frame.h"

namespace stele::postgres {

// What is the next whole message on this stream? Hands out frames where they lie in the stream's buffer;
// one that is longer than the buffer is gathered in a buffer of its own, so that a message may be larger than
// what a stream holds. Frames live until release() or read(). Threads: the stream's.
//   while (true) {
//     auto frame = reader.next();
//     if (frame && !*frame) { auto more = co_await reader.read(); ... continue; }
class MessageReader {
 public:
  MessageReader(net::Stream& stream, std::size_t message_bytes_max)
      : stream_(&stream), message_bytes_max_(message_bytes_max) {}

  // Nothing when more must be read; kProtocol and kTooLarge as wire::read_frame.
  Result<std::optional<wire::Frame>> next();
  // Gives back the bytes of all frames handed out.
  void release();
  // release(), then the stream's read().
  net::Stream::ReadAwaiter read();

 private:
  static constexpr std::size_t kLargeFrame = 256U << 10;

  // Moves what has come of a large frame out of the stream, so that the stream reads on.
  void gather();

  net::Stream* stream_;
  std::size_t message_bytes_max_;
  std::size_t given_ = 0;       // bytes of input() that were handed out
  std::string large_;           // a frame longer than the stream holds
  std::size_t large_size_ = 0;  // its full size; 0 = none
  bool large_given_ = false;
};

}  // namespace stele::postgres
