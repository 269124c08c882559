// The server itself: INFO, TIME, ROLE.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/reactor.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/info.h"
#include "protocols/redis/commands/save.h"
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

// SAVE and its like: what is durable is in PostgreSQL at most a second after it was written, so they write no
// file.
constexpr Duration kSavePatience = std::chrono::seconds(60);

bool keeps(Call& call) {
  if (call.head().services().freshness_or_null != nullptr) return true;
  call.fail("nothing is kept: Stele runs without a PostgreSQL (--postgres off)");
  return false;
}

net::Task<void> save_and_answer(Head* head, std::string* out) {
  const auto last = head->keys().keyspace().stats().last_change;
  const TimePoint deadline = net::Reactor::current()->now() + kSavePatience;
  const auto saved = co_await head->keys().wait_durable(last, {}, deadline);
  wire::ReplyWriter reply(*out, 2);
  if (!saved) co_return reply.error(error_text(saved.error()));
  reply.ok();
}

void save(Call& call) {
  if (!keeps(call)) return;
  call.go_on(save_and_answer(&call.head(), &call.reply().out()));
}

void bgsave(Call& call) {
  if (call.size() > 2 || (call.size() == 2 && !call.is(1, "SCHEDULE"))) return call.fail_syntax();
  if (!keeps(call)) return;
  call.reply().simple("Background saving started");
}

void bgrewriteaof(Call& call) {
  if (!keeps(call)) return;
  call.reply().simple("Background append only file rewriting started");
}

void lastsave(Call& call) {
  call.reply().integer(last_save_seconds(call.head(), call.head().keys().status()));
}

constexpr std::uint32_t kSaves = flag::kAdmin | flag::kNoScript | flag::kDangerous;
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
    Command{"save",
            1,
            kSaves | flag::kNoMulti,
            {},
            kNothing,
            save,
            "server",
            "1.0.0",
            "O(N) where N is the number of changes that are not in PostgreSQL yet",
            "Waits until all that was written to durable keys is in PostgreSQL"},
    Command{"bgsave",
            -1,
            kSaves,
            {},
            kNothing,
            bgsave,
            "server",
            "1.0.0",
            "O(1)",
            "Begins to write to PostgreSQL what is not there yet"},
    Command{"bgrewriteaof",
            1,
            kSaves,
            {},
            kNothing,
            bgrewriteaof,
            "server",
            "1.0.0",
            "O(1)",
            "The same as BGSAVE: there is no file to rewrite"},
    Command{"lastsave",
            1,
            flag::kAdmin | flag::kDangerous | flag::kLoading | flag::kStale | flag::kFast,
            {},
            kNothing,
            lastsave,
            "server",
            "1.0.0",
            "O(1)",
            "Answers when durable keys were last written to PostgreSQL"},
};

}  // namespace

std::int64_t last_save_seconds(const Head& head, const views::KeysStatus& status) {
  const Clock& clock = *head.services().clock;
  const WallTime started =
      clock.wall() - std::chrono::duration_cast<WallTime::duration>(clock.now() - head.started());
  const WallTime last = std::max(started, status.last_flush);
  return std::chrono::duration_cast<std::chrono::seconds>(last.time_since_epoch()).count();
}

std::span<const Command> server_commands() {
  return kCommands;
}

}  // namespace stele::redis
