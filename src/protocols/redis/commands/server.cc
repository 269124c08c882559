// The server itself: INFO, TIME, ROLE.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/info.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

void info(Call& call) {
  call.reply().verbatim(info_text(call, call.arguments(1)));
}

void time(Call& call) {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                       call.head().services().clock->wall().time_since_epoch())
                       .count();
  call.reply().array(2);
  call.reply().bulk(std::to_string(now / 1'000'000));
  call.reply().bulk(std::to_string(now % 1'000'000));
}

void role(Call& call) {
  call.reply().array(3);
  call.reply().bulk("master");
  call.reply().integer(0);
  call.reply().array(0);
}

using keyspace::DatabaseNumber;
using keyspace::KeyRef;

std::optional<DatabaseNumber> database_argument(Call& call, std::size_t i, std::string_view which) {
  const auto number = integer_argument(call[i]);
  if (!number) {
    call.fail(fmt::format("invalid {} DB index", which));
  } else if (*number < 0 || *number >= kDatabases) {
    call.fail("DB index is out of range");
  } else {
    return DatabaseNumber(static_cast<std::uint16_t>(*number));
  }
  return std::nullopt;
}

Result<std::vector<std::string>> names_of(keyspace::Keys& keys, DatabaseNumber db) {
  std::vector<std::string> names;
  std::uint64_t cursor = 0;
  do {
    STELE_TRY(keyspace::ScanPage page, keys.scan(db, cursor, {.count = 1000}));
    for (std::string& name : page.names) names.push_back(std::move(name));
    cursor = page.cursor;
  } while (cursor != 0);
  return names;
}

Result<void> move_all(keyspace::Keys& keys, const std::vector<std::string>& names, DatabaseNumber from,
                      DatabaseNumber to) {
  for (const std::string& name : names) {
    const auto moved = keys.rename({from, name}, {to, name});
    // It may have expired since it was named.
    if (!moved && moved.error().code != ErrorCode::kNotFound) return moved.error();
  }
  return {};
}

// A key at a time, with the gate of all: databases are a part of each key's name.
void swapdb(Call& call) {
  const auto first = database_argument(call, 1, "first");
  if (!first) return;
  const auto second = database_argument(call, 2, "second");
  if (!second) return;
  if (*first == *second) return call.reply().ok();
  keyspace::Keys& keys = call.group().keys();
  const DatabaseNumber between(kDatabases);  // that no client can choose
  STELE_REDIS_TRY(const auto of_first, call, names_of(keys, *first));
  STELE_REDIS_TRY(const auto of_second, call, names_of(keys, *second));
  for (const auto& names : {of_first, of_second}) {
    for (const std::string& name : names) {
      if (call.head().keys().class_of(name) == keyspace::KeyClass::kMapped)
        return call.fail("rows of mapped tables stay in database 0");
    }
  }
  for (const auto& moved :
       {move_all(keys, of_first, *first, between), move_all(keys, of_second, *second, *first),
        move_all(keys, of_first, between, *second)}) {
    if (!moved) return call.fail(moved.error());
  }
  call.reply().ok();
}

constexpr std::uint32_t kAlways = flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;

constexpr std::array kCommands = {
    Command{"info",
            -1,
            kAlways | flag::kDangerous,
            {},
            Reach::kNoKey,
            info,
            "server",
            "1.0.0",
            "O(1)",
            "Answers figures of the server"},
    Command{
        "time", 1, kAlways | flag::kFast, {}, kNothing, time, "server", "2.6.0", "O(1)", "Answers the time"},
    Command{"swapdb",
            3,
            flag::kWrite | flag::kFast | flag::kDangerous,
            {},
            Reach::kWhole,
            swapdb,
            "server",
            "4.0.0",
            "O(N) where N is the count of keys of both databases",
            "Exchanges two databases"},
    Command{"role",
            1,
            kAlways | flag::kNoScript | flag::kFast | flag::kDangerous,
            {},
            kNothing,
            role,
            "server",
            "2.8.12",
            "O(1)",
            "Answers the role in replication: a master without replicas"},
};

}  // namespace

std::span<const Command> server_commands() {
  return kCommands;
}

}  // namespace stele::redis
