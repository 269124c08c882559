// cmsgpack: MessagePack for scripts, as Redis' library of that name behaves.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "protocols/redis/lua/state.h"

namespace stele::redis::lua {

namespace {

constexpr int kNestingMax = 16;

bool is_whole(double value) {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0 && value == std::floor(value);
}

// Writes the value on the top of the stack, which it takes away.
class Packer {
 public:
  Packer(lua_State* lua, std::string& out) : lua_(lua), out_(out) {}

  void pack(int level) {
    luaL_checkstack(lua_, 5, "in function mp_encode");
    switch (lua_type(lua_, -1)) {
      case LUA_TSTRING:
        pack_text();
        break;
      case LUA_TBOOLEAN:
        out_ += lua_toboolean(lua_, -1) != 0 ? '\xc3' : '\xc2';
        break;
      case LUA_TNUMBER:
        pack_number(lua_tonumber(lua_, -1));
        break;
      case LUA_TTABLE:
        // So that a table that holds itself has an end.
        if (level == kNestingMax) {
          out_ += '\xc0';
        } else {
          is_array() ? pack_array(level) : pack_map(level);
        }
        break;
      default:
        out_ += '\xc0';
    }
    lua_pop(lua_, 1);
  }

 private:
  void put(unsigned char type, std::uint64_t value, int bytes) {
    out_ += static_cast<char>(type);
    for (int i = bytes - 1; i >= 0; --i) out_ += static_cast<char>(value >> (8 * i));
  }
  // The shortest of the three forms of a length.
  void put_size(std::uint64_t size, unsigned char fixed, std::uint64_t fixed_max, unsigned char of_16) {
    if (size <= fixed_max) return put(static_cast<unsigned char>(fixed | size), 0, 0);
    size <= 0xffff ? put(of_16, size, 2) : put(of_16 + 1, size, 4);
  }

  void pack_text() {
    std::size_t size = 0;
    const char* const bytes = lua_tolstring(lua_, -1, &size);
    if (size >= 32 && size <= 0xff) {
      put(0xd9, size, 1);
    } else {
      put_size(size, 0xa0, 31, 0xda);
    }
    out_.append(bytes, size);
  }

  void pack_number(double value) {
    if (is_whole(value)) return pack_integer(static_cast<std::int64_t>(value));
    const auto narrow = static_cast<float>(value);
    if (static_cast<double>(narrow) == value) return put(0xca, std::bit_cast<std::uint32_t>(narrow), 4);
    put(0xcb, std::bit_cast<std::uint64_t>(value), 8);
  }

  void pack_integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= -32 && value <= 127) return put(static_cast<unsigned char>(bits), 0, 0);
    if (value >= 0) {
      if (value <= 0xff) return put(0xcc, bits, 1);
      if (value <= 0xffff) return put(0xcd, bits, 2);
      return value <= 0xffffffffLL ? put(0xce, bits, 4) : put(0xcf, bits, 8);
    }
    if (value >= INT8_MIN) return put(0xd0, bits, 1);
    if (value >= INT16_MIN) return put(0xd1, bits, 2);
    return value >= INT32_MIN ? put(0xd2, bits, 4) : put(0xd3, bits, 8);
  }

  // Whether its keys are 1 to its size.
  bool is_array() {
    std::size_t count = 0;
    double last = 0;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; ++count) {
      lua_pop(lua_, 1);
      const double key = lua_type(lua_, -1) == LUA_TNUMBER ? lua_tonumber(lua_, -1) : -1;
      if (key <= 0 || !is_whole(key)) {
        lua_pop(lua_, 1);
        return false;
      }
      last = std::max(last, key);
    }
    return last == static_cast<double>(count);
  }

  void pack_array(int level) {
    const std::size_t size = lua_objlen(lua_, -1);
    put_size(size, 0x90, 15, 0xdc);
    for (std::size_t i = 1; i <= size; ++i) {
      lua_rawgeti(lua_, -1, static_cast<int>(i));
      pack(level + 1);
    }
  }

  void pack_map(int level) {
    std::size_t size = 0;
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; lua_pop(lua_, 1)) ++size;
    put_size(size, 0x80, 15, 0xde);
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      lua_pushvalue(lua_, -2);
      pack(level + 1);
      pack(level + 1);
    }
  }

  lua_State* const lua_;
  std::string& out_;
};

// Pushes the values of a text, one after the other.
class Unpacker {
 public:
  Unpacker(lua_State* lua, std::string_view rest) : lua_(lua), rest_(rest) {}

  std::string_view rest() const { return rest_; }
  // Null, or what is wrong with the text; then what was pushed is to be dropped.
  const char* problem() const { return problem_; }

  bool unpack(int level = 0) {
    luaL_checkstack(lua_, 3, "too many return values at once; use unpack_one or unpack_limit instead.");
    // A text may nest as deep as it is long.
    if (level > kDepthMax) return fail("Bad data format in input.");
    std::uint64_t type = 0;
    if (!take(1, type)) return false;
    if (type < 0x80) return push(static_cast<double>(type));
    if (type >= 0xe0) return push(static_cast<double>(static_cast<std::int8_t>(type)));
    if (type < 0x90) return push_map(type & 15U, level);
    if (type < 0xa0) return push_array(type & 15U, level);
    if (type < 0xc0) return push_text(type & 31U);
    return unpack_by_type(static_cast<unsigned>(type), level);
  }

 private:
  static constexpr int kDepthMax = 1000;

  bool fail(const char* problem) {
    problem_ = problem;
    return false;
  }

  bool take(int bytes, std::uint64_t& value) {
    if (rest_.size() < static_cast<std::size_t>(bytes)) return fail("Missing bytes in input.");
    value = 0;
    for (int i = 0; i < bytes; ++i) {
      value = (value << 8U) | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
    }
    rest_.remove_prefix(static_cast<std::size_t>(bytes));
    return true;
  }

  bool push(double value) {
    lua_pushnumber(lua_, value);
    return true;
  }

  bool push_text(std::uint64_t size) {
    if (rest_.size() < size) return fail("Missing bytes in input.");
    lua_pushlstring(lua_, rest_.data(), size);
    rest_.remove_prefix(size);
    return true;
  }

  bool push_array(std::uint64_t size, int level) {
    lua_newtable(lua_);
    for (std::uint64_t i = 1; i <= size; ++i) {
      if (!unpack(level + 1)) return false;
      lua_rawseti(lua_, -2, static_cast<int>(i));
    }
    return true;
  }

  bool push_map(std::uint64_t size, int level) {
    lua_newtable(lua_);
    for (std::uint64_t i = 0; i < size; ++i) {
      if (!unpack(level + 1) || !unpack(level + 1)) return false;
      const bool is_no_key =
          lua_isnil(lua_, -2) || (lua_type(lua_, -2) == LUA_TNUMBER && std::isnan(lua_tonumber(lua_, -2)));
      if (is_no_key) return fail("Bad data format in input.");
      lua_rawset(lua_, -3);
    }
    return true;
  }

  bool unpack_by_type(unsigned type, int level) {
    constexpr std::array<int, 4> kBytes = {1, 2, 4, 8};
    std::uint64_t value = 0;
    if (type == 0xc0) {
      lua_pushnil(lua_);
      return true;
    }
    if (type == 0xc2 || type == 0xc3) {
      lua_pushboolean(lua_, type == 0xc3 ? 1 : 0);
      return true;
    }
    if (type == 0xca) return take(4, value) && push(std::bit_cast<float>(static_cast<std::uint32_t>(value)));
    if (type == 0xcb) return take(8, value) && push(std::bit_cast<double>(value));
    if (type >= 0xcc && type <= 0xcf)
      return take(kBytes[type - 0xcc], value) && push(static_cast<double>(value));
    if (type >= 0xd0 && type <= 0xd3) {
      const int bytes = kBytes[type - 0xd0];
      if (!take(bytes, value)) return false;
      const int unused_bits = 64 - bytes * 8;
      return push(static_cast<double>(static_cast<std::int64_t>(value << unused_bits) >> unused_bits));
    }
    if (type >= 0xd9 && type <= 0xdb) return take(kBytes[type - 0xd9], value) && push_text(value);
    if (type == 0xdc || type == 0xdd) return take(type == 0xdc ? 2 : 4, value) && push_array(value, level);
    if (type == 0xde || type == 0xdf) return take(type == 0xde ? 2 : 4, value) && push_map(value, level);
    return fail("Bad data format in input.");
  }

  lua_State* const lua_;
  std::string_view rest_;
  const char* problem_ = nullptr;
};

int pack(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
  std::string out;
  for (int i = 1; i <= count; ++i) {
    luaL_checkstack(lua, 1, "in function mp_check");
    lua_pushvalue(lua, i);
    Packer(lua, out).pack(0);
  }
  lua_pushlstring(lua, out.data(), out.size());
  return 1;
}

// Up to `limit` values from the offset on; 0 and 0: all, else where it ended comes first.
int unpack_some(lua_State* lua, lua_Integer limit, lua_Integer offset) {
  std::size_t size = 0;
  const char* const bytes = luaL_checklstring(lua, 1, &size);
  lua_settop(lua, 1);
  if (offset < 0 || limit < 0) {
    return luaL_error(lua, "Invalid request to unpack with offset of %d and limit of %d.",
                      static_cast<int>(offset), static_cast<int>(size));
  }
  if (static_cast<std::size_t>(offset) > size) {
    return luaL_error(lua, "Start offset %d greater than input length %d.", static_cast<int>(offset),
                      static_cast<int>(size));
  }
  const bool takes_all = limit == 0 && offset == 0;
  Unpacker unpacker(lua, std::string_view(bytes, size).substr(static_cast<std::size_t>(offset)));
  int count = 0;
  while (!unpacker.rest().empty() && (takes_all || count < limit)) {
    if (!unpacker.unpack()) return luaL_error(lua, "%s", unpacker.problem());
    ++count;
  }
  if (takes_all) return count;
  const auto end = static_cast<lua_Integer>(size - unpacker.rest().size());
  luaL_checkstack(lua, 1, "in function mp_unpack_full");
  lua_pushinteger(lua, unpacker.rest().empty() ? -1 : end);
  lua_insert(lua, 2);
  return count + 1;
}

int unpack(lua_State* lua) {
  return unpack_some(lua, 0, 0);
}
int unpack_one(lua_State* lua) {
  return unpack_some(lua, 1, luaL_optinteger(lua, 2, 0));
}
int unpack_limit(lua_State* lua) {
  return unpack_some(lua, luaL_checkinteger(lua, 2), luaL_optinteger(lua, 3, 0));
}

}  // namespace

int open_cmsgpack(lua_State* lua) {
  constexpr std::array kFunctions = {luaL_Reg{"pack", pack}, luaL_Reg{"unpack", unpack},
                                     luaL_Reg{"unpack_one", unpack_one},
                                     luaL_Reg{"unpack_limit", unpack_limit}, luaL_Reg{nullptr, nullptr}};
  luaL_register(lua, "cmsgpack", kFunctions.data());
  lua_pushliteral(lua, "lua-cmsgpack 0.4.0");
  lua_setfield(lua, -2, "_VERSION");
  return 1;
}

}  // namespace stele::redis::lua
