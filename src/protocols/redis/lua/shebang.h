#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::redis::lua {

// What a script says of itself in its first line: "#!lua flags=no-writes,allow-oom", and of a library also
// "name=…".
namespace script_flag {
constexpr std::uint32_t kNoWrites = 1U << 0;
constexpr std::uint32_t kAllowOom = 1U << 1;
constexpr std::uint32_t kAllowStale = 1U << 2;
constexpr std::uint32_t kNoCluster = 1U << 3;
constexpr std::uint32_t kAllowCrossSlotKeys = 1U << 4;
}  // namespace script_flag

struct Shebang {
  bool is_there = false;  // else the script is of the old kind, which may do everything
  std::uint32_t flags = 0;
  std::string name;
  std::size_t size = 0;  // of the line, without its end
};

// kInvalidArgument with Redis' text. A library has a name and no flags, a script the other way about.
Result<Shebang> read_script_shebang(std::string_view body);
Result<Shebang> read_library_shebang(std::string_view body);

// 0 for a name that is none.
std::uint32_t script_flag_of(std::string_view name);

}  // namespace stele::redis::lua
