#include "protocols/redis/commands/run.h"

#include <fmt/format.h>

#include <chrono>

#include "protocols/redis/commands/client_tracking.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/operations/redaction.h"

namespace stele::redis {

namespace {

using keyspace::Key;
using keyspace::KeyClass;
using keyspace::KeyRef;
using keyspace::Scope;

// More keys than this and the group takes everything: declaring each costs more.
constexpr std::size_t kDeclaredMax = 64;

Scope scope_of_keys(std::vector<Key> keys) {
  return keys.size() > kDeclaredMax ? Scope::whole() : Scope::keys(std::move(keys));
}

// What the queued commands and the watches reach together.
Scope scope_of_queue(const Client& client) {
  std::vector<Key> keys;
  for (const auto& watched : client.transaction.watched) keys.push_back(watched.key);
  keyspace::DatabaseNumber db = client.db;
  for (const QueuedCommand& queued : client.transaction.commands) {
    const Command& command = *queued.command;
    switch (command.reach) {
      case Reach::kNothing:
        // After it the keys are another database's, which is known only when it ran.
        if (command.name == "select") return Scope::whole();
        break;
      case Reach::kNoKey:
        break;
      case Reach::kKeys:
        for (const std::size_t i : key_indices(command, queued.arguments)) {
          keys.emplace_back(db, queued.arguments[i]);
        }
        break;
      default:
        return Scope::whole();
    }
  }
  return scope_of_keys(std::move(keys));
}

// For MONITOR and SLOWLOG: what commands of a transaction or a script do is told by itself.
void show_to_monitors(Call& call) {
  Head& head = call.head();
  const Command& command = call.command();
  if (!head.monitors().is_used() || command.is(flag::kAdmin) || command.reach == Reach::kQueue) return;
  const bool is_script = call.client().stream_or_null == nullptr;
  const auto shown = redacted(command, call.arguments());
  head.monitors().show(shown ? std::span<const std::string_view>(*shown) : call.arguments(),
                       call.client().db.value(), is_script ? "lua" : call.client().record->address,
                       head.services().clock->wall());
}

void note_slow(Call& call, TimePoint now) {
  Head& head = call.head();
  const Command& command = call.command();
  const Duration taken = now - call.client().idle_since;
  if (head.latency().is_slow(taken)) {
    head.latency().note(command.is(flag::kFast) ? "fast-command" : "command", taken,
                        head.services().clock->wall());
  }
  if (!head.slow_log().is_slow(taken) || command.is(flag::kSkipSlowlog)) return;
  const ClientRecord& record = *call.client().record;
  const auto shown = redacted(command, call.arguments());
  head.slow_log().add(shown ? std::span<const std::string_view>(*shown) : call.arguments(), taken,
                      head.services().clock->wall(), record.address, record.names().name);
}

// Its time began when the command before it ended, or its bytes came.
void note_time(Call& call, ReactorStatistics::OfCommand& counters) {
  const TimePoint now = std::chrono::steady_clock::now();
  note_slow(call, now);
  const auto taken = static_cast<std::uint64_t>((now - call.client().idle_since).count());
  counters.nanoseconds.add(taken);
  if (call.head().settings().tracks_latency.load(std::memory_order_relaxed))
    call.statistics().record_time(counters, taken);
  call.client().idle_since = now;
}

}  // namespace

void run(Call& call) {
  const std::size_t number = CommandTable::get().number(call.command());
  ReactorStatistics::OfCommand& counters = call.statistics().of_command(number);
  show_to_monitors(call);
  const std::size_t begin = call.reply().out().size();
  if (!call.command().is(flag::kWrite) || !refuses_write(call)) call.command().handler(call);
  const bool returns_error = call.command().is(flag::kRunsScript) && !call.has_failed() &&
                             call.reply().out().substr(begin, 1) == "-";
  if (returns_error) {
    // A script may answer an error of its own.
    const std::string_view reply = std::string_view(call.reply().out()).substr(begin + 1);
    call.statistics().count_error(reply.substr(0, reply.find('\r')));
  }
  if (call.client().tracking.is_on && call.command().is(flag::kReadOnly) &&
      !call.command().is(flag::kRunsScript)) {
    remember_reads(call.head(), call.client(), call.command(), call.arguments());
  }
  counters.calls.add();
  if (call.has_failed() || returns_error) counters.failed.add();
  if (!call.has_rest()) note_time(call, counters);
}

void end_of_rest(Call& call) {
  note_time(call, call.statistics().of_command(CommandTable::get().number(call.command())));
}

namespace {

Scope reached_by(const Command& command, std::span<const std::string_view> arguments, const Client& client) {
  switch (command.reach) {
    case Reach::kNothing:
    case Reach::kPages:
    case Reach::kNoKey:
      return Scope::none();
    case Reach::kKeys: {
      const KeyPositions& positions = command.keys;
      if (positions.last == positions.first && positions.first > 0 && positions.count_at == 0 &&
          positions.keyword.empty() && !positions.may_store) {
        return Scope::key({client.db, arguments[static_cast<std::size_t>(positions.first)]});
      }
      std::vector<Key> keys;
      for_each_key_index(command, arguments,
                         [&](std::size_t i) { keys.emplace_back(client.db, std::string(arguments[i])); });
      return scope_of_keys(std::move(keys));
    }
    case Reach::kCursor: {
      const auto cursor = integer_argument(arguments[1]);
      return Scope::slice(cursor && *cursor > 0 ? static_cast<std::uint64_t>(*cursor) : 0);
    }
    case Reach::kWhole:
      return Scope::whole();
    case Reach::kQueue:
      return scope_of_queue(client);
  }
  return Scope::whole();
}

}  // namespace

Scope scope_of(const Command& command, std::span<const std::string_view> arguments, const Client& client) {
  Scope scope = reached_by(command, arguments, client);
  if (client.record->no_touch.load(std::memory_order_relaxed)) scope.without_touching();
  return scope;
}

std::vector<views::MappedWrite> mapped_writes(views::NodeKeys& keys, const Command& command,
                                              std::span<const std::string_view> arguments,
                                              keyspace::DatabaseNumber db) {
  using Kind = views::MappedWrite::Kind;
  std::vector<views::MappedWrite> writes;
  const bool sets = command.name == "hset" || command.name == "hmset";
  const bool removes = command.name == "del" || command.name == "unlink";
  if (!sets && !removes && command.name != "hdel") return writes;
  if (sets && arguments.size() % 2 != 0) return writes;
  for (const std::size_t i : key_indices(command, arguments)) {
    if (keys.class_of(arguments[i]) != KeyClass::kMapped) continue;
    views::MappedWrite write;
    write.kind = sets ? Kind::kSetFields : (removes ? Kind::kRemove : Kind::kRemoveFields);
    write.key = Key(db, std::string(arguments[i]));
    for (std::size_t j = 2; sets && j + 1 < arguments.size(); j += 2) {
      write.fields.push_back({std::string(arguments[j]), std::string(arguments[j + 1])});
    }
    for (std::size_t j = 2; !sets && !removes && j < arguments.size(); ++j) {
      write.fields.push_back({std::string(arguments[j]), {}});
    }
    writes.push_back(std::move(write));
  }
  return writes;
}

bool refuses_write(Call& call) {
  const Command& command = call.command();
  if (command.name == "del" || command.name == "unlink") return false;
  bool is_refused = false;
  for_each_key_index(command, call.arguments(), [&](std::size_t i) {
    if (is_refused || !call.head().keys().reads_through(call[i])) return;
    is_refused = true;
    call.fail(
        fmt::format("'{}' is read from PostgreSQL: it is written by SQL, or by SET outside of MULTI and "
                    "scripts where its prefix names \"on_set\"",
                    call[i]));
  });
  return is_refused;
}

void answer_mapped(Call& call, std::uint64_t count) {
  if (call.command().name == "hmset") return call.reply().ok();
  call.reply().integer(static_cast<std::int64_t>(count));
}

}  // namespace stele::redis
