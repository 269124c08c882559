// What an operator asks: SLOWLOG, MONITOR, MEMORY, WAIT, SHUTDOWN, LOLWUT.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/version.h"

namespace stele::redis {

namespace {

void slowlog_get(Call& call) {
  std::size_t count = 10;
  if (call.size() > 3) return call.fail_arity();
  if (call.size() == 3) {
    const auto asked = integer_argument(call[2]);
    if (!asked || *asked < -1) return call.fail("count should be greater than or equal to -1");
    count = *asked < 0 ? SIZE_MAX : static_cast<std::size_t>(*asked);
  }
  const auto entries = call.head().slow_log().newest(count);
  wire::ReplyWriter& reply = call.reply();
  reply.array(entries.size());
  for (const SlowLog::Entry& entry : entries) {
    reply.array(6);
    reply.integer(entry.id);
    reply.integer(entry.at_seconds);
    reply.integer(entry.microseconds);
    reply.array(entry.arguments.size());
    for (const std::string& argument : entry.arguments) reply.bulk(argument);
    reply.bulk(entry.client);
    reply.bulk(entry.client_name);
  }
}

void slowlog_len(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.head().slow_log().size()));
}

void slowlog_reset(Call& call) {
  call.head().slow_log().clear();
  call.reply().ok();
}

void slowlog_help(Call& call) {
  constexpr std::array<std::string_view, 8> kLines = {
      "GET [<count>]",
      "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
      "    Entries are made of:",
      "    id, timestamp, time in microseconds, arguments array, client IP and port, client name",
      "LEN",
      "    Return the length of the slowlog.",
      "RESET",
      "    Reset the slowlog.",
  };
  answer_help(call, "slowlog", kLines);
}

void monitor(Call& call) {
  call.head().monitors().add(call.client().record);
  call.reply().ok();
}

// There are no replicas.
void wait(Call& call) {
  const auto replicas = integer_argument(call[1]);
  const auto timeout = integer_argument(call[2]);
  if (!replicas) return call.fail(replicas.error());
  if (!timeout) return call.fail("timeout is not an integer or out of range");
  if (*timeout < 0) return call.fail("timeout is negative");
  call.reply().integer(0);
}

// As the signal does: what runs is ended in order. Keys that are written behind are flushed in any case.
void shutdown(Call& call) {
  for (const std::string_view word : call.arguments(1)) {
    const bool is_known =
        is_word(word, "NOSAVE") || is_word(word, "SAVE") || is_word(word, "NOW") || is_word(word, "FORCE");
    if (!is_known) {
      return is_word(word, "ABORT") ? call.fail("No shutdown in progress.") : call.fail_syntax();
    }
  }
  call.client().is_closing = true;
  ::kill(::getpid(), SIGTERM);  // to the process: the thread that waits for it is another
}

void lolwut(Call& call) {
  call.reply().verbatim(fmt::format("a stone, and what is written on it\nRedis ver. {}\n", kRedisVersion));
}

constexpr std::uint32_t kAdmin =
    flag::kAdmin | flag::kNoScript | flag::kLoading | flag::kStale | flag::kDangerous;
constexpr std::uint32_t kSlowlog = flag::kAdmin | flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "server";

constexpr std::array kSlowlogCommands = {
    Command{"slowlog|get",
            -2,
            kSlowlog,
            {},
            kNothing,
            slowlog_get,
            kGroup,
            "2.2.12",
            "O(N) where N is the number of entries",
            "Answers the commands that took long"},
    Command{"slowlog|len",
            2,
            kSlowlog,
            {},
            kNothing,
            slowlog_len,
            kGroup,
            "2.2.12",
            "O(1)",
            "Counts the commands that took long"},
    Command{"slowlog|reset",
            2,
            kSlowlog,
            {},
            kNothing,
            slowlog_reset,
            kGroup,
            "2.2.12",
            "O(N) where N is the number of entries",
            "Forgets the commands that took long"},
    Command{"slowlog|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            kNothing,
            slowlog_help,
            kGroup,
            "6.2.0",
            "O(1)",
            "Says what SLOWLOG can do"},
};

constexpr std::array kCommands = {
    Command{"slowlog",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "2.2.12",
            "Depends on subcommand.",
            "Tells of commands that took long",
            kSlowlogCommands},
    Command{"monitor",
            1,
            kAdmin | flag::kNoMulti,
            {},
            kNothing,
            monitor,
            kGroup,
            "1.0.0",
            "O(1)",
            "Shows every command that is run"},
    Command{"wait",
            3,
            flag::kNoScript,
            {},
            kNothing,
            wait,
            "generic",
            "3.0.0",
            "O(1)",
            "Answers how many replicas have the writes: none, at once"},
    Command{"shutdown",
            -1,
            kAdmin | flag::kAllowBusy | flag::kNoMulti,
            {},
            kNothing,
            shutdown,
            kGroup,
            "1.0.0",
            "O(1)",
            "Stops the node"},
    Command{"lolwut",
            -1,
            flag::kReadOnly | flag::kFast,
            {},
            kNothing,
            lolwut,
            kGroup,
            "5.0.0",
            "O(1)",
            "Answers the version, and something to look at"},
};

}  // namespace

std::span<const Command> operation_commands() {
  return kCommands;
}

}  // namespace stele::redis
