#include "protocols/redis/dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/script_run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

namespace {

constexpr std::size_t kShownNameBytes = 128;
constexpr std::size_t kShownArgumentsBytes = 128;

// The text as Redis prints it: up to a NUL, and no more than that many bytes.
std::string_view shown(std::string_view text, std::size_t bytes_max) {
  return text.substr(0, std::min(text.find('\0'), bytes_max));
}

std::string unknown_command(std::span<const std::string_view> arguments) {
  if (is_known_to_redis(arguments[0])) {
    return fmt::format("ERR the command '{}' is not supported by Stele yet", to_lower(arguments[0]));
  }
  std::string given;
  for (std::size_t i = 1; i < arguments.size() && given.size() < kShownArgumentsBytes; ++i) {
    given += fmt::format("'{}' ", shown(arguments[i], kShownArgumentsBytes - given.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     shown(arguments[0], kShownNameBytes), given);
}

std::string unknown_subcommand(const Command& container, std::string_view name) {
  if (is_known_to_redis(container.name, name)) {
    return fmt::format("ERR the command '{}|{}' is not supported by Stele yet", container.name,
                       to_lower(name));
  }
  return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", shown(name, kShownNameBytes),
                     to_upper(container.name));
}

class Dispatcher {
 public:
  Dispatcher(Head& head, Client& client, ReactorStatistics& statistics,
             std::span<const std::string_view> arguments, std::string& out)
      : head_(head), client_(client), statistics_(statistics), arguments_(arguments), out_(out) {}

  const Command* run() {
    const Command* command = find();
    if (command == nullptr) return nullptr;
    client_.record->last_command.store(command, std::memory_order_relaxed);
    if (!is_allowed(*command)) return nullptr;
    if (!client_.transaction.is_open || command->is(flag::kAtOnce)) return command;
    queue(*command);
    return nullptr;
  }

  bool refuse_growth(const Command& command) {
    if (command.is(flag::kDenyOom)) {
      refuse(&command, error_text(keyspace::out_of_memory()));
      return true;
    }
    const bool executes = command.reach == Reach::kQueue && !client_.transaction.is_broken;
    return executes && !may_execute(command);
  }

 private:
  const CommandTable& table_ = CommandTable::get();

  const Command* find() {
    const Command* const row = table_.find(arguments_[0]);
    if (row == nullptr) return refuse(nullptr, unknown_command(arguments_));
    const Command* command = row;
    if (!row->subcommands.empty() && arguments_.size() > 1) {
      command = CommandTable::find_subcommand(*row, arguments_[1]);
      const bool hides_them = row->is(flag::kHidesSubcommands);
      if (hides_them && (command == nullptr || !command->takes(arguments_.size()))) return row;
      if (command == nullptr) return refuse(row, unknown_subcommand(*row, arguments_[1]));
    }
    if (!command->takes(arguments_.size())) {
      return refuse(command, fmt::format("ERR wrong number of arguments for '{}' command", command->name));
    }
    return command;
  }

  bool is_allowed(const Command& command) {
    if (!client_.is_authenticated && head_.users().asks_for_password() && !command.is(flag::kNoAuth)) {
      return refuse(&command, "NOAUTH Authentication required.") != nullptr;
    }
    if (client_.transaction.is_open && command.is(flag::kNoMulti)) {
      return refuse(&command, "ERR Command not allowed inside a transaction") != nullptr;
    }
    if (const Verdict verdict = check_permission(head_, client_, command, arguments_, context());
        !verdict.is_allowed()) {
      return refuse(&command, denial_text(verdict, command)) != nullptr;
    }
    if (command.is(flag::kDenyOom) && is_out_of_memory()) {
      return refuse(&command, error_text(keyspace::out_of_memory())) != nullptr;
    }
    if (client_.is_in_subscriber_mode() && !command.is(flag::kInSubscriberMode)) {
      return refuse(&command, fmt::format("ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
                                          "PING / QUIT / RESET are allowed in this context",
                                          command.name)) != nullptr;
    }
    const RunningScript& running = head_.scripts().running();
    if (running.is_busy() && !command.is(flag::kAllowBusy)) {
      return refuse(&command, busy_text(running)) != nullptr;
    }
    if (command.reach == Reach::kQueue && client_.transaction.is_open && !client_.transaction.is_broken) {
      return may_execute(command);
    }
    return true;
  }

  DenialLog::Context context() const {
    return client_.transaction.is_open ? DenialLog::Context::kMulti : DenialLog::Context::kTopLevel;
  }

  bool is_out_of_memory() { return head_.is_out_of_memory(); }

  // EXEC: whether there is memory for what was queued; else the transaction is over.
  bool may_execute(const Command& exec) {
    const auto& queued = client_.transaction.commands;
    const bool may_grow =
        std::ranges::any_of(queued, [](const auto& each) { return each.command->is(flag::kDenyOom); });
    if (!may_grow || !is_out_of_memory()) return true;
    client_.transaction.clear();
    client_.show_transaction();
    refuse(&exec, "EXECABORT Transaction discarded because of: " + error_text(keyspace::out_of_memory()));
    return false;
  }

  void queue(const Command& command) {
    Transaction& transaction = client_.transaction;
    for (const std::string_view argument : arguments_) transaction.queued_bytes += argument.size() + 32;
    if (transaction.queued_bytes > head_.settings().query_buffer_bytes_max) {
      transaction.commands.clear();
      refuse(&command, "ERR the transaction is larger than client-query-buffer-limit");
      return;
    }
    transaction.commands.emplace_back(command, arguments_);
    client_.show_transaction();
    wire::ReplyWriter(out_, client_.protocol).simple("QUEUED");
  }

  // Always null.
  const Command* refuse(const Command* command, std::string_view text) {
    const bool is_exec = command != nullptr && command->reach == Reach::kQueue;
    if (is_exec && client_.transaction.is_open && !text.starts_with("EXECABORT")) {
      client_.transaction.clear();
      client_.show_transaction();
      return refuse(command, fmt::format("EXECABORT Transaction discarded because of: {}", text));
    }
    wire::ReplyWriter(out_, client_.protocol).error(text);
    statistics_.count_error(text);
    if (command != nullptr) statistics_.of_command(table_.number(*command)).rejected.add();
    if (client_.transaction.is_open) client_.transaction.is_broken = true;
    return nullptr;
  }

  Head& head_;
  Client& client_;
  ReactorStatistics& statistics_;
  const std::span<const std::string_view> arguments_;
  std::string& out_;
};

}  // namespace

const Command* dispatch(Head& head, Client& client, ReactorStatistics& statistics,
                        std::span<const std::string_view> arguments, std::string& out) {
  return Dispatcher(head, client, statistics, arguments, out).run();
}

bool refuse_growth(Head& head, Client& client, ReactorStatistics& statistics, const Command& command,
                   std::span<const std::string_view> arguments, std::string& out) {
  return Dispatcher(head, client, statistics, arguments, out).refuse_growth(command);
}

}  // namespace stele::redis
