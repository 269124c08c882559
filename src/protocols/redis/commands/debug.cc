// DEBUG: what test suites of Redis ask for and means something here.
#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "keyspace/numbers.h"
#include "net/reactor.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

constexpr long double kSleepSecondsMax = 3600;

net::Task<void> sleep_and_answer(Head* head, Client* client, std::vector<std::string> words, std::string* out,
                                 Duration duration) {
  co_await net::Reactor::current()->sleep_for(duration);
  client->idle_since = std::chrono::steady_clock::now();
  if (head->slow_log().is_slow(duration)) {
    const std::vector<std::string_view> arguments(words.begin(), words.end());
    head->slow_log().add(arguments, duration, head->services().clock->wall(), client->record->address,
                         client->record->names().name);
  }
  wire::ReplyWriter(*out, 2).ok();
}

// Its own connection waits; others go on.
void sleep(Call& call) {
  const auto seconds = keyspace::parse_float(call[2]);
  if (!seconds || *seconds < 0 || *seconds > kSleepSecondsMax) return call.fail("value is not a valid float");
  const auto us = static_cast<std::int64_t>(*seconds * 1e6L);
  const auto duration = std::chrono::microseconds(us);
  if (!call.may_block()) {
    // Within EXEC everybody waits, as in Redis.
    std::this_thread::sleep_for(duration);
    return call.reply().ok();
  }
  std::vector<std::string> words(call.arguments().begin(), call.arguments().end());
  call.go_on(sleep_and_answer(&call.head(), &call.client(), std::move(words), &call.reply().out(), duration));
}

void set_active_expire(Call& call) {
  const auto value = integer_argument(call[2]);
  if (!value) return call.fail(value.error());
  call.head().settings().expires_actively = *value != 0;
  call.reply().ok();
}

void write_sample_list(wire::ReplyWriter& reply) {
  for (int i = 0; i < 3; ++i) reply.integer(i);
}

void protocol(Call& call) {
  wire::ReplyWriter& reply = call.reply();
  if (call.is(2, "STRING")) return reply.bulk("Hello World");
  if (call.is(2, "INTEGER")) return reply.integer(12345);
  if (call.is(2, "DOUBLE")) return reply.number(3.141);
  if (call.is(2, "NULL")) return reply.null();
  if (call.is(2, "BIGNUM")) return reply.big_number("1234567999999999999999999999999999999");
  if (call.is(2, "TRUE")) return reply.boolean(true);
  if (call.is(2, "FALSE")) {
    return reply.protocol() >= 3 ? reply.boolean(false) : reply.integer(0);
  }
  if (call.is(2, "VERBATIM")) return reply.verbatim("This is a verbatim\nstring");
  if (call.is(2, "ARRAY")) {
    reply.array(3);
    return write_sample_list(reply);
  }
  if (call.is(2, "SET")) {
    reply.set(3);
    return write_sample_list(reply);
  }
  if (call.is(2, "MAP")) {
    reply.map(3);
    for (int i = 0; i < 3; ++i) {
      reply.integer(i);
      reply.protocol() >= 3 ? reply.boolean(i == 1) : reply.integer(i == 1 ? 1 : 0);
    }
    return;
  }
  call.fail(
      "Wrong protocol type name. Please use one of the following: "
      "string|integer|double|null|array|set|map|attrib|push|verbatim|true|false");
}

void log(Call& call) {
  call.reply().ok();
}

void stringmatch_len(Call& call) {
  const auto size = integer_argument(call[2]);
  if (!size || *size < 0 || *size > (1 << 24)) return call.fail("value is not an integer or out of range");
  const std::string text(static_cast<std::size_t>(*size), 'a');
  call.reply().integer(fits_glob(call[3], text) ? 1 : 0);
}

constexpr std::uint32_t kFlags =
    flag::kAdmin | flag::kNoScript | flag::kLoading | flag::kStale | flag::kDangerous;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kGroup = "server";

constexpr std::array kDebugCommands = {
    Command{"debug|sleep", 3, kFlags, {}, kNothing, sleep, kGroup, "1.0.0", "O(1)", "Answers later"},
    Command{"debug|set-active-expire",
            3,
            kFlags,
            {},
            kNothing,
            set_active_expire,
            kGroup,
            "1.0.0",
            "O(1)",
            "Switches the expiry of keys that nobody asks for"},
    Command{"debug|protocol",
            3,
            (kFlags & ~flag::kNoScript),
            {},
            kNothing,
            protocol,
            kGroup,
            "1.0.0",
            "O(1)",
            "Answers a sample of a type of the protocol"},
    Command{"debug|log", 3, kFlags, {}, kNothing, log, kGroup, "1.0.0", "O(1)", "Accepted"},
    Command{"debug|stringmatch-len",
            4,
            kFlags,
            {},
            kNothing,
            stringmatch_len,
            kGroup,
            "1.0.0",
            "O(N)",
            "Fits a pattern to a long text"},
};

constexpr std::array kCommands = {
    Command{"debug",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            kGroup,
            "1.0.0",
            "Depends on subcommand.",
            "For tests",
            kDebugCommands},
};

}  // namespace

std::span<const Command> debug_commands() {
  return kCommands;
}

}  // namespace stele::redis
