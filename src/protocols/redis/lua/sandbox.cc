// What scripts see of Lua: no files, no processes, no bytecode; and nothing that outlives a script can be
// changed. Lua 5.1 has no tables that cannot be written, so scripts get empty ones in front of the real ones.
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "protocols/redis/lua/state.h"

// Their headers know nothing of C++.
extern "C" {
int luaopen_bit(lua_State* lua);
int luaopen_cjson(lua_State* lua);
}

namespace stele::redis::lua {

namespace {

constexpr const char* kReadOnly = "Attempt to modify a readonly table";
// Matching recurses with the pattern.
constexpr std::size_t kPatternBytesMax = 16 * 1024;
// In the metatables of the tables in front.
constexpr const char* kMark = "__protected";

int refuse_write(lua_State* lua) {
  return luaL_error(lua, kReadOnly);
}

bool is_protected(lua_State* lua, int index) {
  if (lua_istable(lua, index) == 0 || lua_getmetatable(lua, index) == 0) return false;
  lua_pushstring(lua, kMark);
  lua_rawget(lua, -2);
  const bool is_marked = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 2);
  return is_marked;
}

// Calls the function that was there before, which is the first upvalue.
int call_former(lua_State* lua) {
  const int count = lua_gettop(lua);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, count, LUA_MULTRET);
  return lua_gettop(lua);
}

int call_unless_protected(lua_State* lua) {
  return is_protected(lua, 1) ? luaL_error(lua, kReadOnly) : call_former(lua);
}

int match(lua_State* lua) {
  std::size_t size = 0;
  if (lua_type(lua, 2) == LUA_TSTRING) lua_tolstring(lua, 2, &size);
  return size > kPatternBytesMax ? luaL_error(lua, "pattern too complex") : call_former(lua);
}

// Iteration of what lies behind.
int next_behind(lua_State* lua) {
  if (is_protected(lua, 1)) {
    lua_getmetatable(lua, 1);
    lua_getfield(lua, -1, "__index");
    lua_replace(lua, 1);
    lua_settop(lua, 2);
  }
  return call_former(lua);
}

// The first upvalue is next, which looks behind; the real table is not shown.
int pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

// Source only: bytecode can do what the language cannot.
int load_text(lua_State* lua, const char* text, std::size_t size, const char* name) {
  const bool is_bytecode = size > 0 && text[0] == LUA_SIGNATURE[0];
  if (!is_bytecode && luaL_loadbuffer(lua, text, size, name) == 0) return 1;
  if (is_bytecode) lua_pushliteral(lua, "bytecode is not allowed");
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

int loadstring(lua_State* lua) {
  std::size_t size = 0;
  const char* const text = luaL_checklstring(lua, 1, &size);
  return load_text(lua, text, size, luaL_optstring(lua, 2, text));
}

int load(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  const char* const name = luaL_optstring(lua, 2, "=(load)");
  std::string text;
  while (true) {
    lua_pushvalue(lua, 1);
    lua_call(lua, 0, 1);
    std::size_t size = 0;
    if (lua_isnil(lua, -1)) break;
    if (lua_type(lua, -1) != LUA_TSTRING) return luaL_error(lua, "reader function must return a string");
    const char* const piece = lua_tolstring(lua, -1, &size);
    if (size == 0) break;
    text.append(piece, size);
    lua_pop(lua, 1);
  }
  return load_text(lua, text.data(), text.size(), name);
}

// As Redis: of an error that is a table the text is given.
int pcall(lua_State* lua) {
  const int count = lua_gettop(lua);
  luaL_checkany(lua, 1);
  lua_pushboolean(lua, 1);
  lua_insert(lua, 1);
  if (lua_pcall(lua, count - 1, LUA_MULTRET, 0) == 0) return lua_gettop(lua);
  lua_remove(lua, 1);
  if (lua_istable(lua, -1) != 0) {
    lua_getfield(lua, -1, "err");
    if (lua_isstring(lua, -1) != 0) {
      lua_replace(lua, -2);
    } else {
      lua_pop(lua, 1);
    }
  }
  lua_pushboolean(lua, 0);
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

int clock(lua_State* lua) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  lua_pushnumber(lua, std::chrono::duration<double>(now).count());
  return 1;
}

// math.random as drand48's numbers, the same after the same seed everywhere, as Redis has them.
constexpr std::uint64_t kRandomMask = (1ULL << 48U) - 1;
constexpr double kRandomMax = 2147483648.0;

struct Random {
  std::uint64_t state = 0x1234ABCD330EULL;
  std::int64_t next() {
    state = (state * 0x5DEECE66DULL + 11) & kRandomMask;
    return static_cast<std::int64_t>(state >> 17U);
  }
};

Random& random_of(lua_State* lua) {
  return *static_cast<Random*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

int random(lua_State* lua) {
  const double share = static_cast<double>(random_of(lua).next()) / kRandomMax;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, share);
      return 1;
    case 1: {
      const int last = luaL_checkint(lua, 1);
      luaL_argcheck(lua, 1 <= last, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(share * last) + 1);
      return 1;
    }
    case 2: {
      const int first = luaL_checkint(lua, 1);
      const int last = luaL_checkint(lua, 2);
      luaL_argcheck(lua, first <= last, 2, "interval is empty");
      const double width = static_cast<double>(last) - first + 1;
      lua_pushnumber(lua, std::floor(share * width) + first);
      return 1;
    }
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
}

int randomseed(lua_State* lua) {
  const auto seed = static_cast<std::uint32_t>(luaL_checkint(lua, 1));
  random_of(lua).state = (static_cast<std::uint64_t>(seed) << 16U) | 0x330EU;
  return 0;
}

void open_library(lua_State* lua, const char* name, lua_CFunction open) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// Of the table on the top: the member becomes a closure over what it was.
void wrap(lua_State* lua, const char* name, lua_CFunction function) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, function, 1);
  lua_setfield(lua, -2, name);
}

void set_function(lua_State* lua, const char* name, lua_CFunction function) {
  lua_pushcfunction(lua, function);
  lua_setfield(lua, -2, name);
}

void replace_functions(lua_State* lua) {
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  for (const char* const gone :
       {"dofile", "loadfile", "print", "require", "module", "package", "debug", "newproxy"}) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, gone);
  }
  set_function(lua, "loadstring", loadstring);
  set_function(lua, "load", load);
  set_function(lua, "pcall", pcall);
  wrap(lua, "rawset", call_unless_protected);
  wrap(lua, "setmetatable", call_unless_protected);
  wrap(lua, "next", next_behind);
  lua_getfield(lua, -1, "next");
  lua_pushcclosure(lua, pairs, 1);
  lua_setfield(lua, -2, "pairs");
  lua_newtable(lua);
  set_function(lua, "clock", clock);
  lua_setfield(lua, -2, "os");
  lua_getfield(lua, -1, "string");
  for (const char* const name : {"find", "match", "gmatch", "gsub"}) wrap(lua, name, match);
  lua_pop(lua, 1);
  lua_getfield(lua, -1, "math");
  new (lua_newuserdata(lua, sizeof(Random))) Random();
  lua_pushvalue(lua, -1);
  lua_pushcclosure(lua, random, 1);
  lua_setfield(lua, -3, "random");
  lua_pushcclosure(lua, randomseed, 1);
  lua_setfield(lua, -2, "randomseed");
  lua_pop(lua, 2);
}

int missing_global(lua_State* lua) {
  const char* const name = lua_tostring(lua, 2);
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'",
                    name == nullptr ? "?" : name);
}

// The table on the top gives way to one in front of it.
void put_in_front(lua_State* lua) {
  lua_newtable(lua);           // in front
  lua_createtable(lua, 0, 4);  // its metatable
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  set_function(lua, "__newindex", refuse_write);
  lua_pushboolean(lua, 1);
  lua_setfield(lua, -2, kMark);
  lua_getfield(lua, LUA_REGISTRYINDEX, "no_metatable");
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_replace(lua, -2);
}

}  // namespace

void open_libraries(lua_State* lua) {
  open_library(lua, "", luaopen_base);
  open_library(lua, LUA_TABLIBNAME, luaopen_table);
  open_library(lua, LUA_STRLIBNAME, luaopen_string);
  open_library(lua, LUA_MATHLIBNAME, luaopen_math);
  open_library(lua, LUA_DBLIBNAME, luaopen_debug);  // for the handler of errors, then it goes
  open_library(lua, "struct", open_struct);
  open_library(lua, "cmsgpack", open_cmsgpack);
  open_library(lua, "bit", luaopen_bit);
  // This one is not its own global.
  lua_pushcfunction(lua, luaopen_cjson);
  lua_call(lua, 0, 1);
  lua_setglobal(lua, "cjson");
}

void protect_globals(Interpreter::State& state) {
  lua_State* const lua = state.lua;
  replace_functions(lua);
  // What getmetatable shows of a protected table: one that cannot be written either.
  lua_newtable(lua);
  lua_newtable(lua);
  set_function(lua, "__newindex", refuse_write);
  lua_pushboolean(lua, 1);
  lua_setfield(lua, -2, kMark);
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_setfield(lua, LUA_REGISTRYINDEX, "no_metatable");
  // The libraries.
  for (const char* const name :
       {"string", "table", "math", "coroutine", "struct", "cmsgpack", "bit", "cjson", "redis", "os"}) {
    lua_getglobal(lua, name);
    put_in_front(lua);
    lua_setglobal(lua, name);
  }
  // Texts have a metatable too.
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
  // The globals: what is not there is an error.
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  state.globals = luaL_ref(lua, LUA_REGISTRYINDEX);
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  lua_newtable(lua);
  set_function(lua, "__index", missing_global);
  lua_setmetatable(lua, -2);
  put_in_front(lua);
  lua_pushvalue(lua, -1);
  lua_setglobal(lua, "_G");
  state.shown_globals = luaL_ref(lua, LUA_REGISTRYINDEX);
}

}  // namespace stele::redis::lua
