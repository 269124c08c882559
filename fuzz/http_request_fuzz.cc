// fuzz: net
// HTTP requests off the wire: whatever the bytes and however they are cut, the parser takes the same
// requests, or refuses at the same place, and never holds more than its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/request_parser.h"

namespace {

using stele::net::HttpLimits;
using stele::net::HttpRequestParser;

struct Outcome {
  std::vector<std::string> requests;
  int failure = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view bytes, std::size_t step) {
  HttpLimits limits;
  limits.start_line_bytes_max = 500;
  limits.head_bytes_max = 2000;
  limits.fields_max = 20;
  limits.body_bytes_max = 100'000;
  HttpRequestParser parser(limits);
  Outcome outcome;
  std::string pending;
  while (!bytes.empty()) {
    pending += bytes.substr(0, step);
    bytes.remove_prefix(step < bytes.size() ? step : bytes.size());
    for (;;) {
      const auto fed = parser.feed(pending);
      if (!fed.has_value()) {
        outcome.failure = fed.error().status;
        return outcome;
      }
      if (*fed > pending.size()) std::abort();
      pending.erase(0, *fed);
      if (!parser.is_complete()) break;
      const auto request = parser.take();
      if (request.body.size() > limits.body_bytes_max) std::abort();
      outcome.requests.push_back(request.method + " " + request.path + "\n" + request.body);
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = parse(bytes, size + 1);
  if (size < 20'000 && parse(bytes, 1) != whole) std::abort();
  if (parse(bytes, 97) != whole) std::abort();
  return 0;
}
