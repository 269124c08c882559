#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/configuration.h"

namespace stele::server {

// One command of the command line.
struct Command {
  std::string_view name;
  std::string_view arguments;  // for --help
  std::string_view help;
  std::size_t arguments_min;
  std::size_t arguments_max;
  Result<void> (*run)(const Configuration& configuration, const std::vector<std::string>& arguments);
};

std::span<const Command> commands();

// The text of `stele --help`: every command and every setting.
std::string help_text();

// Stele's version, "0.1.0".
std::string_view version();

// What main() does: finds the command, reads the settings, runs it, prints what went wrong to stderr. The
// exit status: 0 done, 1 failed, 2 not understood.
int run_command_line(std::span<const std::string> arguments);

}  // namespace stele::server
