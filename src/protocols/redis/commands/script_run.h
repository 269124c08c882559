#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/lua/script_host.h"

namespace stele::redis {

// What runs: a script or a function, with what it said of itself.
struct ScriptRun {
  std::string_view name;
  bool is_function = false;
  bool has_shebang = false;   // else it may do everything, as scripts of old
  std::uint32_t flags = 0;    // lua::script_flag
  bool is_read_only = false;  // EVAL_RO and its like
};

// What a script asks of the server: commands of the same table as the clients', within the group of the
// script's own command, for the client that sent it. Lives for one run.
class CommandHost final : public lua::ScriptHost {
 public:
  CommandHost(Call& call, const ScriptRun& run);
  ~CommandHost() override;
  CommandHost(const CommandHost&) = delete;
  CommandHost& operator=(const CommandHost&) = delete;

  std::optional<std::string> call(std::span<const std::string_view> arguments, int protocol,
                                  std::string& reply) override;
  std::optional<bool> may_call(std::span<const std::string_view> arguments) override;
  void log(int level, std::string_view text) override;
  bool interrupt() override;

 private:
  // Why the command is not run, as redis.call tells it; nothing if it is.
  std::optional<std::string> refusal_of(const Command& command, std::span<const std::string_view> arguments);
  std::optional<std::string> durability_refusal(const Command& command,
                                                std::span<const std::string_view> arguments);
  bool is_let_through(const Command& command) const;

  Call& call_;
  const ScriptRun run_;
  Client& client_;  // the one that commands see: its database and protocol are the script's own
  const TimePoint began_;
  TimePoint resumed_;
  // As it was when the script began, so that it does not stop half-way.
  const bool is_out_of_memory_;
};

// Among the kept parameters: "yes" lets scripts run commands that are denied to them, for tests.
constexpr std::string_view kDeniedInScripts = "debug-set-disable-deny-scripts";

// The keys and arguments of EVAL and FCALL, whose third word counts the keys; false after an error was
// answered.
bool read_script_arguments(Call& call, std::span<const std::string_view>& keys,
                           std::span<const std::string_view>& arguments);
// Whether what the script said of itself lets it run now; false after an error was answered.
bool may_run(Call& call, const ScriptRun& run);

// Answers SCRIPT KILL and FUNCTION KILL.
void kill_script(Call& call, bool of_function);
// What others are told while a script runs for long.
std::string_view busy_text(const RunningScript& running);

}  // namespace stele::redis
