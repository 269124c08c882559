#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/address.h"
#include "net/http/headers.h"
#include "net/task.h"

namespace stele::net {

// A request as it came, its body whole, unchunked and decompressed. Value type.
struct HttpRequest {
  std::string method;                 // as sent, upper case by convention: "GET"
  std::string target;                 // as sent: "/films/_doc/a%2Fb?refresh=true"
  std::string path;                   // decoded: "/films/_doc/a/b"
  std::vector<std::string> segments;  // each decoded by itself: "films", "_doc", "a/b"; empty ones left out
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order; a name alone has value ""
  HttpHeaders headers;
  std::string body;
  int version_minor = 1;  // HTTP/1.0 or HTTP/1.1
  bool keep_alive = true;
  Address peer;

  // The value of the last query parameter of that name.
  std::optional<std::string_view> query_value(std::string_view name) const;
};

// Gives the next piece of a body; an empty one is the end. An error breaks the connection off, which is how
// the client learns that the body is not whole.
using HttpBodyProducer = std::move_only_function<Task<Result<std::string>>()>;

// What to answer. Content-Length, Date, Connection and the encodings are the server's; header values are
// sent with line breaks replaced.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  HttpBodyProducer producer;  // set: the body is streamed in chunks, and `body` is not used
  bool close = false;         // the connection ends after it
};

// "Not Found" for 404; "Unknown" for what no RFC has.
std::string_view http_reason(int status);

}  // namespace stele::net
