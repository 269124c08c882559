// Replies as Lua has them, and back.
#include <charconv>
#include <cstdlib>

#include "protocols/redis/lua/state.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis::lua {

namespace {

// A table that holds itself has no end.
constexpr std::size_t kReplyBytesMax = 512U << 20;

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

std::int64_t to_integer(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view take_bytes(std::string_view& rest, std::size_t size) {
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size + 2);
  return bytes;
}

void set_text(lua_State* lua, const char* name, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
  lua_setfield(lua, -2, name);
}

void push_array(lua_State* lua, std::string_view& rest, std::int64_t count) {
  lua_createtable(lua, static_cast<int>(count), 0);
  for (int i = 1; i <= count; ++i) {
    push_reply(lua, rest);
    lua_rawseti(lua, -2, i);
  }
}

// {map = {…}} or {set = {…}}.
void push_keyed(lua_State* lua, std::string_view& rest, std::int64_t count, bool is_map) {
  lua_newtable(lua);
  lua_newtable(lua);
  for (std::int64_t i = 0; i < count; ++i) {
    push_reply(lua, rest);
    if (is_map) {
      push_reply(lua, rest);
    } else {
      lua_pushboolean(lua, 1);
    }
    lua_rawset(lua, -3);
  }
  lua_setfield(lua, -2, is_map ? "map" : "set");
}

void push_verbatim(lua_State* lua, std::string_view bytes) {
  lua_newtable(lua);
  lua_newtable(lua);
  set_text(lua, "format", bytes.substr(0, 3));
  set_text(lua, "string", bytes.substr(std::min<std::size_t>(4, bytes.size())));
  lua_setfield(lua, -2, "verbatim_string");
}

// Writes the value on the top of the stack and takes it away.
class ValueWriter {
 public:
  ValueWriter(lua_State* lua, int script_protocol, int protocol, std::string& out)
      : lua_(lua), script_protocol_(script_protocol), out_(out), begin_(out.size()), writer_(out, protocol) {}

  bool write() {
    if (out_.size() - begin_ > kReplyBytesMax) return false;
    if (lua_checkstack(lua_, 6) == 0) {
      writer_.error("ERR reached lua stack limit");
      lua_pop(lua_, 1);
      return true;
    }
    const bool is_written = write_by_type();
    lua_pop(lua_, 1);
    return is_written;
  }

 private:
  bool write_by_type() {
    switch (lua_type(lua_, -1)) {
      case LUA_TSTRING:
        writer_.bulk(text(-1));
        return true;
      case LUA_TBOOLEAN:
        if (script_protocol_ >= 3) {
          writer_.boolean(lua_toboolean(lua_, -1) != 0);
        } else {
          lua_toboolean(lua_, -1) != 0 ? writer_.integer(1) : writer_.null();
        }
        return true;
      case LUA_TNUMBER:
        writer_.integer(to_whole(lua_tonumber(lua_, -1)));
        return true;
      case LUA_TTABLE:
        return write_table();
      default:
        writer_.null();
        return true;
    }
  }

  // What a cast of Redis gives where it is defined at all.
  static std::int64_t to_whole(double value) {
    if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)) return INT64_MIN;
    return static_cast<std::int64_t>(value);
  }

  std::string_view text(int index) {
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(lua_, index, &size);
    return {bytes, size};
  }

  // Pushes the member; whether it has that type. If not, nothing is pushed.
  bool has_member(const char* name, int type) {
    lua_pushstring(lua_, name);
    lua_rawget(lua_, -2);
    if (lua_type(lua_, -1) == type) return true;
    lua_pop(lua_, 1);
    return false;
  }

  bool write_table() {
    if (has_member("err", LUA_TSTRING)) {
      writer_.error(text(-1));
    } else if (has_member("ok", LUA_TSTRING)) {
      std::string line(text(-1));
      for (char& c : line) c = c == '\r' || c == '\n' ? ' ' : c;
      writer_.simple(line);
    } else if (has_member("double", LUA_TNUMBER)) {
      writer_.number(lua_tonumber(lua_, -1));
    } else if (has_member("big_number", LUA_TSTRING)) {
      writer_.big_number(text(-1));
    } else if (has_member("verbatim_string", LUA_TTABLE)) {
      const bool is_written = write_verbatim();
      if (!is_written) {
        lua_pop(lua_, 1);
        return write_array();
      }
    } else if (has_member("map", LUA_TTABLE)) {
      return write_keyed(true);
    } else if (has_member("set", LUA_TTABLE)) {
      return write_keyed(false);
    } else {
      return write_array();
    }
    lua_pop(lua_, 1);
    return true;
  }

  bool write_verbatim() {
    if (!has_member("format", LUA_TSTRING)) return false;
    const std::string format(text(-1).substr(0, 3));
    lua_pop(lua_, 1);
    if (format.size() != 3 || !has_member("string", LUA_TSTRING)) return false;
    writer_.verbatim(text(-1), format);
    lua_pop(lua_, 1);
    return true;
  }

  bool write_keyed(bool is_map) {
    std::size_t count = 0;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; lua_pop(lua_, 1)) ++count;
    is_map ? writer_.map(count) : writer_.set(count);
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pushvalue(lua_, -2);
      if (!write()) return false;
      if (!is_map) {
        lua_pop(lua_, 1);
      } else if (!write()) {
        return false;
      }
    }
    lua_pop(lua_, 1);
    return true;
  }

  bool write_array() {
    int count = 0;
    for (lua_rawgeti(lua_, -1, 1); !lua_isnil(lua_, -1); lua_rawgeti(lua_, -1, count + 1)) {
      ++count;
      lua_pop(lua_, 1);
    }
    lua_pop(lua_, 1);
    writer_.array(static_cast<std::size_t>(count));
    for (int i = 1; i <= count; ++i) {
      lua_rawgeti(lua_, -1, i);
      if (!write()) return false;
    }
    return true;
  }

  lua_State* const lua_;
  const int script_protocol_;
  std::string& out_;
  const std::size_t begin_;
  wire::ReplyWriter writer_;
};

}  // namespace

void push_reply(lua_State* lua, std::string_view& rest) {
  luaL_checkstack(lua, 6, "reached lua stack limit");
  const char type = rest.front();
  rest.remove_prefix(1);
  const std::string_view line = take_line(rest);
  switch (type) {
    case ':':
      return lua_pushnumber(lua, static_cast<lua_Number>(to_integer(line)));
    case '+':
      lua_newtable(lua);
      return set_text(lua, "ok", line);
    case '-':
      push_error(lua, "-" + std::string(line));
      lua_pushboolean(lua, 1);
      return lua_setfield(lua, -2, "ignore_error_stats_update");
    case '_':
      return lua_pushnil(lua);
    case '#':
      return lua_pushboolean(lua, line == "t" ? 1 : 0);
    case ',':
      lua_newtable(lua);
      lua_pushnumber(lua, std::strtod(std::string(line).c_str(), nullptr));
      return lua_setfield(lua, -2, "double");
    case '(':
      lua_newtable(lua);
      return set_text(lua, "big_number", line);
    default:
      break;
  }
  const std::int64_t count = to_integer(line);
  if (count < 0) return lua_pushboolean(lua, 0);
  switch (type) {
    case '$': {
      const std::string_view bytes = take_bytes(rest, static_cast<std::size_t>(count));
      return lua_pushlstring(lua, bytes.data(), bytes.size());
    }
    case '=':
      return push_verbatim(lua, take_bytes(rest, static_cast<std::size_t>(count)));
    case '%':
      return push_keyed(lua, rest, count, true);
    case '~':
      return push_keyed(lua, rest, count, false);
    case '|':
      // Attributes are not shown to scripts.
      for (std::int64_t i = 0; i < 2 * count; ++i) {
        push_reply(lua, rest);
        lua_pop(lua, 1);
      }
      return push_reply(lua, rest);
    default:
      return push_array(lua, rest, count);
  }
}

void push_error(lua_State* lua, std::string_view text) {
  std::string message;
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    message = text.find(' ') == std::string_view::npos ? "ERR " + std::string(text) : std::string(text);
  } else {
    message = "ERR " + std::string(text);
  }
  while (message.ends_with('\n') || message.ends_with('\r')) message.pop_back();
  lua_newtable(lua);
  set_text(lua, "err", message);
}

bool write_value(lua_State* lua, int script_protocol, int protocol, std::string& out) {
  return ValueWriter(lua, script_protocol, protocol, out).write();
}

}  // namespace stele::redis::lua
