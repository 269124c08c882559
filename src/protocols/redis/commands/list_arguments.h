#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "keyspace/lists.h"
#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

// What the list commands that wait share with those that do not.

// LEFT or RIGHT, in any case of letters.
std::optional<keyspace::ListEnd> list_end(std::string_view word);

// What LMPOP and BLMPOP ask for.
struct ManyPops {
  std::size_t keys = 0;
  keyspace::ListEnd end = keyspace::ListEnd::kLeft;
  std::size_t count = 1;
};
// From the argument on that says how many keys follow. False: an error was answered.
bool read_many_pops(Call& call, std::size_t at, ManyPops& asked);

void answer_values(wire::ReplyWriter& reply, std::span<const std::string_view> values);
// A key and what was taken there.
void answer_popped(wire::ReplyWriter& reply, std::string_view key, std::span<const std::string_view> values);

}  // namespace stele::redis
