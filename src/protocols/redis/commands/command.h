#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stele::redis {

class Call;

// What COMMAND tells of a command, and what follows for it.
namespace flag {
constexpr std::uint32_t kWrite = 1U << 0;
constexpr std::uint32_t kReadOnly = 1U << 1;
constexpr std::uint32_t kDenyOom = 1U << 2;  // refused at once when memory is full
constexpr std::uint32_t kAdmin = 1U << 3;
constexpr std::uint32_t kNoScript = 1U << 4;
constexpr std::uint32_t kLoading = 1U << 5;
constexpr std::uint32_t kStale = 1U << 6;
constexpr std::uint32_t kSkipSlowlog = 1U << 7;
constexpr std::uint32_t kFast = 1U << 8;
constexpr std::uint32_t kNoAuth = 1U << 9;  // before AUTH too
constexpr std::uint32_t kAllowBusy = 1U << 10;
constexpr std::uint32_t kNoMulti = 1U << 11;  // refused within MULTI
constexpr std::uint32_t kBlocking = 1U << 12;
constexpr std::uint32_t kPubSub = 1U << 13;
// Not shown: executed within MULTI instead of queued; member of the category @dangerous.
constexpr std::uint32_t kAtOnce = 1U << 16;
constexpr std::uint32_t kDangerous = 1U << 17;
constexpr std::uint32_t kRunsScript = 1U << 19;
constexpr std::uint32_t kInSubscriberMode = 1U << 18;  // allowed to a RESP2 client that listens to channels
// A container that COMMAND and ACL know as one command, its subcommands as arguments; its handler answers
// what none of them fits.
constexpr std::uint32_t kHidesSubcommands = 1U << 20;
}  // namespace flag

// Where the keys are among the arguments (the name is 0): first to last, every step-th; last < 0 counts from
// the end. `use` is what COMMAND says is done to them: "RW access update". With count_at > 0 that argument
// says how many keys follow it, besides those: ZUNIONSTORE, LMPOP, EVAL.
struct KeyPositions {
  int first = 0;
  int last = 0;
  int step = 0;
  std::string_view use = {};
  int count_at = 0;
  bool may_store = false;  // the argument behind a STORE or STOREDIST is a key too: GEORADIUS, SORT

  // Behind this word, which comes from that argument on, the first half of the rest: XREAD.
  std::string_view keyword = {};
  int keyword_from = 0;

  constexpr bool empty() const { return first == 0 && count_at == 0 && keyword.empty(); }
};

// What of the keyspace a command touches.
enum class Reach : std::uint8_t {
  kNothing,
  kNoKey,   // its numbers: a group over no key
  kKeys,    // the keys at its key positions
  kCursor,  // what lies at the cursor in its first argument: SCAN
  kWhole,
  kPages,  // the handler begins groups of its own, page by page; within EXEC the whole
  kQueue,  // what the commands of the open MULTI reach, and the watched keys: EXEC
};

using Handler = void (*)(Call&);

// One row of the tables of commands. A container (CLIENT) has rows of its own, named "client|list".
struct Command {
  std::string_view name;  // in lower case
  int arity;              // arguments with the name; -n = at least n
  std::uint32_t flags;
  KeyPositions keys;
  Reach reach;
  Handler handler;
  std::string_view group;  // of COMMAND DOCS; also its ACL category
  std::string_view since;
  std::string_view complexity;
  std::string_view summary;
  std::span<const Command> subcommands = {};

  constexpr bool is(std::uint32_t asked) const { return (flags & asked) != 0; }
  constexpr bool takes(std::size_t arguments) const {
    const int count = static_cast<int>(arguments);
    return arity >= 0 ? count == arity : count >= -arity;
  }
};

}  // namespace stele::redis
