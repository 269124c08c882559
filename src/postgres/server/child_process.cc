#include "postgres/server/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace stele::postgres {

namespace {

constexpr std::size_t kOutputMax = 64U << 10;

Error io_error(const char* what) {
  return make_error(ErrorCode::kIo, fmt::format("{}: {}", what, std::strerror(errno)));
}

struct Lookup {
  std::array<char, 16'384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
};

Result<RunAs> look_up(const std::string& name) {
  Lookup lookup;
  getpwnam_r(name.c_str(), &lookup.entry, lookup.buffer.data(), lookup.buffer.size(), &lookup.found);
  if (lookup.found == nullptr) return make_error(ErrorCode::kNotFound, fmt::format("no user \"{}\"", name));
  RunAs user{name, lookup.entry.pw_uid, lookup.entry.pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(user.groups.size());
  if (getgrouplist(name.c_str(), user.gid, user.groups.data(), &count) < 0) count = 1;
  user.groups.resize(static_cast<std::size_t>(count));
  user.groups[0] = count == 1 ? user.gid : user.groups[0];
  return user;
}

// What the child needs, made before fork(): after it only async-signal-safe calls are allowed.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const RunAs* run_as;
  int output;
  int directory;
  int death_signal;
  pid_t parent;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void run_child(const Prepared& child) {
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < 32; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  }
  const int null = open("/dev/null", O_RDWR);
  dup2(null, 0);
  dup2(child.output >= 0 ? child.output : null, 1);
  dup2(child.output >= 0 ? child.output : null, 2);
  if (child.directory == kDirectoryDescriptor) {
    fcntl(kDirectoryDescriptor, F_SETFD, 0);
  } else if (child.directory >= 0) {
    dup2(child.directory, kDirectoryDescriptor);
  }
  if (!child.run_as->is_self()) {
    if (setgroups(child.run_as->groups.size(), child.run_as->groups.data()) != 0) _exit(126);
    if (setgid(child.run_as->gid) != 0 || setuid(child.run_as->uid) != 0) _exit(126);
  }
  if (child.death_signal != 0) {
    prctl(PR_SET_PDEATHSIG, child.death_signal);
    if (getppid() != child.parent) _exit(125);
  }
  umask(077);
  if (chdir("/") != 0) _exit(126);
  execve(child.arguments[0], child.arguments.data(), child.environment.data());
  _exit(127);
}

// What comes from `fd` until its end or `deadline`; false at the deadline.
bool gather(int fd, std::string& output, std::chrono::steady_clock::time_point deadline) {
  std::array<char, 4096> buffer{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{fd, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return true;
    if (count > 0 && output.size() < kOutputMax)
      output.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<RunAs> RunAs::unprivileged(const std::string& name) {
  if (geteuid() != 0) {
    RunAs self;
    self.uid = geteuid();
    self.gid = getegid();
    Lookup lookup;
    getpwuid_r(self.uid, &lookup.entry, lookup.buffer.data(), lookup.buffer.size(), &lookup.found);
    self.name = lookup.found != nullptr ? lookup.entry.pw_name : std::to_string(self.uid);
    return self;
  }
  if (!name.empty()) {
    STELE_TRY(RunAs user, look_up(name));
    if (user.uid == 0) {
      return make_error(ErrorCode::kInvalidArgument,
                        "PostgreSQL does not run as root: name an unprivileged user");
    }
    return user;
  }
  if (auto user = look_up("postgres")) return user;
  return look_up("nobody");
}

bool RunAs::is_self() const {
  return uid == geteuid();
}

Result<pid_t> start_child(const ChildOptions& options) {
  const Prepared child{
      pointers(options.arguments), pointers(options.environment), &options.run_as, options.output,
      options.directory,           options.parent_death_signal,   getpid()};
  const pid_t pid = fork();
  if (pid < 0) return io_error("fork");
  if (pid == 0) run_child(child);
  return pid;
}

Result<CommandResult> run_command(ChildOptions options, Duration timeout) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return io_error("pipe");
  options.output = ends[1];
  auto pid = start_child(options);
  close(ends[1]);
  if (!pid) {
    close(ends[0]);
    return std::move(pid).error();
  }
  CommandResult result;
  const bool ended = gather(ends[0], result.output, std::chrono::steady_clock::now() + timeout);
  close(ends[0]);
  if (!ended) kill(*pid, SIGKILL);
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return make_error(ErrorCode::kDeadlineExceeded,
                      fmt::format("{} did not end in time", options.arguments[0]));
  }
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace stele::postgres
