#pragma once

#include <cstdint>
#include <string_view>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/glob.h"

namespace stele::redis {

// What SCAN and HSCAN were asked.
struct ScanArguments {
  std::uint64_t cursor = 0;
  std::size_t count = 10;
  std::string_view pattern = "*";
  std::string_view type = {};  // any

  bool fits(std::string_view name) const { return pattern == "*" || fits_glob(pattern, name); }
};

// Reads the cursor at argument `at` and the options behind it; false after an error was answered.
bool read_scan_arguments(Call& call, std::size_t at, bool may_have_type, ScanArguments& asked);

}  // namespace stele::redis
