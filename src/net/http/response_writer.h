#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace stele::net {

// What of the request decides how its response is framed, and what the server adds.
struct HttpResponseContext {
  bool head_only = false;     // the method is HEAD
  int version_minor = 1;      // the client's
  bool keep_alive = true;     // after this response
  bool accepts_gzip = false;  // as accepts_gzip() says
  std::size_t gzip_bytes_min = 1024;
  int gzip_level = 3;
  std::string_view date;  // RFC 9110 section 5.6.7, or empty: no Date
};

// Whether Accept-Encoding allows gzip (RFC 9110 section 12.5.3): named or by "*", with a weight above 0.
bool accepts_gzip(const HttpHeaders& headers);

// Appends the response to `out`: all of it, or the head alone if it is streamed (then, if the client speaks
// HTTP/1.1, each piece goes through append_http_chunk and the end through append_http_last_chunk).
void append_http_response(std::string& out, HttpResponse& response, const HttpResponseContext& context);
void append_http_chunk(std::string& out, std::string_view piece);
void append_http_last_chunk(std::string& out);

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::int64_t unix_seconds);

}  // namespace stele::net
