#include "protocols/redis/commands/script_run.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/log.h"
#include "keyspace/errors.h"
#include "protocols/redis/commands/client_tracking.h"
#include "protocols/redis/commands/permission.h"
#include "protocols/redis/commands/run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/lua/fiber.h"
#include "protocols/redis/lua/shebang.h"
#include "protocols/redis/needs.h"
#include "views/keys/keys.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis.script");
// So long a script has its reactor for itself, then the others of that reactor have their turn.
constexpr Duration kTurn = std::chrono::milliseconds(2);
constexpr std::string_view kOutOfMemory = "-OOM command not allowed when used memory > 'maxmemory'.";

std::string_view lacking(const Verdict& verdict) {
  switch (verdict.denial) {
    case Denial::kCommand:
      return "can't run this command or subcommand";
    case Denial::kKey:
      return "can't access at least one of the keys mentioned in the command arguments";
    default:
      return "can't publish to the channel mentioned in the command";
  }
}

}  // namespace

CommandHost::CommandHost(Call& call, const ScriptRun& run)
    : call_(call),
      run_(run),
      client_(call.head().scripts().client()),
      began_(std::chrono::steady_clock::now()),
      resumed_(began_),
      is_out_of_memory_(call.head().is_out_of_memory()) {
  client_.db = call.client().db;
  client_.user = call.client().user;
  client_.idle_since = began_;
  std::string request;
  for (const std::string_view word : call.arguments()) request += fmt::format("{:.64}{}", word, '\0');
  call.head().scripts().running().begin(run.is_function, run.name, request);
}

CommandHost::~CommandHost() {
  client_.user = nullptr;
  call_.head().scripts().running().end();
}

// DEBUG SET-DISABLE-DENY-SCRIPTS, for what needs no session of its own.
bool CommandHost::is_let_through(const Command& command) const {
  const bool is_harmless = command.reach == Reach::kNothing &&
                           !command.is(flag::kAtOnce | flag::kNoMulti | flag::kRunsScript | flag::kPubSub);
  return is_harmless && call_.head().kept().get(kDeniedInScripts, "no") == "yes";
}

std::optional<std::string> CommandHost::refusal_of(const Command& command,
                                                   std::span<const std::string_view> arguments) {
  if (!command.takes(arguments.size())) return "Wrong number of args calling Redis command from script";
  if (command.is(flag::kNoScript | flag::kNoMulti) && !is_let_through(command))
    return "This Redis command is not allowed from script";
  const Verdict verdict =
      check_permission(call_.head(), call_.client(), command, arguments, DenialLog::Context::kLua);
  if (!verdict.is_allowed()) return fmt::format("The user executing the script {}", lacking(verdict));
  if (!command.is(flag::kWrite)) {
    const bool tells_others = command.name == "publish" || command.name == "spublish";
    if (!tells_others || !run_.is_read_only) return std::nullopt;
  }
  if (run_.is_read_only) return "Write commands are not allowed from read-only scripts.";
  const bool may_exceed = (run_.flags & lua::script_flag::kAllowOom) != 0;
  RunningScript& running = call_.head().scripts().running();
  if (command.is(flag::kDenyOom) && !may_exceed && !running.has_written() && is_out_of_memory_) {
    return std::string(kOutOfMemory);
  }
  return durability_refusal(command, arguments);
}

std::optional<std::string> CommandHost::durability_refusal(const Command& command,
                                                           std::span<const std::string_view> arguments) {
  views::NodeKeys& keys = call_.head().keys();
  Needs needs = needs_of(keys, command, arguments, client_);
  if (!needs.mapped.empty()) {
    return "rows of mapped tables cannot be written from a script: PostgreSQL would have to be waited for";
  }
  if (needs.is_loading) return "-" + error_text(views::keys_loading());
  if (needs.durable_write && !keys.owner()) return "-" + error_text(views::keys_read_only());
  for (keyspace::Key& key : needs.synced) call_.client().synced_by_script.push_back(std::move(key));
  return std::nullopt;
}

std::optional<std::string> CommandHost::call(std::span<const std::string_view> arguments, int protocol,
                                             std::string& reply) {
  const CommandTable& table = CommandTable::get();
  const Command* command = table.find(arguments[0]);
  if (command != nullptr && !command->subcommands.empty() && arguments.size() > 1) {
    command = CommandTable::find_subcommand(*command, arguments[1]);
  }
  if (command == nullptr) {
    if (!is_known_to_redis(arguments[0])) return "Unknown Redis command called from script";
    return fmt::format("the command '{}' is not supported by Stele yet", to_lower(arguments[0]));
  }
  if (command->handler == nullptr) return "Unknown Redis command called from script";
  if (auto refused = refusal_of(*command, arguments)) {
    const std::string_view text = *refused;
    call_.statistics().count_error(text.starts_with('-') ? text.substr(1) : "ERR");
    call_.statistics().of_command(table.number(*command)).rejected.add();
    return refused;
  }
  if (command->is(flag::kWrite)) call_.head().scripts().running().note_write();
  client_.protocol = protocol;
  Call inner = call_.within_script(*command, arguments, client_, reply);
  redis::run(inner);
  const Client& caller = call_.client();
  if (caller.tracking.is_on && command->is(flag::kReadOnly)) {
    remember_reads(call_.head(), caller, *command, arguments);
    // The script's own keys too, as Redis does: it has read something.
    remember_reads(call_.head(), caller, call_.command(), call_.arguments());
  }
  return std::nullopt;
}

std::optional<bool> CommandHost::may_call(std::span<const std::string_view> arguments) {
  const Command* command = CommandTable::get().find(arguments[0]);
  if (command != nullptr && !command->subcommands.empty() && arguments.size() > 1) {
    command = CommandTable::find_subcommand(*command, arguments[1]);
  }
  if (command == nullptr || !command->takes(arguments.size())) return std::nullopt;
  const Client& client = call_.client();
  return client.user->is_unrestricted() || client.user->rules()->check(*command, arguments).is_allowed();
}

void CommandHost::log(int level, std::string_view text) {
  constexpr std::array kLevels = {LogLevel::kDebug, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn};
  log_line(kLevels[static_cast<std::size_t>(level)], "redis.script", text);
}

bool CommandHost::interrupt() {
  RunningScript& running = call_.head().scripts().running();
  const TimePoint now = std::chrono::steady_clock::now();
  const std::size_t threshold_ms = call_.head().settings().busy_milliseconds;
  if (!running.is_busy() && threshold_ms > 0 && now - began_ > std::chrono::milliseconds(threshold_ms)) {
    kLog.warn("slow script, SCRIPT KILL ends it name={}", run_.name);
    running.note_busy();
  }
  if (now - resumed_ > kTurn && lua::Fiber::is_inside()) {
    lua::Fiber::pause();
    resumed_ = std::chrono::steady_clock::now();
  }
  // Its connection was closed from this side: the node stops, or CLIENT KILL.
  const net::Stream* const stream = call_.client().stream_or_null;
  return running.is_killed() || (stream != nullptr && stream->is_closed());
}

bool read_script_arguments(Call& call, std::span<const std::string_view>& keys,
                           std::span<const std::string_view>& arguments) {
  const auto count = integer_argument(call[2]);
  if (!count) {
    call.fail(count.error());
    return false;
  }
  const auto given = static_cast<std::int64_t>(call.size()) - 3;
  if (*count > given) {
    call.fail("Number of keys can't be greater than number of args");
    return false;
  }
  if (*count < 0) {
    call.fail("Number of keys can't be negative");
    return false;
  }
  const auto size = static_cast<std::size_t>(*count);
  keys = call.arguments(3).first(size);
  arguments = call.arguments(3 + size);
  return true;
}

bool may_run(Call& call, const ScriptRun& run) {
  if (!run.has_shebang) return true;
  const bool writes = (run.flags & lua::script_flag::kNoWrites) == 0;
  if (writes && call.command().is(flag::kReadOnly)) {
    call.fail("Can not execute a script with write flag using *_ro command.");
    return false;
  }
  if (call.head().is_out_of_memory() && writes && (run.flags & lua::script_flag::kAllowOom) == 0) {
    call.fail_with_code(
        "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'");
    return false;
  }
  return true;
}

std::string_view busy_text(const RunningScript& running) {
  return running.is_function()
             ? "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
             : "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
}

void kill_script(Call& call, bool of_function) {
  RunningScript& running = call.head().scripts().running();
  switch (running.kill(of_function)) {
    case RunningScript::Kill::kDone:
      return call.reply().ok();
    case RunningScript::Kill::kNothingRuns:
      return call.fail_with_code("NOTBUSY No scripts in execution right now.");
    case RunningScript::Kill::kHasWritten:
      return call.fail_with_code(
          "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either "
          "wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.");
    case RunningScript::Kill::kOtherKind:
      return call.fail_with_code(busy_text(running));
  }
}

}  // namespace stele::redis
