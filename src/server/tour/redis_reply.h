#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::server {

// A command in RESP: the words of a line, parted by blanks, "quoted" where they contain some.
std::string redis_request(std::string_view line);

struct RedisReply {
  std::string text;  // as redis-cli shows it: OK, (integer) 1, (nil), lines of an array; an error as it came
  std::size_t size = 0;  // bytes of the input that it took; 0: it is not whole yet
};

// The first reply of the input, RESP2. kProtocol for what is none.
Result<RedisReply> read_redis_reply(std::string_view input);

}  // namespace stele::server
