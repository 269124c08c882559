#include "postgres/server/placement.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "crypto/hash.h"

namespace stele::postgres {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kSocketPathMax = 107;
constexpr std::string_view kSocketName = "/.s.PGSQL.5432";

Error failed(const std::string& path, std::string_view what) {
  return make_error(ErrorCode::kFailedPrecondition, fmt::format("{}: {}", path, what));
}

bool may_search(const struct stat& file, const RunAs& user) {
  if (user.uid == 0) return true;
  if (file.st_uid == user.uid) return (file.st_mode & S_IXUSR) != 0;
  const bool in_group =
      file.st_gid == user.gid || std::ranges::find(user.groups, file.st_gid) != user.groups.end();
  return (file.st_mode & (in_group ? S_IXGRP : S_IXOTH)) != 0;
}

std::string short_hash(const std::string& path) {
  return crypto::hex(crypto::sha256(path)).substr(0, 16);
}

}  // namespace

Result<void> own_directory(const std::string& path, const RunAs& user, unsigned mode) {
  struct stat file{};
  if (lstat(path.c_str(), &file) != 0) {
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    if (mkdir(path.c_str(), mode) != 0) return failed(path, std::strerror(errno));
    if (!user.is_self() && chown(path.c_str(), user.uid, user.gid) != 0)
      return failed(path, std::strerror(errno));
    if (chmod(path.c_str(), mode) != 0) return failed(path, std::strerror(errno));
    return {};
  }
  if (!S_ISDIR(file.st_mode)) return failed(path, "is no directory");
  if (file.st_uid == user.uid) return {};
  // A directory that root has just made for us may be given away; another's may not.
  if (file.st_uid != geteuid() || !fs::is_empty(path)) {
    return failed(path, fmt::format("belongs to another user than {}", user.name));
  }
  if (chown(path.c_str(), user.uid, user.gid) != 0) return failed(path, std::strerror(errno));
  if (chmod(path.c_str(), mode) != 0) return failed(path, std::strerror(errno));
  return {};
}

std::string closed_parent(const std::string& path, const RunAs& user) {
  std::error_code error;
  fs::path at = fs::weakly_canonical(path, error).parent_path();
  std::string closed;
  for (; !at.empty(); at = at.parent_path()) {
    struct stat file{};
    if (stat(at.c_str(), &file) == 0 && !may_search(file, user)) closed = at.string();
    if (at == at.root_path()) break;
  }
  return closed;
}

std::string short_socket_directory(const std::string& directory, const RunAs& user) {
  std::string own = directory + "/socket";
  if (own.size() + kSocketName.size() <= kSocketPathMax) return own;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe)
  std::string base = "/tmp";
  if (geteuid() == 0) {
    base = "/run";
  } else if (runtime != nullptr && runtime[0] == '/' && std::strlen(runtime) < 60 &&
             access(runtime, W_OK) == 0) {
    base = runtime;
  }
  return fmt::format("{}/stele-{}-{}", base, user.uid, short_hash(directory));
}

}  // namespace stele::postgres
