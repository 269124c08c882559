#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/command.h"

namespace stele::redis {

// What a command does to some of its keys, and where they are: one key specification of COMMAND INFO.
struct KeySpecification {
  std::string_view use;           // as KeyPositions::use
  int first = 0;                  // an argument, or
  std::string_view keyword = {};  // what is behind this word, looked for from `from` on (< 0: from the end)
  int from = 0;
  bool is_counted = false;  // the first argument says how many follow it
  int last = 0;             // from the first on; < 0 counts from the end
  int step = 1;
  int limit = 0;            // so much of what is left are keys: 2 is the half
  bool is_unknown = false;  // nobody knows where they are: SORT's
};

// A key of a request.
struct KeyUse {
  std::size_t index = 0;  // among the arguments
  std::string_view use;   // "RW access update"
  bool is_read() const { return has("access"); }
  bool is_written() const { return has("insert") || has("delete") || has("update"); }

 private:
  bool has(std::string_view word) const { return use.find(word) != std::string_view::npos; }
};

// The key specifications of a command: by its key positions, or where its keys are not all used alike, from
// a table of their own.
std::vector<KeySpecification> key_specifications(const Command& command);

// The keys of a request, each with what is done to it in this request.
std::vector<KeyUse> key_uses(const Command& command, std::span<const std::string_view> arguments);

}  // namespace stele::redis
