#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace stele {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

// Where lines go and from which level on. Call before other threads log. The default is info to stderr.
void set_log_level(LogLevel level);
// "debug", "info", "warn" or "error"; false for anything else.
bool set_log_level(std::string_view name);
bool log_enabled(LogLevel level);

// One line: time, level, [module], the message. Any thread. Messages are a fixed sentence followed by
// key=value pairs; never keys, documents or passwords of users.
void log_line(LogLevel level, std::string_view module, std::string_view message);

// One logger a module: `constexpr Logger kLog("net");  kLog.warn("connection refused peer={}", peer);`
class Logger {
 public:
  constexpr explicit Logger(std::string_view module) : module_(module) {}

  template <class... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::kDebug, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::kInfo, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::kWarn, format, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) const {
    write(LogLevel::kError, format, std::forward<Args>(args)...);
  }

 private:
  template <class... Args>
  void write(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
    if (log_enabled(level)) log_line(level, module_, fmt::format(format, std::forward<Args>(args)...));
  }

  std::string_view module_;
};

}  // namespace stele
