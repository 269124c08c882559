// fuzz: postgres
// Connection strings, as a configuration or a command line gives them: URLs and conninfo.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "postgres/connect_options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto options = stele::postgres::ConnectOptions::parse(
      text, [](std::string_view) -> std::optional<std::string> { return std::nullopt; });
  if (!options) return 0;
  // What was accepted says where to go, and has no NUL that would end a startup packet early.
  if (options->addresses.empty() || options->user.empty()) std::abort();
  if (options->user.find('\0') != std::string::npos || options->database.find('\0') != std::string::npos)
    std::abort();
  (void)options->to_string();
  return 0;
}
