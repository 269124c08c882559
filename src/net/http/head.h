#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "net/http/headers.h"

namespace stele::net {

// Why a message cannot be taken, as the status that says so.
struct HttpFailure {
  int status = 400;
  std::string reason;
  // 429: what all requests would hold together, and what they may.
  std::size_t bytes_wanted = 0;
  std::size_t bytes_max = 0;
};

template <class T>
using HttpParsed = std::expected<T, HttpFailure>;

inline std::unexpected<HttpFailure> http_failure(int status, std::string reason) {
  return std::unexpected(HttpFailure{.status = status, .reason = std::move(reason)});
}

struct HttpLimits {
  std::size_t start_line_bytes_max =
      16 * 1024;                             // 414 beyond it (Elasticsearch allows 4 KB, clients send more)
  std::size_t head_bytes_max = 64 * 1024;    // start line and fields; 431
  std::size_t fields_max = 128;              // 431
  std::size_t body_bytes_max = 100U << 20U;  // decompressed; 413. Elasticsearch's default
};

// Finds the end of a message's head. Bytes are looked at once, however often more of them come.
class HttpHeadScanner {
 public:
  explicit HttpHeadScanner(const HttpLimits& limits) : limits_(limits) {}

  // `bytes`: all from the head's beginning on. The size of the head with its empty line, or 0: not yet all
  // there. Each line ends with CR LF; a lone LF is refused (400), for others may see another end there.
  HttpParsed<std::size_t> scan(std::string_view bytes);
  void reset() { *this = HttpHeadScanner(limits_); }

 private:
  HttpLimits limits_;
  std::size_t line_begin_ = 0;
  std::size_t looked_at_ = 0;
};

// The fields between a start line and the empty line, both left out (RFC 9112 section 5). Refused: folded
// lines, space before the colon, names that are no token, control characters, more than `fields_max`.
HttpParsed<HttpHeaders> parse_http_fields(std::string_view lines, std::size_t fields_max);

// How the body's end is known (RFC 9112 section 6.3).
struct HttpFraming {
  bool chunked = false;
  bool has_length = false;
  std::size_t length = 0;
};
// Refused, for they are how requests are smuggled: both framings at once, two lengths that differ, a length
// that is not digits alone, chunked not alone.
HttpParsed<HttpFraming> http_framing(const HttpHeaders& headers, int version_minor);

// "HTTP/1.1" -> 1, "HTTP/1.0" -> 0; 505 for other versions, 400 for no version.
HttpParsed<int> parse_http_version(std::string_view text);

}  // namespace stele::net
