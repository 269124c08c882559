// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/run.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

constexpr std::size_t kWatchedMax = 10'000;

void multi(Call& call) {
  Transaction& transaction = call.client().transaction;
  if (transaction.is_open) return call.fail("MULTI calls can not be nested");
  transaction.is_open = true;
  call.client().show_transaction();
  call.reply().ok();
}

void end_transaction(Client& client) {
  client.transaction.clear();
  client.show_transaction();
}

void discard(Call& call) {
  if (!call.client().transaction.is_open) return call.fail("DISCARD without MULTI");
  end_transaction(call.client());
  call.reply().ok();
}

void watch(Call& call) {
  Transaction& transaction = call.client().transaction;
  if (transaction.is_open) return call.fail("WATCH inside MULTI is not allowed");
  for (std::size_t i = 1; i < call.size(); ++i) {
    const keyspace::KeyRef key = call.key(i);
    const bool is_known = std::ranges::any_of(
        transaction.watched, [&](const auto& watched) { return keyspace::KeyRef(watched.key) == key; });
    if (is_known) continue;
    if (transaction.watched.size() >= kWatchedMax) return call.fail("too many keys are watched");
    transaction.watched.push_back({keyspace::Key(key), call.group().watch(key)});
  }
  call.client().show_transaction();
  call.reply().ok();
}

void unwatch(Call& call) {
  call.client().transaction.watched.clear();
  call.client().show_transaction();
  call.reply().ok();
}

std::string changed_rules_text(const Verdict& verdict) {
  std::string_view reason = "no permission to execute the command or subcommand";
  if (verdict.denial == Denial::kKey) reason = "no permission to touch the specified keys";
  if (verdict.denial == Denial::kChannel)
    reason = "no permission to access one of the channels used as arguments";
  return fmt::format(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This "
      "command is no longer allowed for the following reason: {}",
      reason);
}

void exec(Call& call) {
  Client& client = call.client();
  Transaction& transaction = client.transaction;
  if (!transaction.is_open) return call.fail("EXEC without MULTI");
  const bool is_broken = transaction.is_broken;
  const bool is_unchanged = watches_hold(call.group(), transaction);
  // Taken out: what a command of it does to the transaction, it does to the next.
  const std::vector<QueuedCommand> commands = std::move(transaction.commands);
  end_transaction(client);
  if (is_broken) {
    return call.fail_with_code("EXECABORT Transaction discarded because of previous errors.");
  }
  if (!is_unchanged) return call.reply().null_array();
  call.reply().array(commands.size());
  std::vector<std::string_view> arguments;
  for (const QueuedCommand& queued : commands) {
    arguments.assign(queued.arguments.begin(), queued.arguments.end());
    Call inner = call.within_exec(*queued.command, arguments);
    // The rules may have changed since it was queued.
    const Verdict verdict =
        check_permission(call.head(), client, *queued.command, arguments, DenialLog::Context::kMulti);
    if (!verdict.is_allowed()) {
      inner.fail_with_code(changed_rules_text(verdict));
    } else if (queued.mapped) {
      answer_mapped(inner, *queued.mapped);
    } else {
      run(inner);
    }
  }
}

constexpr std::uint32_t kFlags = flag::kNoScript | flag::kLoading | flag::kStale;
constexpr std::uint32_t kFast = kFlags | flag::kFast | flag::kAllowBusy;
constexpr std::string_view kGroup = "transactions";

constexpr std::array kCommands = {
    Command{"multi",
            1,
            kFast | flag::kAtOnce,
            {},
            Reach::kNothing,
            multi,
            kGroup,
            "1.2.0",
            "O(1)",
            "Begins a transaction"},
    Command{"exec",
            1,
            kFlags | flag::kSkipSlowlog | flag::kAtOnce,
            {},
            Reach::kQueue,
            exec,
            kGroup,
            "1.2.0",
            "Depends on commands in the transaction",
            "Executes the transaction"},
    Command{"discard",
            1,
            kFast | flag::kAtOnce,
            {},
            Reach::kNothing,
            discard,
            kGroup,
            "2.0.0",
            "O(N) where N is the number of commands",
            "Forgets the transaction"},
    Command{"watch",
            -2,
            kFast | flag::kAtOnce,
            {1, -1, 1, "RO"},
            Reach::kKeys,
            watch,
            kGroup,
            "2.2.0",
            "O(1) for every key",
            "Lets the next transaction fail if keys change before it"},
    Command{"unwatch",
            1,
            kFast,
            {},
            Reach::kNothing,
            unwatch,
            kGroup,
            "2.2.0",
            "O(1)",
            "Forgets what is watched"},
};

}  // namespace

bool watches_hold(keyspace::Group& group, const Transaction& transaction) {
  return std::ranges::all_of(transaction.watched,
                             [&](const auto& watched) { return group.unchanged(*watched.watch); });
}

std::span<const Command> transaction_commands() {
  return kCommands;
}

}  // namespace stele::redis
