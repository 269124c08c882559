#include "postgres/wire/copy.h"

#include "postgres/wire/frame.h"

namespace stele::postgres::wire {

void append(std::string& out, const CopyData& message) {
  const FrameWriter frame(out, 'd');
  out.append(message.bytes);
}

void append(std::string& out, const CopyDone&) {
  const FrameWriter frame(out, 'c');
}

}  // namespace stele::postgres::wire
