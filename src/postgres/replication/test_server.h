#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "postgres/connect_options.h"

namespace stele::postgres {

// A PostgreSQL of its own for tests: a fresh cluster in a temporary directory, on a Unix socket only, ended
// and removed with this object. Blocking; for the setting up of tests alone.
class TestServer {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;

  explicit TestServer(Settings settings = {}, std::vector<std::string> initdb_options = {})
      : settings_(std::move(settings)) {
    char name[] = "/tmp/stele-test-XXXXXX";
    directory_ = ::mkdtemp(name);
    binaries_ = newest_binaries();
    const passwd* const user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
    if (user != nullptr) {
      user_ = user->pw_uid;
      group_ = user->pw_gid;
      if (::chown(directory_.c_str(), user_, group_) != 0) std::abort();
    }
    std::vector<std::string> initdb{
        binaries_ + "/initdb", "-D",       data(), "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8",    "--no-sync"};
    initdb.insert(initdb.end(), initdb_options.begin(), initdb_options.end());
    run_to_end(initdb);
    start();
  }
  ~TestServer() {
    if (postmaster_ > 0) stop(SIGQUIT);
    std::filesystem::remove_all(directory_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string data() const { return directory_ + "/data"; }
  pid_t postmaster() const { return postmaster_; }

  ConnectOptions options(std::string database = "postgres") const {
    ConnectOptions options;
    options.addresses = {{directory_ + "/.s.PGSQL.5432", 0}};
    options.user = "postgres";
    options.database = std::move(database);
    options.ssl_mode = SslMode::kDisable;
    return options;
  }

  // Changes a setting; in force after the next start.
  void set(const std::string& name, const std::string& value) {
    std::erase_if(settings_, [&](const auto& setting) { return setting.first == name; });
    settings_.emplace_back(name, value);
  }

  void start() {
    std::vector<std::string> command{binaries_ + "/postgres", "-D", data(), "-k", directory_, "-c",
                                     "listen_addresses="};
    for (const auto& [name, value] : settings_) {
      command.push_back("-c");
      command.push_back(name + "=" + value);
    }
    // What a killed server left says "ready" too.
    std::filesystem::remove(data() + "/postmaster.pid");
    postmaster_ = spawn(command);
    for (int i = 0; i < 1500; ++i) {
      std::ifstream file(data() + "/postmaster.pid");
      std::string line;
      for (int number = 0; number < 8; ++number) std::getline(file, line);
      if (line.starts_with("ready")) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "the test server did not start: see " << data() << "/../log";
  }

  // SIGINT: fast, SIGTERM: smart, SIGQUIT: immediate. True if it ended within the limit.
  bool stop(int signal, std::chrono::seconds limit = std::chrono::seconds(60)) {
    ::kill(postmaster_, signal);
    return wait(limit);
  }
  bool wait(std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!has_ended()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  void signal(int number) const { ::kill(postmaster_, number); }
  // Without waiting.
  bool has_ended() {
    if (postmaster_ == 0) return true;
    if (::waitpid(postmaster_, nullptr, WNOHANG) != postmaster_) return false;
    postmaster_ = 0;
    return true;
  }
  // As a power cut to all its processes.
  void kill_all() {
    const std::vector<pid_t> processes = children(postmaster_);
    ::kill(postmaster_, SIGKILL);
    for (const pid_t child : processes) ::kill(child, SIGKILL);
    wait(std::chrono::seconds(30));
  }

 private:
  static std::string newest_binaries() {
    std::vector<int> versions;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
      versions.push_back(std::atoi(entry.path().filename().c_str()));
    }
    return "/usr/lib/postgresql/" + std::to_string(*std::ranges::max_element(versions)) + "/bin";
  }

  static std::vector<pid_t> children(pid_t parent) {
    std::ifstream file(fmt::format("/proc/{}/task/{}/children", parent, parent));
    std::vector<pid_t> all;
    for (pid_t child = 0; file >> child;) all.push_back(child);
    return all;
  }

  pid_t spawn(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const std::string log = directory_ + "/log";
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (user_ != 0 && (::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(1);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execv(arguments[0], arguments.data());
    ::_exit(1);
  }

  void run_to_end(const std::vector<std::string>& command) const {
    int status = 0;
    ::waitpid(spawn(command), &status, 0);
    EXPECT_EQ(status, 0) << command[0];
  }

  Settings settings_;
  std::string directory_;
  std::string binaries_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t postmaster_ = 0;
};

}  // namespace stele::postgres
