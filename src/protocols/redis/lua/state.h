#pragma once

// What the files of this folder share about the interpreter; nobody else includes it.
#include <chrono>
#include <lua5.1/lua.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "protocols/redis/lua/interpreter.h"

namespace stele::redis::lua {

// One run, from its beginning to its reply.
struct Run {
  ScriptHost* host = nullptr;
  int protocol = 2;  // of what redis.call gives; redis.setresp changes it
  bool is_calling = false;
  TimePoint began = std::chrono::steady_clock::now();
  // While a library is loaded: what it has registered.
  std::vector<RegisteredFunction>* registered_or_null = nullptr;
};

struct Interpreter::State {
  lua_State* lua = nullptr;
  Dialect dialect = Dialect::kScripts;
  Run* run = nullptr;
  std::size_t bytes = 0;
  std::size_t bytes_max = 0;
  int runs_since_collection = 0;
  int globals = LUA_NOREF;  // the real table of globals, behind the one that scripts see
  int shown_globals = LUA_NOREF;
  int error_handler = LUA_NOREF;
};

Interpreter::State& state_of(lua_State* lua);
// Null outside of a run.
Run* run_of(lua_State* lua);

// sandbox.cc: libraries, what they lose, and that nothing of it can be changed. After the redis table is
// made.
void open_libraries(lua_State* lua);
void protect_globals(Interpreter::State& state);

// api.cc: the table "redis".
void open_redis(lua_State* lua, Dialect dialect);

// values.cc
// A reply as Lua has it, on the stack; `rest` loses it.
void push_reply(lua_State* lua, std::string_view& rest);
// {err = "CODE text"}; of a text without a code ("-CODE …") it is ERR.
void push_error(lua_State* lua, std::string_view text);
// The value on the top of the stack, which goes. False: it is too much.
bool write_value(lua_State* lua, int script_protocol, int protocol, std::string& out);

// Own libraries.
int open_cmsgpack(lua_State* lua);
int open_struct(lua_State* lua);

}  // namespace stele::redis::lua
