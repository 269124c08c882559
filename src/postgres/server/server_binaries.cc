#include "postgres/server/server_binaries.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "postgres/server/child_process.h"

namespace stele::postgres {

namespace {

namespace fs = std::filesystem;

// "postgres (PostgreSQL) 15.20 (Debian …)" -> 15; 0 if it is no such text.
int major_of(std::string_view text) {
  constexpr std::string_view kMark = "(PostgreSQL) ";
  const std::size_t at = text.find(kMark);
  if (at == std::string_view::npos) return 0;
  text.remove_prefix(at + kMark.size());
  int major = 0;
  std::from_chars(text.data(), text.data() + text.size(), major);
  return major;
}

void add_numbered(std::vector<std::string>& places, const char* parent, std::string_view prefix) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    if (entry.path().filename().string().starts_with(prefix))
      places.push_back((entry.path() / "bin").string());
  }
}

std::vector<std::string> usual_places() {
  std::vector<std::string> places;
  add_numbered(places, "/usr/lib/postgresql", "");
  add_numbered(places, "/usr", "pgsql-");
  places.emplace_back("/usr/local/pgsql/bin");
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    if (rest.starts_with('/')) places.emplace_back(rest.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return places;
}

bool has_programs(const std::string& directory) {
  return access((directory + "/postgres").c_str(), X_OK) == 0 &&
         access((directory + "/initdb").c_str(), X_OK) == 0;
}

}  // namespace

Result<ServerBinaries> ServerBinaries::at(const std::string& directory) {
  if (!has_programs(directory)) {
    return make_error(ErrorCode::kNotFound, fmt::format("no postgres and initdb in {}", directory));
  }
  ServerBinaries binaries{directory, 0};
  STELE_TRY(RunAs run_as, RunAs::unprivileged());
  ChildOptions version;
  version.arguments = {binaries.postgres(), "--version"};
  version.run_as = std::move(run_as);
  STELE_TRY(const CommandResult ran, run_command(std::move(version), std::chrono::seconds(20)));
  binaries.major = major_of(ran.output);
  if (binaries.major == 0) {
    return make_error(ErrorCode::kFailedPrecondition,
                      fmt::format("{} does not tell its version: {}", binaries.postgres(), ran.output));
  }
  if (binaries.major < kServerMajorMin) {
    return make_error(ErrorCode::kFailedPrecondition,
                      fmt::format("{} is of version {}, {} or newer is needed", binaries.postgres(),
                                  binaries.major, kServerMajorMin));
  }
  return binaries;
}

Result<ServerBinaries> ServerBinaries::find(int major) {
  std::vector<ServerBinaries> found;
  for (const std::string& place : usual_places()) {
    if (!has_programs(place)) continue;
    auto binaries = at(place);
    if (binaries && (major == 0 || binaries->major == major)) found.push_back(*std::move(binaries));
  }
  if (found.empty()) {
    const std::string wanted =
        major == 0 ? fmt::format("{} or newer", kServerMajorMin) : std::to_string(major);
    return make_error(
        ErrorCode::kNotFound,
        fmt::format("no PostgreSQL server of version {} in /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, "
                    "/usr/local/pgsql/bin or PATH: install the package postgresql, or name the "
                    "directory of its programs",
                    wanted));
  }
  return *std::ranges::max_element(found, {}, &ServerBinaries::major);
}

std::string binary_fingerprint(const ServerBinaries& binaries) {
  struct stat file{};
  if (stat(binaries.postgres().c_str(), &file) != 0) return {};
  return fmt::format("{}:{}:{}:{}.{}", file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec,
                     file.st_mtim.tv_nsec);
}

}  // namespace stele::postgres
