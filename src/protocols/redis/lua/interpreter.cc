#include "protocols/redis/lua/interpreter.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "base/check.h"
#include "protocols/redis/lua/state.h"

namespace stele::redis::lua {

namespace {

constexpr std::size_t kReservedBytes = 64U << 20;  // for what is done between runs, which must not fail
// So often the host is asked whether the script may go on.
constexpr int kInstructionsBetweenInterrupts = 10'000;
constexpr int kRunsBetweenCollections = 50;
constexpr Duration kLoadTimeMax = std::chrono::milliseconds(500);

constexpr std::string_view kErrorHandler = R"(local dbg = debug
return function(err)
  local i = dbg.getinfo(2, 'nSl')
  if i and i.what == 'C' then
    i = dbg.getinfo(3, 'nSl')
  end
  if type(err) ~= 'table' then
    err = {err = 'ERR ' .. tostring(err)}
  end
  if i then
    err['source'] = i.source
    err['line'] = i.currentline
  end
  return err
end)";

void* allocate(void* context, void* block, std::size_t size, std::size_t wanted) {
  auto& state = *static_cast<Interpreter::State*>(context);
  if (block == nullptr) size = 0;
  if (wanted == 0) {
    std::free(block);
    state.bytes -= size;
    return nullptr;
  }
  const std::size_t bytes_max = state.bytes_max + (state.run != nullptr ? 0 : kReservedBytes);
  if (wanted > size && state.bytes + wanted - size > bytes_max) return nullptr;
  void* const moved = std::realloc(block, wanted);
  if (moved != nullptr) state.bytes += wanted - size;
  return moved;
}

// A library that does not come to an end while it is loaded.
void stop_loading(lua_State* lua, lua_Debug*) {
  if (std::chrono::steady_clock::now() - run_of(lua)->began < kLoadTimeMax) return;
  lua_sethook(lua, stop_loading, LUA_MASKLINE, 0);
  push_error(lua, "FUNCTION LOAD timeout");
  lua_error(lua);
}

void interrupt(lua_State* lua, lua_Debug*) {
  Run* const run = run_of(lua);
  if (run == nullptr || !run->host->interrupt()) return;
  // From now on at each line, so that no pcall of the script can go on.
  lua_sethook(lua, interrupt, LUA_MASKLINE, 0);
  push_error(lua, "Script killed by user with SCRIPT KILL...");
  lua_error(lua);
}

std::string text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* const bytes = lua_tolstring(lua, index, &size);
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

// A field of the table on the top, as text; "" if it is none.
std::string field(lua_State* lua, const char* name) {
  // Not by its metatable, which is the script's.
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  std::string text = text_at(lua, -1);
  lua_pop(lua, 1);
  return text;
}

// The error on the top of the stack, for the client of this script.
std::string error_of(lua_State* lua, std::string_view name) {
  if (lua_istable(lua, -1) == 0) {
    const std::string text = lua_isstring(lua, -1) != 0 ? text_at(lua, -1) : "execution failure";
    return fmt::format("ERR Error running script {}, {:.100}", name, text);
  }
  std::string text = field(lua, "err");
  const std::string source = field(lua, "source");
  const std::string line = field(lua, "line");
  if (text.empty()) text = "ERR unknown error";
  if (!source.empty() && !line.empty()) text += fmt::format(" script: {}, on {}:{}.", name, source, line);
  return text;
}

void push_texts(lua_State* lua, std::span<const std::string_view> texts) {
  lua_createtable(lua, static_cast<int>(texts.size()), 0);
  int i = 0;
  for (const std::string_view text : texts) {
    lua_pushlstring(lua, text.data(), text.size());
    lua_rawseti(lua, -2, ++i);
  }
}

// Whatever a script did to its thread's table of globals.
void show_globals(Interpreter::State& state) {
  lua_rawgeti(state.lua, LUA_REGISTRYINDEX, state.shown_globals);
  lua_replace(state.lua, LUA_GLOBALSINDEX);
}

void set_global(Interpreter::State& state, const char* name) {
  lua_rawgeti(state.lua, LUA_REGISTRYINDEX, state.globals);
  lua_insert(state.lua, -2);
  lua_pushstring(state.lua, name);
  lua_insert(state.lua, -2);
  lua_rawset(state.lua, -3);
  lua_pop(state.lua, 1);
}

struct Request {
  Interpreter::State* state;
  std::string_view name;
  std::span<const std::string_view> keys;
  std::span<const std::string_view> arguments;
  int protocol;
  std::string* out;
};

// Within a protected call, so that memory that runs out ends the script and nothing else.
int run_protected(lua_State* lua) {
  const Request& request = *static_cast<const Request*>(lua_touserdata(lua, 1));
  Interpreter::State& state = *request.state;
  lua_settop(lua, 0);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, state.error_handler);
  if (state.dialect == Dialect::kLibraries) lua_pushliteral(lua, "f_");
  lua_pushlstring(lua, request.name.data(), request.name.size());
  if (state.dialect == Dialect::kLibraries) lua_concat(lua, 2);
  lua_gettable(lua, LUA_REGISTRYINDEX);
  push_texts(lua, request.keys);
  if (state.dialect == Dialect::kScripts) set_global(state, "KEYS");
  push_texts(lua, request.arguments);
  if (state.dialect == Dialect::kScripts) set_global(state, "ARGV");
  const int arguments = state.dialect == Dialect::kScripts ? 0 : 2;
  if (lua_pcall(lua, arguments, 1, 1) != 0) return lua_error(lua);
  const std::size_t begin = request.out->size();
  if (!write_value(lua, state.run->protocol, request.protocol, *request.out)) {
    request.out->resize(begin);
    push_error(lua, "the reply of the script is too large");
    return lua_error(lua);
  }
  return 0;
}

void end_run(Interpreter::State& state) {
  lua_sethook(state.lua, nullptr, 0, 0);
  lua_settop(state.lua, 0);
  show_globals(state);
  state.run = nullptr;
  if (state.bytes > state.bytes_max / 2) lua_gc(state.lua, LUA_GCCOLLECT, 0);
  if (++state.runs_since_collection < kRunsBetweenCollections) return;
  state.runs_since_collection = 0;
  lua_gc(state.lua, LUA_GCRESTART, 0);
  lua_gc(state.lua, LUA_GCSTEP, kRunsBetweenCollections);
}

}  // namespace

Interpreter::State& state_of(lua_State* lua) {
  void* context = nullptr;
  (void)lua_getallocf(lua, &context);
  return *static_cast<Interpreter::State*>(context);
}

Run* run_of(lua_State* lua) {
  return state_of(lua).run;
}

Interpreter::Interpreter(Dialect dialect, std::size_t memory_bytes_max) : state_(std::make_unique<State>()) {
  state_->bytes_max = memory_bytes_max;
  state_->dialect = dialect;
  lua_State* const lua = state_->lua = lua_newstate(allocate, state_.get());
  STELE_CHECK(lua != nullptr);
  open_libraries(lua);
  open_redis(lua, dialect);
  STELE_CHECK(luaL_loadbuffer(lua, kErrorHandler.data(), kErrorHandler.size(), "@err_handler_def") == 0);
  lua_call(lua, 0, 1);
  state_->error_handler = luaL_ref(lua, LUA_REGISTRYINDEX);
  protect_globals(*state_);
  show_globals(*state_);
}

Interpreter::~Interpreter() {
  lua_close(state_->lua);
}

Result<void> Interpreter::compile(std::string_view name, std::string_view body) {
  lua_State* const lua = state_->lua;
  const std::string key(name);
  if (body.starts_with(LUA_SIGNATURE[0])) {
    return make_error(ErrorCode::kInvalidArgument, "bytecode is not allowed");
  }
  if (luaL_loadbuffer(lua, body.data(), body.size(), "@user_script") != 0) {
    std::string problem = text_at(lua, -1);
    lua_settop(lua, 0);
    return make_error(ErrorCode::kInvalidArgument, std::move(problem));
  }
  lua_setfield(lua, LUA_REGISTRYINDEX, key.c_str());
  return {};
}

bool Interpreter::has(std::string_view name) const {
  lua_pushlstring(state_->lua, name.data(), name.size());
  lua_rawget(state_->lua, LUA_REGISTRYINDEX);
  const bool is_there = lua_isfunction(state_->lua, -1) != 0;
  lua_pop(state_->lua, 1);
  return is_there;
}

std::optional<std::string> Interpreter::run(ScriptHost& host, std::string_view name,
                                            std::span<const std::string_view> keys,
                                            std::span<const std::string_view> arguments, int protocol,
                                            std::string& out) {
  lua_State* const lua = state_->lua;
  Run run;
  run.host = &host;
  state_->run = &run;
  lua_sethook(lua, interrupt, LUA_MASKCOUNT, kInstructionsBetweenInterrupts);
  Request request = {state_.get(), name, keys, arguments, protocol, &out};
  std::optional<std::string> problem;
  const std::size_t begin = out.size();
  const bool has_failed = lua_cpcall(lua, run_protected, &request) != 0;
  state_->run = nullptr;
  if (has_failed) {
    problem = error_of(lua, name);
    out.resize(begin);
  }
  end_run(*state_);
  return problem;
}

// What is wrong with the body, or empty.
std::string Interpreter::register_functions(std::string_view body) {
  lua_State* const lua = state_->lua;
  if (body.starts_with(LUA_SIGNATURE[0])) return "Error compiling function: bytecode is not allowed";
  if (luaL_loadbuffer(lua, body.data(), body.size(), "@user_function") != 0) {
    return "Error compiling function: " + text_at(lua, -1);
  }
  lua_sethook(lua, stop_loading, LUA_MASKCOUNT, kInstructionsBetweenInterrupts);
  if (lua_pcall(lua, 0, 0, 0) == 0) return {};
  const std::string text = lua_istable(lua, -1) != 0 ? field(lua, "err") : text_at(lua, -1);
  return "Error registering functions: " + (text.starts_with("ERR ") ? text.substr(4) : text);
}

Result<std::vector<RegisteredFunction>> Interpreter::load_library(ScriptHost& host, std::string_view body,
                                                                  const Accept& accept) {
  lua_State* const lua = state_->lua;
  std::vector<RegisteredFunction> registered;
  Run run;
  run.host = &host;
  run.registered_or_null = &registered;
  state_->run = &run;
  std::string problem = register_functions(body);
  end_run(*state_);
  if (problem.empty() && registered.empty()) problem = "No functions registered";
  if (problem.empty()) {
    const auto accepted = accept(registered);
    if (!accepted) problem = accepted.error().message;
  }
  for (const RegisteredFunction& each : registered) {
    const std::string key = "new_" + each.name;
    lua_getfield(lua, LUA_REGISTRYINDEX, key.c_str());
    problem.empty() ? lua_setfield(lua, LUA_REGISTRYINDEX, ("f_" + each.name).c_str()) : lua_pop(lua, 1);
    forget(key);
  }
  if (!problem.empty()) return make_error(ErrorCode::kInvalidArgument, std::move(problem));
  return registered;
}

void Interpreter::forget(std::string_view name) {
  lua_pushnil(state_->lua);
  lua_setfield(state_->lua, LUA_REGISTRYINDEX, std::string(name).c_str());
}

std::size_t Interpreter::memory_bytes() const {
  return state_->bytes;
}

}  // namespace stele::redis::lua
