#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace stele::postgres {

// As whom a child runs. Resolved before fork(), because looking up names is not safe after it.
struct RunAs {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;

  // Ourselves, or when we are root an unprivileged user: `name` if given, else "postgres", else "nobody"
  // (PostgreSQL refuses to run as root). kNotFound for a user that does not exist, kInvalidArgument for root.
  static Result<RunAs> unprivileged(const std::string& name = {});
  bool is_self() const;
};

// A directory that a child reaches whatever the modes of its parents are: /proc/self/fd/200/… leads there
// without a walk through them. High, because shells use the descriptors from 10 on themselves.
constexpr int kDirectoryDescriptor = 200;

struct ChildOptions {
  std::vector<std::string> arguments;  // the first is the program's path
  std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
                                          "LC_ALL=C.UTF-8"};
  RunAs run_as;
  int output = -1;     // descriptor for stdout and stderr; -1: /dev/null
  int directory = -1;  // one that the child has as kDirectoryDescriptor; -1: none
  // Sent to the child when the thread that started it ends, 0 = none. Set after the user is changed (changing
  // it clears the signal), and the parent is looked at again afterwards, in case it was gone before.
  int parent_death_signal = 0;
};

// Starts a child in a session of its own (a Ctrl-C at our terminal is not for it) with "/" as its directory.
// The caller waits for it. kIo.
Result<pid_t> start_child(const ChildOptions& options);

struct CommandResult {
  int exit_code = 0;  // 128 + signal when killed
  std::string output;
};
// Runs a command to its end, its output (at most 64 KiB of it) gathered. Blocks; killed at the timeout
// (kDeadlineExceeded).
Result<CommandResult> run_command(ChildOptions options, Duration timeout);

}  // namespace stele::postgres
