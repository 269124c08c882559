// DEBUG: what test suites of Redis ask for and means something here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "keyspace/numbers.h"
#include "net/reactor.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/debug_values.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/script_run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/commands/values.h"
#include "protocols/redis/rdb/decode.h"

namespace stele::redis {

namespace {

constexpr long double kSleepSecondsMax = 3600;

net::Task<void> sleep_and_answer(std::string* out, Duration duration) {
  co_await net::Reactor::current()->sleep_for(duration);
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
  call.go_on(sleep_and_answer(&call.reply().out(), duration));
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
  if (call.is(2, "FALSE")) return reply.boolean(false);
  if (call.is(2, "ATTRIB")) {
    if (reply.protocol() >= 3) reply.raw("|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n");
    return reply.bulk("Some real reply following the attribute");
  }
  if (call.is(2, "PUSH")) {
    if (reply.protocol() < 3) return call.fail("RESP2 is not supported by this command");
    reply.push(2);
    reply.bulk("server-cpu-usage");
    return reply.integer(42);
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
      reply.boolean(i == 1);
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

void set_disable_deny_scripts(Call& call) {
  STELE_REDIS_TRY(const std::int64_t value, call, integer_argument(call[2]));
  call.head().kept().set(kDeniedInScripts, value != 0 ? "yes" : "no");
  call.reply().ok();
}

void help(Call& call) {
  constexpr auto kLines = std::to_array<std::string_view>({
      "DIGEST",
      "    Answer a digest of all keys.",
      "DIGEST-VALUE <key> [<key> ...]",
      "    Answer digests of values.",
      "OBJECT <key>",
      "    Tell how Redis would keep a value.",
      "POPULATE <count> [<prefix>] [<size>]",
      "    Make string keys named key:<number>.",
      "PROTOCOL <type>",
      "    Answer a sample of a type of the protocol.",
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Switch the expiry of keys that nobody asks for.",
      "SET-DISABLE-DENY-SCRIPTS <0|1>",
      "    Let scripts run commands that they may not.",
      "SLEEP <seconds>",
      "    Answer later.",
      "STRINGMATCH-LEN <length> <pattern>",
      "    Fit a pattern to a long text.",
  });
  answer_help(call, "debug", kLines);
}

// What is none of the subcommands, or has not their number of arguments.
void unknown(Call& call) {
  call.fail(
      fmt::format("unknown subcommand or wrong number of arguments for '{:.128}'. Try DEBUG HELP.", call[1]));
}

// RDB's version 10 has no place for them.
Result<bool> has_expiring_fields(keyspace::Group& group, keyspace::KeyRef key) {
  STELE_TRY(const auto fields, group.hashes().get_all(key));
  std::vector<std::string> names;
  for (const auto& field : fields) names.emplace_back(field.name);
  const std::vector<std::string_view> views(names.begin(), names.end());
  STELE_TRY(const auto expiries, group.hashes().expiries(key, views));
  return std::ranges::any_of(expiries, [](const auto& each) { return each.at.has_value(); });
}

// One key through its bytes and back; false where its value has no such form.
Result<bool> reload_key(keyspace::Group& group, keyspace::KeyRef key, const rdb::EncodingLimits& limits) {
  STELE_TRY(const keyspace::ValueType type, group.keys().type(key));
  if (type == keyspace::ValueType::kNone || group.class_of(key) == keyspace::KeyClass::kMapped) return false;
  if (type == keyspace::ValueType::kHash) {
    STELE_TRY(const bool expires, has_expiring_fields(group, key));
    if (expires) return false;
  }
  STELE_TRY(const rdb::Value value, read_value(group, key, type));
  const std::string bytes = rdb::encode_value(value, limits);
  STELE_TRY(const rdb::Value again, rdb::decode_value(bytes));
  STELE_TRY(const auto expiry, group.keys().expiry(key));
  STELE_RETURN_IF_ERROR(group.keys().remove(key));
  STELE_RETURN_IF_ERROR(write_value(group, key, again));
  if (expiry.at) {
    STELE_RETURN_IF_ERROR(group.keys().expire(key, *expiry.at, keyspace::ExpireCondition::kAlways));
  }
  return true;
}

// Redis writes its file and reads it. Here each value becomes RDB's bytes and is made of them again.
void reload(Call& call) {
  constexpr std::size_t kPage = 1000;
  const auto limits = encoding_limits(call.head().settings());
  for (std::uint16_t number = 0; number < kDatabases; ++number) {
    const keyspace::DatabaseNumber db(number);
    std::vector<std::string> names;
    std::uint64_t cursor = 0;
    do {
      STELE_REDIS_TRY(auto page, call, call.group().keys().scan(db, cursor, {.count = kPage}));
      cursor = page.cursor;
      for (std::string& name : page.names) names.push_back(std::move(name));
    } while (cursor != 0);
    for (const std::string& name : names) {
      const auto done = reload_key(call.group(), {db, name}, limits);
      if (!done) return call.fail(done.error());
    }
  }
  call.reply().ok();
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
    Command{"debug|object",
            3,
            kFlags,
            {2, 2, 1, "RO"},
            Reach::kKeys,
            debug_object,
            kGroup,
            "1.0.0",
            "O(N)",
            "Tells how Redis would keep a value"},
    Command{"debug|digest",
            2,
            kFlags,
            {},
            Reach::kWhole,
            debug_digest,
            kGroup,
            "1.0.0",
            "O(N)",
            "Answers a digest of all keys"},
    Command{"debug|digest-value",
            -2,
            kFlags,
            {2, -1, 1, "RO"},
            Reach::kKeys,
            debug_digest_value,
            kGroup,
            "1.0.0",
            "O(N)",
            "Answers digests of values"},
    Command{"debug|populate",
            -3,
            kFlags | flag::kWrite | flag::kDenyOom,
            {},
            Reach::kWhole,
            debug_populate,
            kGroup,
            "1.0.0",
            "O(N)",
            "Makes keys"},
    Command{"debug|set-disable-deny-scripts",
            3,
            kFlags,
            {},
            kNothing,
            set_disable_deny_scripts,
            kGroup,
            "1.0.0",
            "O(1)",
            "Lets scripts run commands that are no scripts' business"},
    Command{"debug|help", 2, kFlags, {}, kNothing, help, kGroup, "1.0.0", "O(1)", "Says what DEBUG can do"},
    Command{"debug|reload",
            -2,
            kFlags,
            {},
            Reach::kWhole,
            reload,
            kGroup,
            "1.0.0",
            "O(N)",
            "Makes all values anew of their bytes in Redis' own format"},
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
            kFlags | flag::kHidesSubcommands,
            {},
            kNothing,
            unknown,
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
