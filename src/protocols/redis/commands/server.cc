// The server itself: INFO, TIME, ROLE.
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
};

}  // namespace

std::span<const Command> server_commands() {
  return kCommands;
}

}  // namespace stele::redis
