#pragma once

#include <string>

#include "net/http/headers.h"

namespace stele::net {

// A response as a client gets it: headers as sent, body whole, unchunked and decompressed.
struct HttpReply {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  bool keep_alive = true;  // another call may follow on the same stream
};

}  // namespace stele::net
