#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http/body_reader.h"
#include "net/http/head.h"
#include "net/http/message.h"

namespace stele::net {

// What does this client ask? Takes HTTP/1.x requests off the wire one after another (RFC 9110, RFC 9112),
// strictly: what two readers might understand differently is refused. Pure: bytes in, requests out.
//   consumed = parser.feed(stream.input()); ... if (parser.is_complete()) request = parser.take();
// After a failure the connection cannot be used any more. Confined to one thread.
class HttpRequestParser {
 public:
  explicit HttpRequestParser(const HttpLimits& limits) : limits_(limits), scanner_(limits) {}

  // Takes what belongs to the current request off the front of `bytes`, which begins with what was not
  // taken before, and stops at its end. The failure's status is what to answer.
  HttpParsed<std::size_t> feed(std::string_view bytes);

  // The head was read, the body was not yet: the place to answer "Expect: 100-continue".
  bool has_head() const { return body_.has_value(); }
  bool expects_continue() const { return expects_continue_; }
  bool is_complete() const { return body_.has_value() && body_->is_complete(); }
  // Of the current request's body, decompressed.
  std::size_t body_bytes() const { return body_.has_value() ? body_->body_bytes() : 0; }
  // The request that is_complete(), and begins with the next.
  HttpRequest take();
  // The head so far, for the answer to a failure in the body.
  const HttpRequest& request() const { return request_; }

 private:
  HttpParsed<void> take_head(std::string_view head);
  HttpParsed<void> take_request_line(std::string_view line);
  HttpParsed<void> check_host() const;
  HttpParsed<void> check_expect();

  HttpLimits limits_;
  HttpHeadScanner scanner_;
  HttpRequest request_;
  std::optional<HttpBodyReader> body_;
  bool expects_continue_ = false;
};

}  // namespace stele::net
