#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::postgres {

// How does a node know its own writes in the stream? Every own transaction begins with
//   SELECT pg_logical_emit_message(true, 'stele', '<node>:<write>')
// which comes back with the transaction: it tells the exact commit LSN and ends the wait for it.
struct WriteMark {
  std::uint64_t node = 0;
  std::uint64_t write = 0;

  bool operator==(const WriteMark&) const = default;
};

constexpr std::string_view kWriteMarkPrefix = "stele";

// The message's content: "7:42".
std::string to_string(WriteMark mark);
// kInvalidArgument for anything else: SQL users can emit messages under our prefix.
Result<WriteMark> parse_write_mark(std::string_view content);

}  // namespace stele::postgres
