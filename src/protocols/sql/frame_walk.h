#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "postgres/wire/frame.h"

namespace stele::sql {

// What stands at the front of what the server (or client) sent, for a forwarder that looks at few frames and
// buffers none: a run of bytes to pass on unseen, or one whole frame of a type that is looked at.
struct Portion {
  std::size_t pass_bytes = 0;                  // forward that many first, unseen
  std::optional<postgres::wire::Frame> frame;  // then look at this one (it follows the passed bytes)

  bool is_empty() const { return pass_bytes == 0 && !frame; }
  std::size_t size() const { return pass_bytes + (frame ? frame->size() : 0); }
};

// Walks a stream of frames. `is_watched(type, payload_size)` says which frames are wanted whole; the rest
// passes, however long, in whatever pieces it arrives. Confined to one direction of one session. O(frames)
// without allocation.
class FrameWalk {
 public:
  // Looks at `input`, the bytes not consumed yet. The caller forwards `pass_bytes`, handles `frame` if there
  // is one, consumes both, and calls again until both are nothing: then more bytes are needed. kProtocol for
  // a length below 4.
  template <class Watched>
  Result<Portion> next(std::string_view input, Watched is_watched) {
    Portion portion;
    while (portion.pass_bytes < input.size()) {
      const std::string_view rest = input.substr(portion.pass_bytes);
      if (inside_ > 0) {
        const std::size_t taken = std::min(inside_, rest.size());
        inside_ -= taken;
        portion.pass_bytes += taken;
        continue;
      }
      STELE_TRY(const auto header, postgres::wire::read_frame_header(rest));
      if (!header) break;
      if (!is_watched(header->type, header->payload_size)) {
        inside_ = header->frame_size();
        continue;
      }
      if (rest.size() >= header->frame_size()) {
        portion.frame = postgres::wire::Frame{
            header->type, rest.substr(postgres::wire::kFrameHeaderSize, header->payload_size)};
      }
      break;
    }
    return portion;
  }

 private:
  std::size_t inside_ = 0;  // bytes of an unwatched frame still to come
};

}  // namespace stele::sql
