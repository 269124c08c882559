#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

// What ZMPOP and BZMPOP were asked.
struct ScoredPops {
  std::size_t keys = 0;  // behind the argument that says how many
  bool highest = false;
  std::size_t count = 1;
};

// From the argument on that says how many keys follow; false after an error was answered.
bool read_scored_pops(Call& call, std::size_t at, ScoredPops& asked);

// The key, and members with their scores in pairs.
void answer_popped(wire::ReplyWriter& reply, std::string_view key,
                   const std::vector<keyspace::Scored>& members);

}  // namespace stele::redis
