// fuzz: redis
// Requests off a Redis client's wire: however the bytes are cut, the parser takes the same requests or
// refuses at the same place, and what it takes lies within what came.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/wire/look_ahead.h"
#include "protocols/redis/wire/request_parser.h"

namespace {

using stele::redis::wire::RequestLimits;
using stele::redis::wire::RequestParser;

struct Outcome {
  std::vector<std::string> arguments;
  std::string problem;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view bytes, std::size_t step, const RequestLimits& limits) {
  Outcome outcome;
  RequestParser parser;
  std::size_t begin = 0;
  std::size_t end = 0;
  while (true) {
    const std::string_view input = bytes.substr(begin, end - begin);
    const auto result = parser.next(input, limits);
    if (result == RequestParser::Outcome::kBroken) {
      outcome.problem = parser.problem();
      return outcome;
    }
    if (result == RequestParser::Outcome::kIncomplete) {
      if (end == bytes.size()) return outcome;
      end = std::min(bytes.size(), end + step);
      continue;
    }
    if (parser.size() == 0 || parser.size() > input.size()) std::abort();
    outcome.arguments.push_back("request");
    for (const std::string_view argument : parser.arguments()) outcome.arguments.emplace_back(argument);
    begin += parser.size();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool is_authenticated : {true, false}) {
    RequestLimits limits;
    limits.bulk_bytes_max = 100'000;
    limits.is_authenticated = is_authenticated;
    const Outcome whole = parse(bytes, size + 1, limits);
    if (size < 20'000 && parse(bytes, 1, limits) != whole) std::abort();
    if (parse(bytes, 97, limits) != whole) std::abort();
  }
  // What is guessed of them lies within what came, too.
  std::vector<std::string_view> keys;
  if (stele::redis::wire::look_ahead(bytes, 100, keys) < keys.size()) std::abort();
  for (const std::string_view key : keys) {
    if (key.data() < bytes.data() || key.data() + key.size() > bytes.data() + bytes.size()) std::abort();
  }
  return 0;
}
