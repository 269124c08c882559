#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stele::redis::lua {

// What a script may ask of the server that runs it. One run's; called on its thread, from within the
// interpreter.
class ScriptHost {
 public:
  virtual ~ScriptHost() = default;

  // redis.call: runs the command and appends its reply in that protocol. Or the reason why it was not run: a
  // text, or "-CODE text".
  virtual std::optional<std::string> call(std::span<const std::string_view> arguments, int protocol,
                                          std::string& reply) = 0;
  // Whether the script's user may run the command; nothing if there is none of that name.
  virtual std::optional<bool> may_call(std::span<const std::string_view> arguments) = 0;
  virtual void log(int level, std::string_view text) = 0;
  // Every so many instructions. True: the script has to end.
  virtual bool interrupt() = 0;
};

}  // namespace stele::redis::lua
