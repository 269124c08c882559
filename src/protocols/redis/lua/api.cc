// The table "redis" of scripts and libraries.
#include <array>
#include <cmath>
#include <cstdio>

#include "crypto/hash.h"
#include "protocols/redis/lua/shebang.h"
#include "protocols/redis/lua/state.h"
#include "protocols/redis/version.h"

namespace stele::redis::lua {

namespace {

constexpr int kLogWarning = 3;
constexpr int kReplicateAll = 3;
constexpr int kVersionNumber = 0x0007000F;

// Raises; luaL_error would say where, which the handler does.
int raise(lua_State* lua, std::string_view text) {
  push_error(lua, text);
  return lua_error(lua);
}

Run& run_or_raise(lua_State* lua, const char* complaint) {
  Run* const run = run_of(lua);
  if (run == nullptr) raise(lua, complaint);
  return *run;
}

// The arguments as texts: numbers as Redis prints them. False if one is neither.
class Arguments {
 public:
  explicit Arguments(lua_State* lua) {
    const int count = lua_gettop(lua);
    views_.reserve(static_cast<std::size_t>(count));
    numbers_.reserve(static_cast<std::size_t>(count));  // views into them stay
    for (int i = 1; i <= count; ++i) {
      if (lua_type(lua, i) == LUA_TNUMBER) {
        std::array<char, 40> text;
        const int size = std::snprintf(text.data(), text.size(), "%.17g", lua_tonumber(lua, i));
        numbers_.emplace_back(text.data(), static_cast<std::size_t>(size));
        views_.emplace_back(numbers_.back());
      } else if (lua_type(lua, i) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* const bytes = lua_tolstring(lua, i, &size);
        views_.emplace_back(bytes, size);
      } else {
        is_good_ = false;
        return;
      }
    }
  }
  const char* problem() const {
    if (!is_good_) return "Lua redis lib command arguments must be strings or integers";
    return views_.empty() ? "Please specify at least one argument for this redis lib call" : nullptr;
  }
  std::span<const std::string_view> views() const { return views_; }

 private:
  std::vector<std::string_view> views_;
  std::vector<std::string> numbers_;
  bool is_good_ = true;
};

// Leaves the reply, or an error's table, on the stack. Whether it is an error.
bool push_answer(lua_State* lua, Run& run) {
  const Arguments arguments(lua);
  if (arguments.problem() != nullptr) {
    push_error(lua, arguments.problem());
    return true;
  }
  std::string reply;
  run.is_calling = true;
  const auto refused = run.host->call(arguments.views(), run.protocol, reply);
  run.is_calling = false;
  lua_settop(lua, 0);
  if (refused) {
    push_error(lua, *refused);
    lua_pushboolean(lua, 1);
    lua_setfield(lua, -2, "ignore_error_stats_update");
    return true;
  }
  std::string_view rest = reply;
  push_reply(lua, rest);
  return reply.starts_with('-');
}

int call_command(lua_State* lua, bool raises) {
  constexpr const char* kOnlyInside = "redis.call/pcall can only be called inside a script invocation";
  Run& run = run_or_raise(lua, kOnlyInside);
  if (run.registered_or_null != nullptr) return raise(lua, kOnlyInside);
  const bool is_error = push_answer(lua, run);
  return is_error && raises ? lua_error(lua) : 1;
}

int redis_call(lua_State* lua) {
  return call_command(lua, true);
}
int redis_pcall(lua_State* lua) {
  return call_command(lua, false);
}

int redis_sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "wrong number of arguments");
  std::size_t size = 0;
  const char* const bytes = lua_tolstring(lua, 1, &size);
  const std::string digest = sha1_hex({bytes == nullptr ? "" : bytes, size});
  lua_pushlstring(lua, digest.data(), digest.size());
  return 1;
}

int redis_error_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, -1) != LUA_TSTRING) {
    push_error(lua, "wrong number or type of arguments");
    return 1;
  }
  const std::string text = lua_tostring(lua, -1);
  push_error(lua, text.starts_with('-') ? text : "-" + text);
  return 1;
}

int redis_status_reply(lua_State* lua) {
  if (lua_gettop(lua) != 1 || lua_type(lua, -1) != LUA_TSTRING) {
    push_error(lua, "wrong number or type of arguments");
    return 1;
  }
  lua_newtable(lua);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

// There are no replicas by commands: what is asked is checked, and nothing follows.
int redis_set_repl(lua_State* lua) {
  run_or_raise(lua, "redis.set_repl can only be called inside a script invocation");
  if (lua_gettop(lua) != 1) return raise(lua, "redis.set_repl() requires two arguments.");
  const int flags = static_cast<int>(lua_tonumber(lua, -1));
  if ((flags & ~kReplicateAll) != 0) {
    return raise(lua, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  return 0;
}

int redis_replicate_commands(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

// There is no debugger.
int redis_breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}
int redis_debug(lua_State*) {
  return 0;
}

int redis_acl_check_cmd(lua_State* lua) {
  Run& run = run_or_raise(lua, "redis.acl_check_cmd can only be called inside a script invocation");
  std::optional<bool> may;
  {
    const Arguments arguments(lua);
    if (arguments.problem() == nullptr) {
      may = run.host->may_call(arguments.views());
      if (!may) push_error(lua, "Invalid command passed to redis.acl_check_cmd()");
    } else {
      push_error(lua, arguments.problem());
    }
  }
  if (!may) return lua_error(lua);
  lua_pushboolean(lua, *may ? 1 : 0);
  return 1;
}

int redis_log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2) return raise(lua, "redis.log() requires two arguments or more.");
  if (lua_isnumber(lua, 1) == 0) return raise(lua, "First argument must be a number (log level).");
  const int level = static_cast<int>(lua_tonumber(lua, 1));
  if (level < 0 || level > kLogWarning) return raise(lua, "Invalid debug level.");
  Run* const run = run_of(lua);
  std::string line;
  for (int i = 2; i <= count; ++i) {
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(lua, i, &size);
    if (bytes == nullptr) continue;
    if (i > 2) line += ' ';
    line.append(bytes, size);
  }
  if (run != nullptr) run->host->log(level, line);
  return 0;
}

int redis_setresp(lua_State* lua) {
  Run& run = run_or_raise(lua, "redis.setresp can only be called inside a script invocation");
  if (lua_gettop(lua) != 1) return raise(lua, "redis.setresp() requires one argument.");
  const int protocol = static_cast<int>(lua_tonumber(lua, 1));
  if (protocol != 2 && protocol != 3) return raise(lua, "RESP version must be 2 or 3.");
  run.protocol = protocol;
  return 0;
}

// With the NULs in it.
std::string text_of(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* const bytes = lua_tolstring(lua, index, &size);
  return {bytes, size};
}

bool is_function_name(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    const bool is_good =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_good) return false;
  }
  return true;
}

// The table's "flags": false after an error was pushed.
bool read_flags(lua_State* lua, int index, std::uint32_t& flags) {
  if (lua_istable(lua, index) == 0) {
    push_error(lua, "flags argument to redis.register_function must be a table representing function flags");
    return false;
  }
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, index, i);
    if (lua_isnil(lua, -1)) break;
    const std::uint32_t flag = lua_type(lua, -1) == LUA_TSTRING ? script_flag_of(lua_tostring(lua, -1)) : 0;
    if (flag == 0) {
      push_error(lua, "unknown flag given");
      return false;
    }
    flags |= flag;
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
  return true;
}

// Of the form with names. Leaves the callback on the stack; null, or what is wrong.
const char* read_named(lua_State* lua, RegisteredFunction& function) {
  if (lua_istable(lua, 1) == 0) {
    return "calling redis.register_function with a single argument is only applicable to Lua table "
           "(representing named arguments).";
  }
  bool has_callback = false;
  bool has_name = false;
  lua_pushnil(lua);  // 2: the callback's place
  lua_insert(lua, 2);
  for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
    if (lua_type(lua, -2) != LUA_TSTRING) {
      return "named argument key given to redis.register_function is not a string";
    }
    const std::string_view key = lua_tostring(lua, -2);
    if (key == "function_name") {
      if (lua_type(lua, -1) != LUA_TSTRING)
        return "function_name argument given to redis.register_function must be a string";
      function.name = text_of(lua, -1);
      has_name = true;
    } else if (key == "description") {
      if (lua_type(lua, -1) != LUA_TSTRING)
        return "description argument given to redis.register_function must be a string";
      function.description = text_of(lua, -1);
    } else if (key == "callback") {
      if (lua_isfunction(lua, -1) == 0)
        return "callback argument given to redis.register_function must be a function";
      lua_pushvalue(lua, -1);
      lua_replace(lua, 2);
      has_callback = true;
    } else if (key == "flags") {
      if (!read_flags(lua, lua_gettop(lua), function.flags)) return "";
    } else {
      return "unknown argument given to redis.register_function";
    }
  }
  if (!has_name) return "redis.register_function must get a function name argument";
  if (!has_callback) return "redis.register_function must get a callback argument";
  lua_settop(lua, 2);
  return nullptr;
}

const char* read_positional(lua_State* lua, RegisteredFunction& function) {
  if (lua_type(lua, 1) != LUA_TSTRING) return "first argument to redis.register_function must be a string";
  if (lua_isfunction(lua, 2) == 0) return "second argument to redis.register_function must be a function";
  function.name = text_of(lua, 1);
  return nullptr;
}

// Null, or what is wrong: "" when it is on the stack already.
const char* register_function(lua_State* lua) {
  Run* const run = run_of(lua);
  if (run == nullptr || run->registered_or_null == nullptr) {
    return "redis.register_function can only be called on FUNCTION LOAD command";
  }
  const int count = lua_gettop(lua);
  if (count < 1 || count > 2) return "wrong number of arguments to redis.register_function";
  RegisteredFunction function;
  const char* const problem = count == 1 ? read_named(lua, function) : read_positional(lua, function);
  if (problem != nullptr) return problem;
  if (!is_function_name(function.name)) {
    return "Library names can only contain letters, numbers, or underscores(_) and must be at least one "
           "character long";
  }
  for (const RegisteredFunction& each : *run->registered_or_null) {
    if (each.name == function.name) return "Function already exists in the library";
  }
  const std::string key = "new_" + function.name;
  lua_setfield(lua, LUA_REGISTRYINDEX, key.c_str());
  run->registered_or_null->push_back(std::move(function));
  return nullptr;
}

int redis_register_function(lua_State* lua) {
  const char* const problem = register_function(lua);
  if (problem == nullptr) return 0;
  if (*problem != '\0') push_error(lua, problem);
  return lua_error(lua);
}

struct Number {
  const char* name;
  int value;
};

}  // namespace

std::string sha1_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : crypto::sha1(text)) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4U];
    hex += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return hex;
}

void open_redis(lua_State* lua, Dialect dialect) {
  constexpr std::array kShared = {
      luaL_Reg{"call", redis_call},
      luaL_Reg{"pcall", redis_pcall},
      luaL_Reg{"log", redis_log},
      luaL_Reg{"setresp", redis_setresp},
      luaL_Reg{"sha1hex", redis_sha1hex},
      luaL_Reg{"error_reply", redis_error_reply},
      luaL_Reg{"status_reply", redis_status_reply},
      luaL_Reg{"set_repl", redis_set_repl},
      luaL_Reg{"acl_check_cmd", redis_acl_check_cmd},
  };
  constexpr std::array kOfScripts = {luaL_Reg{"replicate_commands", redis_replicate_commands},
                                     luaL_Reg{"breakpoint", redis_breakpoint},
                                     luaL_Reg{"debug", redis_debug}};
  constexpr std::array kNumbers = {Number{"LOG_DEBUG", 0},
                                   Number{"LOG_VERBOSE", 1},
                                   Number{"LOG_NOTICE", 2},
                                   Number{"LOG_WARNING", kLogWarning},
                                   Number{"REPL_NONE", 0},
                                   Number{"REPL_AOF", 1},
                                   Number{"REPL_SLAVE", 2},
                                   Number{"REPL_REPLICA", 2},
                                   Number{"REPL_ALL", kReplicateAll},
                                   Number{"REDIS_VERSION_NUM", kVersionNumber}};
  const auto add = [lua](const luaL_Reg& each) {
    lua_pushcfunction(lua, each.func);
    lua_setfield(lua, -2, each.name);
  };
  lua_newtable(lua);
  for (const luaL_Reg& each : kShared) add(each);
  if (dialect == Dialect::kScripts) {
    for (const luaL_Reg& each : kOfScripts) add(each);
  } else {
    add({"register_function", redis_register_function});
  }
  for (const Number& each : kNumbers) {
    lua_pushnumber(lua, each.value);
    lua_setfield(lua, -2, each.name);
  }
  lua_pushlstring(lua, kRedisVersion.data(), kRedisVersion.size());
  lua_setfield(lua, -2, "REDIS_VERSION");
  lua_setglobal(lua, "redis");
}

}  // namespace stele::redis::lua
