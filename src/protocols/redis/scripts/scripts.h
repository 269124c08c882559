#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "protocols/redis/client.h"
#include "protocols/redis/lua/interpreter.h"

namespace stele::redis {

// Which script runs just now, and may it go on? Any thread asks and kills; the thread of the script tells.
class RunningScript {
 public:
  enum class Kill : std::uint8_t { kDone, kNothingRuns, kHasWritten, kOtherKind };

  void begin(bool is_function, std::string_view name, std::string_view request);
  void end();
  // Before its first write: from then on it is not killed.
  void note_write();
  bool has_written() const { return has_written_.load(std::memory_order_relaxed); }
  // It runs longer than busy-reply-threshold: others are told so.
  void note_busy() { is_busy_.store(true, std::memory_order_relaxed); }
  bool is_busy() const { return is_busy_.load(std::memory_order_relaxed); }
  bool is_killed() const { return is_killed_.load(std::memory_order_relaxed); }
  bool is_function() const { return is_function_.load(std::memory_order_relaxed); }
  Kill kill(bool of_function);

  struct Shown {
    std::string name;
    std::string request;
    Duration since{};
  };
  std::optional<Shown> shown() const;  // nothing if none runs

 private:
  std::atomic<bool> is_busy_ = false;
  std::atomic<bool> has_written_ = false;
  std::atomic<bool> is_killed_ = false;
  std::atomic<bool> is_function_ = false;
  mutable std::mutex mutex_;  // of what follows, and of changes of the above
  bool is_running_ = false;
  std::string name_;
  std::string request_;
  TimePoint began_{};
};

// A script that was sent once.
struct Script {
  std::string body;
  bool has_shebang = false;
  std::uint32_t flags = 0;  // lua::script_flag
};

// Which scripts are known? One interpreter for a node, used by who holds the gate; what is asked without it
// has a lock. Threads: as said at each.
class Scripts {
 public:
  // With the gate. kInvalidArgument with Redis' text, if it is no script. Its name is its SHA-1.
  Result<std::string> load(std::string_view body);
  lua::Interpreter& interpreter();
  // The client that a script's commands see.
  Client& client() { return client_; }
  void flush();

  // Any thread.
  std::shared_ptr<const Script> find(std::string_view sha) const;
  std::size_t size() const;
  std::size_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }
  void note_memory() { memory_bytes_ = interpreter_ ? interpreter_->memory_bytes() : 0; }
  RunningScript& running() { return running_; }

 private:
  std::unique_ptr<lua::Interpreter> interpreter_;  // made when first wanted
  Client client_;
  RunningScript running_;
  std::atomic<std::size_t> memory_bytes_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Script>, std::less<>> scripts_;
};

}  // namespace stele::redis
