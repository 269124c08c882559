// fuzz: net
// HTTP responses off the wire: fed whole or byte by byte, the parser takes the same reply or refuses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http/response_parser.h"

namespace {

std::string parse(std::string_view bytes, std::size_t step, bool head_only) {
  stele::net::HttpLimits limits;
  limits.head_bytes_max = 2000;
  limits.body_bytes_max = 100'000;
  stele::net::HttpResponseParser parser(head_only, limits);
  std::string pending;
  while (!bytes.empty() && !parser.is_complete()) {
    pending += bytes.substr(0, step);
    bytes.remove_prefix(step < bytes.size() ? step : bytes.size());
    const auto fed = parser.feed(pending);
    if (!fed.has_value()) return "failure " + std::to_string(fed.error().status);
    if (*fed > pending.size()) std::abort();
    pending.erase(0, *fed);
  }
  if (!parser.is_complete() && !parser.end().has_value()) return "incomplete";
  const auto reply = parser.take();
  if (reply.body.size() > limits.body_bytes_max) std::abort();
  return std::to_string(reply.status) + " " + reply.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool head_only : {false, true}) {
    if (parse(bytes, 1, head_only) != parse(bytes, size + 1, head_only)) std::abort();
  }
  return 0;
}
