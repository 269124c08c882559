#include "text/tokenizers/token_sink.h"

namespace stele::text {

void TokenSink::add_cut(std::size_t start, std::size_t end, TokenType type) {
  std::size_t units = 0;
  std::size_t at = start;
  while (at < end) {
    const CodePoint point = decode_at(text_, at);
    const std::size_t more = point.value > 0xFFFF && point.value != kBadByte ? 2 : 1;
    units += more;
    at += point.bytes;
    if (units >= length_max_ && at < end) {
      add_one(start, at, type);
      start = at;
      units = 0;
    }
  }
  add_one(start, end, type);
}

}  // namespace stele::text
