#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocols/redis/lua/interpreter.h"

namespace stele::redis {

// A library of functions, as FUNCTION LOAD brought it.
struct Library {
  std::string name;
  std::string code;
  std::vector<lua::RegisteredFunction> functions;
};

// Which functions may FCALL call? They live in an interpreter of their own. Changed and run with the gate;
// what is asked without it has a lock.
class Functions {
 public:
  // With the gate. The library's name; kInvalidArgument with Redis' text.
  Result<std::string> load(lua::ScriptHost& host, std::string_view code, bool replaces);
  bool remove(std::string_view library);
  void flush();
  lua::Interpreter& interpreter();

  // Any thread.
  std::optional<lua::RegisteredFunction> find(std::string_view function) const;
  std::vector<std::shared_ptr<const Library>> libraries() const;  // by name
  void note_memory() { memory_bytes_ = interpreter_ ? interpreter_->memory_bytes() : 0; }
  std::size_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }

 private:
  Result<void> check_names(const std::vector<lua::RegisteredFunction>& functions,
                           std::string_view library) const;

  std::unique_ptr<lua::Interpreter> interpreter_;  // made when first wanted
  std::atomic<std::size_t> memory_bytes_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Library>, std::less<>> libraries_;
};

}  // namespace stele::redis
