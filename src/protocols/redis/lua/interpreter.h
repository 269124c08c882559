#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocols/redis/lua/script_host.h"

struct lua_State;

namespace stele::redis::lua {

enum class Dialect : std::uint8_t {
  kScripts,    // EVAL: KEYS and ARGV are globals
  kLibraries,  // FUNCTION LOAD: functions that are registered, and get keys and arguments
};

constexpr std::size_t kMemoryBytesMax = 512U << 20;

// A function that a library has registered.
struct RegisteredFunction {
  std::string name;
  std::string description;
  std::uint32_t flags = 0;  // script_flag
};

// Lua 5.1 as Redis has it: its libraries, redis.*, a sandbox without files and processes, in which nothing
// that the next script sees can be changed. Threads: one at a time; who runs scripts holds the gate. Cost of
// a script that is known: a few microseconds. Errors are Redis' texts. Memory is bounded: a script that wants
// more ends with an error.
class Interpreter {
 public:
  explicit Interpreter(Dialect dialect, std::size_t memory_bytes_max = kMemoryBytesMax);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Keeps the function that the body makes, under that name. kInvalidArgument: Lua's complaint.
  Result<void> compile(std::string_view name, std::string_view body);
  bool has(std::string_view name) const;

  // Runs the function of that name and appends what it returns, for a client of that protocol. Or the error,
  // with its code word; then nothing is appended.
  std::optional<std::string> run(ScriptHost& host, std::string_view name,
                                 std::span<const std::string_view> keys,
                                 std::span<const std::string_view> arguments, int protocol, std::string& out);

  // Runs the body of a library, which registers functions. If `accept` takes them, run() knows them by their
  // names afterwards; on any error none of them is kept.
  using Accept = std::function<Result<void>(const std::vector<RegisteredFunction>&)>;
  Result<std::vector<RegisteredFunction>> load_library(ScriptHost& host, std::string_view body,
                                                       const Accept& accept);
  void forget(std::string_view name);

  std::size_t memory_bytes() const;

  struct State;  // for lua/ alone

 private:
  std::string register_functions(std::string_view body);

  std::unique_ptr<State> state_;
};

// As redis.sha1hex has it.
std::string sha1_hex(std::string_view text);

}  // namespace stele::redis::lua
