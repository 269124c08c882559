#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"
#include "net/http/head.h"
#include "net/http/headers.h"
#include "net/http/reply.h"
#include "net/stream.h"
#include "net/task.h"

namespace stele::net {

// A request as a client makes it. Host and Content-Length are added unless given.
struct HttpCall {
  std::string method = "GET";
  std::string target = "/";
  HttpHeaders headers;
  std::string body;
};

// Writes one request to `stream` and reads its response. For tests, `stele status` and `stele doctor`: no
// redirects, no cookies. Deadlines are the stream's. kProtocol for what is no response, else the stream's
// errors.
Task<Result<HttpReply>> http_call(Stream* stream, HttpCall call, HttpLimits limits = {});

// The same over a new plain connection.
Task<Result<HttpReply>> http_call(Address address, HttpCall call, TimePoint deadline, HttpLimits limits = {});

}  // namespace stele::net
