#include "postgres/server/orphans.h"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "base/log.h"

namespace stele::postgres {
namespace {

namespace fs = std::filesystem;
constexpr Logger kLog("postgres");
constexpr Duration kRound = std::chrono::milliseconds(10);

std::string name_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

std::vector<pid_t> orphans(const std::string& data) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string word = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), pid);
    if (wrong != std::errc() || end != word.data() + word.size() || name_of(word) != "postgres") continue;
    std::error_code gone;
    const fs::path at = fs::read_symlink(entry.path() / "cwd", gone);
    if (!gone && fs::equivalent(at, data, gone) && !gone) found.push_back(pid);
  }
  return found;
}

bool end_orphans(const std::string& data, Duration patience) {
  const auto began = std::chrono::steady_clock::now();
  int last_signal = 0;
  while (true) {
    const std::vector<pid_t> found = orphans(data);
    if (found.empty()) return true;
    const Duration passed = std::chrono::steady_clock::now() - began;
    if (passed > patience) return false;
    const int signal = passed < patience / 2 ? SIGQUIT : SIGKILL;
    if (std::exchange(last_signal, signal) != signal) {
      kLog.warn("ending {} processes of a PostgreSQL that was killed signal={}", found.size(), signal);
      for (const pid_t pid : found) kill(pid, signal);
    }
    std::this_thread::sleep_for(kRound);
  }
}

bool is_number_taken(pid_t pid) {
  return kill(pid, 0) == 0 || errno == EPERM;
}

}  // namespace stele::postgres
