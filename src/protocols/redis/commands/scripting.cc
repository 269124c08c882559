// EVAL and its kin, SCRIPT.
#include <array>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/script_run.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/lua/shebang.h"

namespace stele::redis {

namespace {

constexpr std::size_t kShaBytes = 40;

void no_script(Call& call) {
  call.fail_with_code("NOSCRIPT No matching script. Please use EVAL.");
}

void run_script(Call& call, const std::string& sha) {
  std::span<const std::string_view> keys;
  std::span<const std::string_view> arguments;
  if (!read_script_arguments(call, keys, arguments)) return;
  Scripts& scripts = call.head().scripts();
  const auto script = scripts.find(sha);
  if (!script) return no_script(call);
  ScriptRun run;
  run.name = sha;
  run.has_shebang = script->has_shebang;
  run.flags = script->flags;
  run.is_read_only = call.command().is(flag::kReadOnly) || (script->flags & lua::script_flag::kNoWrites) != 0;
  if (!may_run(call, run)) return;
  lua::Interpreter& interpreter = scripts.interpreter();
  CommandHost host(call, run);
  const auto problem =
      interpreter.run(host, sha, keys, arguments, call.client().protocol, call.reply().out());
  scripts.note_memory();
  if (problem) call.fail_with_code(*problem);
}

void eval(Call& call) {
  // What is wrong with the numbers is told before what is wrong with the script.
  std::span<const std::string_view> keys;
  std::span<const std::string_view> arguments;
  if (!read_script_arguments(call, keys, arguments)) return;
  const auto sha = call.head().scripts().load(call[1]);
  if (!sha) return call.fail(sha.error());
  run_script(call, *sha);
}

void evalsha(Call& call) {
  if (call[1].size() != kShaBytes) return no_script(call);
  run_script(call, to_lower(call[1]));
}

void script_load(Call& call) {
  const auto sha = call.head().scripts().load(call[2]);
  if (!sha) return call.fail(sha.error());
  call.reply().bulk(*sha);
}

void script_exists(Call& call) {
  call.reply().array(call.size() - 2);
  for (const std::string_view sha : call.arguments(2)) {
    call.reply().integer(call.head().scripts().find(sha) ? 1 : 0);
  }
}

void script_flush(Call& call) {
  if (call.size() > 3 || (call.size() == 3 && !call.is(2, "ASYNC") && !call.is(2, "SYNC"))) {
    return call.fail("SCRIPT FLUSH only support SYNC|ASYNC option");
  }
  call.head().scripts().flush();
  call.reply().ok();
}

void script_kill(Call& call) {
  kill_script(call, false);
}

void script_help(Call& call) {
  constexpr std::array<std::string_view, 8> kLines = {
      "EXISTS <sha1> [<sha1> ...]",
      "    Return information about the existence of the scripts in the script cache.",
      "FLUSH [ASYNC|SYNC]",
      "    Flush the Lua scripts cache.",
      "KILL",
      "    Kill the currently executing Lua script.",
      "LOAD <script>",
      "    Load a script into the scripts cache without executing it.",
  };
  answer_help(call, "script", kLines);
}

constexpr std::uint32_t kRuns = flag::kNoScript | flag::kStale | flag::kRunsScript;
constexpr KeyPositions kKeys = {0, 0, 0, "RW access update", 2};
constexpr KeyPositions kReadKeys = {0, 0, 0, "RO access", 2};
constexpr auto kWhole = Reach::kWhole;
constexpr std::string_view kGroup = "scripting";
constexpr std::string_view kCost = "Depends on the script that is executed.";
constexpr std::string_view kOfBody = "O(N) where N is the length of the script";

constexpr std::array kScriptCommands = {
    Command{"script|load",
            3,
            flag::kNoScript | flag::kStale,
            {},
            kWhole,
            script_load,
            kGroup,
            "2.6.0",
            kOfBody,
            "Keeps a script"},
    Command{"script|exists",
            -3,
            flag::kNoScript,
            {},
            Reach::kNothing,
            script_exists,
            kGroup,
            "2.6.0",
            "O(N) where N is the number of scripts",
            "Says which scripts are kept"},
    Command{"script|flush",
            -2,
            flag::kNoScript,
            {},
            kWhole,
            script_flush,
            kGroup,
            "2.6.0",
            "O(N) where N is the number of scripts",
            "Forgets all scripts"},
    Command{"script|kill",
            2,
            flag::kNoScript | flag::kAllowBusy,
            {},
            Reach::kNothing,
            script_kill,
            kGroup,
            "2.6.0",
            "O(1)",
            "Ends the script that runs"},
    Command{"script|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            Reach::kNothing,
            script_help,
            kGroup,
            "5.0.0",
            "O(1)",
            "Says what SCRIPT can do"},
};

constexpr std::array kCommands = {
    Command{"eval", -3, kRuns, kKeys, kWhole, eval, kGroup, "2.6.0", kCost, "Runs a script"},
    Command{"evalsha", -3, kRuns, kKeys, kWhole, evalsha, kGroup, "2.6.0", kCost,
            "Runs a script that is kept"},
    Command{"eval_ro", -3, kRuns | flag::kReadOnly, kReadKeys, kWhole, eval, kGroup, "7.0.0", kCost,
            "Runs a script that only reads"},
    Command{"evalsha_ro", -3, kRuns | flag::kReadOnly, kReadKeys, kWhole, evalsha, kGroup, "7.0.0", kCost,
            "Runs a script that is kept and only reads"},
    Command{"script",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            kGroup,
            "2.6.0",
            "Depends on subcommand.",
            "Keeps and forgets scripts",
            kScriptCommands},
};

}  // namespace

std::span<const Command> scripting_commands() {
  return kCommands;
}

}  // namespace stele::redis
