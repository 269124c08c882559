#include <string>
#include <vector>

#include "server/command.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return stele::server::run_command_line(arguments);
}
