// The server itself: INFO, TIME, ROLE; and what is left of scripts while there are none.
#include <array>
#include <string>

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

// There are no functions and no scripts, so there is nothing to forget, to list or to find.
void flush_nothing(Call& call) {
  if (call.size() > 3 || (call.size() == 3 && !call.is(2, "ASYNC") && !call.is(2, "SYNC"))) {
    return call.fail_syntax();
  }
  call.reply().ok();
}

void function_list(Call& call) {
  call.reply().array(0);
}

void script_exists(Call& call) {
  call.reply().array(call.size() - 2);
  for (std::size_t i = 2; i < call.size(); ++i) call.reply().integer(0);
}

constexpr std::uint32_t kAlways = flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;

constexpr std::array kFunctionCommands = {
    Command{"function|flush",
            -2,
            flag::kNoScript | flag::kWrite,
            {},
            kNothing,
            flush_nothing,
            "scripting",
            "7.0.0",
            "O(1)",
            "Forgets all functions, of which there are none"},
    Command{"function|list",
            -2,
            flag::kNoScript,
            {},
            kNothing,
            function_list,
            "scripting",
            "7.0.0",
            "O(1)",
            "Lists all functions, of which there are none"},
};

constexpr std::array kScriptCommands = {
    Command{"script|flush",
            -2,
            flag::kNoScript,
            {},
            kNothing,
            flush_nothing,
            "scripting",
            "2.6.0",
            "O(1)",
            "Forgets all scripts, of which there are none"},
    Command{"script|exists",
            -3,
            flag::kNoScript,
            {},
            kNothing,
            script_exists,
            "scripting",
            "2.6.0",
            "O(N)",
            "Says that scripts are not there"},
};

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
    Command{"role",
            1,
            kAlways | flag::kNoScript | flag::kFast | flag::kAdmin | flag::kDangerous,
            {},
            kNothing,
            role,
            "server",
            "2.8.12",
            "O(1)",
            "Answers the role in replication: a master without replicas"},
    Command{"function",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            "scripting",
            "7.0.0",
            "Depends on subcommand.",
            "Functions are not supported yet",
            kFunctionCommands},
    Command{"script",
            -2,
            0,
            {},
            kNothing,
            nullptr,
            "scripting",
            "2.6.0",
            "Depends on subcommand.",
            "Scripts are not supported yet",
            kScriptCommands},
};

}  // namespace

std::span<const Command> server_commands() {
  return kCommands;
}

}  // namespace stele::redis
