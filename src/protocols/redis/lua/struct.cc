// struct: numbers and texts as bytes, as the library of that name that Redis carries behaves.
#include <array>
#include <bit>
#include <climits>
#include <cstdint>
#include <cstring>

#include "protocols/redis/lua/state.h"

namespace stele::redis::lua {

namespace {

constexpr int kIntegerBytesMax = 32;
constexpr int kAlignmentMax = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Reads a format, option by option.
class Format {
 public:
  Format(lua_State* lua, const char* text) : lua_(lua), at_(text) {}

  // False at the end. Options of order and alignment are obeyed at once.
  bool next() {
    while (*at_ != '\0') {
      option_ = *at_++;
      size_ = read_size();
      if (size_ > 0 || option_ == 'c' || option_ == 's') return true;
      obey();
    }
    return false;
  }

  char option() const { return option_; }
  std::size_t size() const { return size_; }
  bool is_little() const { return is_little_; }
  // How many bytes lie between that place and the option's.
  std::size_t padding(std::size_t at) const {
    if (size_ == 0 || option_ == 'c' || option_ == 's') return 0;
    const std::size_t size = std::min(size_, static_cast<std::size_t>(alignment_));
    return (size - (at & (size - 1))) & (size - 1);
  }

 private:
  int read_number(int otherwise) {
    if (!is_digit(*at_)) return otherwise;
    int number = 0;
    while (is_digit(*at_)) {
      if (number > INT_MAX / 10 || number * 10 > INT_MAX - (*at_ - '0')) {
        luaL_error(lua_, "integral size overflow");
      }
      number = number * 10 + (*at_++ - '0');
    }
    return number;
  }

  std::size_t read_size() {
    switch (option_) {
      case 'B':
      case 'b':
      case 'x':
        return 1;
      case 'H':
      case 'h':
        return sizeof(short);
      case 'L':
      case 'l':
      case 'T':
        return sizeof(long);
      case 'f':
        return sizeof(float);
      case 'd':
        return sizeof(double);
      case 'c':
        return static_cast<std::size_t>(read_number(1));
      case 'i':
      case 'I': {
        const int size = read_number(sizeof(int));
        if (size > kIntegerBytesMax) {
          luaL_error(lua_, "integral size %d is larger than limit of %d", size, kIntegerBytesMax);
        }
        return static_cast<std::size_t>(size);
      }
      default:
        return 0;
    }
  }

  void obey() {
    switch (option_) {
      case ' ':
      case 'i':  // of no bytes
      case 'I':
        return;
      case '>':
        is_little_ = false;
        return;
      case '<':
        is_little_ = true;
        return;
      case '!': {
        const int alignment = read_number(kAlignmentMax);
        if (alignment <= 0 || (alignment & (alignment - 1)) != 0) {
          luaL_error(lua_, "alignment %d is not a power of 2", alignment);
        }
        alignment_ = alignment;
        return;
      }
      default:
        luaL_argerror(lua_, 1, lua_pushfstring(lua_, "invalid format option '%c'", option_));
    }
  }

  lua_State* const lua_;
  const char* at_;
  char option_ = 0;
  std::size_t size_ = 0;
  bool is_little_ = std::endian::native == std::endian::little;
  int alignment_ = 1;
};

void put_bytes(std::string& out, std::uint64_t value, std::size_t size, bool is_little) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t byte = is_little ? i : size - 1 - i;
    out += byte < 8 ? static_cast<char>(value >> (8 * byte)) : '\0';
  }
}

std::uint64_t get_bytes(std::string_view bytes, bool is_little) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[is_little ? bytes.size() - 1 - i : i];
    value = (value << 8U) | static_cast<unsigned char>(c);
  }
  return value;
}

std::uint64_t to_bits(double value) {
  if (value < 0)
    return static_cast<std::uint64_t>(value < -9223372036854775808.0 ? INT64_MIN
                                                                     : static_cast<std::int64_t>(value));
  return value < 18446744073709551616.0 ? static_cast<std::uint64_t>(value) : 0;
}

int pack(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  std::string out;
  int argument = 2;
  while (format.next()) {
    out.append(format.padding(out.size()), '\0');
    switch (format.option()) {
      case 'x':
        out += '\0';
        break;
      case 'f':
        put_bytes(out, std::bit_cast<std::uint32_t>(static_cast<float>(luaL_checknumber(lua, argument++))),
                  format.size(), format.is_little());
        break;
      case 'd':
        put_bytes(out, std::bit_cast<std::uint64_t>(luaL_checknumber(lua, argument++)), format.size(),
                  format.is_little());
        break;
      case 'c':
      case 's': {
        std::size_t length = 0;
        const char* const text = luaL_checklstring(lua, argument++, &length);
        const std::size_t size = format.size() == 0 ? length : format.size();
        luaL_argcheck(lua, length >= size, argument, "string too short");
        out.append(text, size);
        if (format.option() == 's') out += '\0';
        break;
      }
      default:
        put_bytes(out, to_bits(luaL_checknumber(lua, argument++)), format.size(), format.is_little());
    }
  }
  lua_pushlstring(lua, out.data(), out.size());
  return 1;
}

lua_Number get_integer(std::string_view bytes, bool is_little, bool is_signed) {
  const std::uint64_t value = get_bytes(bytes, is_little);
  if (!is_signed) return static_cast<lua_Number>(value);
  const std::size_t bits = std::min<std::size_t>(bytes.size(), 8) * 8;
  return static_cast<lua_Number>(static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits));
}

// Pushes the value of the option there; how many bytes it took.
std::size_t unpack_one(lua_State* lua, const Format& format, std::string_view data, std::size_t at,
                       int& count) {
  const std::string_view bytes = data.substr(at, format.size());
  switch (format.option()) {
    case 'x':
      return 1;
    case 'f':
      lua_pushnumber(lua,
                     std::bit_cast<float>(static_cast<std::uint32_t>(get_bytes(bytes, format.is_little()))));
      break;
    case 'd':
      lua_pushnumber(lua, std::bit_cast<double>(get_bytes(bytes, format.is_little())));
      break;
    case 'c': {
      std::size_t size = format.size();
      if (size == 0) {
        if (count == 0 || lua_isnumber(lua, -1) == 0) luaL_error(lua, "format 'c0' needs a previous size");
        const lua_Number asked = lua_tonumber(lua, -1);
        lua_pop(lua, 1);
        --count;
        luaL_argcheck(lua, asked >= 0 && asked <= static_cast<lua_Number>(data.size() - at), 2,
                      "data string too short");
        size = static_cast<std::size_t>(asked);
      }
      lua_pushlstring(lua, data.data() + at, size);
      ++count;
      return size;
    }
    case 's': {
      const std::size_t end = data.find('\0', at);
      if (end == std::string_view::npos) luaL_error(lua, "unfinished string in data");
      lua_pushlstring(lua, data.data() + at, end - at);
      ++count;
      return end - at + 1;
    }
    default:
      lua_pushnumber(lua, get_integer(bytes, format.is_little(), format.option() >= 'a'));
  }
  ++count;
  return format.size();
}

int unpack(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  std::size_t size = 0;
  const char* const text = luaL_checklstring(lua, 2, &size);
  const std::string_view data(text, size);
  const lua_Integer first = luaL_optinteger(lua, 3, 1);
  luaL_argcheck(lua, first > 0, 3, "offset must be 1 or greater");
  auto at = static_cast<std::size_t>(first - 1);
  int count = 0;
  while (format.next()) {
    at += format.padding(at);
    luaL_argcheck(lua, format.size() <= size && at <= size - format.size(), 2, "data string too short");
    luaL_checkstack(lua, 2, "too many results");
    at += unpack_one(lua, format, data, at, count);
  }
  lua_pushnumber(lua, static_cast<lua_Number>(at + 1));
  return count + 1;
}

int size(lua_State* lua) {
  Format format(lua, luaL_checkstring(lua, 1));
  std::size_t total = 0;
  while (format.next()) {
    if (format.option() == 's') return luaL_argerror(lua, 1, "option 's' has no fixed size");
    if (format.size() == 0) return luaL_argerror(lua, 1, "option 'c0' has no fixed size");
    total += format.padding(total) + format.size();
  }
  lua_pushnumber(lua, static_cast<lua_Number>(total));
  return 1;
}

}  // namespace

int open_struct(lua_State* lua) {
  constexpr std::array kFunctions = {luaL_Reg{"pack", pack}, luaL_Reg{"unpack", unpack},
                                     luaL_Reg{"size", size}, luaL_Reg{nullptr, nullptr}};
  luaL_register(lua, "struct", kFunctions.data());
  return 1;
}

}  // namespace stele::redis::lua
