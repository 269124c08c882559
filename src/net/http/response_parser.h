#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/http/body_reader.h"
#include "net/http/head.h"
#include "net/http/reply.h"

namespace stele::net {

// What did the server answer? Takes one HTTP/1.x response off the wire, interim ones (1xx) read over. Pure:
// bytes in, a reply out. Confined to one thread.
class HttpResponseParser {
 public:
  // `head_only`: the request was a HEAD, so no body follows whatever the fields say.
  HttpResponseParser(bool head_only, const HttpLimits& limits)
      : head_only_(head_only), limits_(limits), scanner_(limits) {}

  // Takes what belongs to the response off the front of `bytes`, which begins with what was not taken before.
  HttpParsed<std::size_t> feed(std::string_view bytes);
  // The connection has ended: which is the end of some bodies, and a failure else.
  HttpParsed<void> end();
  bool is_complete() const { return body_.has_value() && body_->is_complete(); }
  // Once, when is_complete().
  HttpReply take();

 private:
  HttpParsed<void> take_head(std::string_view head);

  bool head_only_;
  HttpLimits limits_;
  HttpHeadScanner scanner_;
  HttpReply reply_;
  std::optional<HttpBodyReader> body_;
};

}  // namespace stele::net
