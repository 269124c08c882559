// The machine's files.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/directory.h"

namespace stele::io {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

Error system_error(std::string_view what, const std::string& path, int error) {
  const ErrorCode code = error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return make_error(code, fmt::format("{} {}: {}", what, path, std::generic_category().message(error)))
      .with("path", path)
      .with("errno", std::to_string(error));
}

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<Descriptor> open_path(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, kFileMode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return system_error("cannot open", path, errno);
  return Descriptor(fd);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t got = ::pread(fd_.get(), buffer + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("cannot read", path_, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  Result<> write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return system_error("cannot write", path_, errno);
      offset += static_cast<std::uint64_t>(put);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  Result<> append(std::string_view bytes) override {
    STELE_TRY(const std::uint64_t end, size());
    return write_at(end, bytes);
  }

  Result<std::uint64_t> size() const override {
    struct stat status{};
    if (::fstat(fd_.get(), &status) != 0) return system_error("cannot stat", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0)
      return system_error("cannot truncate", path_, errno);
    return {};
  }

  Result<> sync() override {
    if (::fdatasync(fd_.get()) != 0) return system_error("cannot sync", path_, errno);
    return {};
  }

 private:
  Descriptor fd_;
  std::string path_;
};

// A file's pages, read by the machine when they are touched.
class PosixMapping final : public Mapping {
 public:
  PosixMapping(const char* bytes, std::size_t size) : bytes_(bytes, size) {}
  PosixMapping(const PosixMapping&) = delete;
  ~PosixMapping() override { ::munmap(const_cast<char*>(bytes_.data()), bytes_.size()); }
  std::string_view bytes() const override { return bytes_; }
  std::size_t memory_bytes() const override { return 0; }

 private:
  const std::string_view bytes_;
};

class PosixLock final : public Lock {
 public:
  explicit PosixLock(Descriptor fd) : fd_(std::move(fd)) {}

 private:
  Descriptor fd_;  // closing it ends the lock
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR | O_CREAT;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class PosixDirectory final : public Directory {
 public:
  explicit PosixDirectory(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<File>> open(std::string_view name, OpenMode mode) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    STELE_TRY(Descriptor fd, open_path(inner(name), open_flags(mode)));
    return std::make_unique<PosixFile>(std::move(fd), inner(name));
  }

  Result<std::shared_ptr<const Mapping>> map(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    STELE_TRY(const Descriptor fd, open_path(inner(name), O_RDONLY));
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0) return system_error("cannot stat", inner(name), errno);
    // No pages of nothing.
    if (status.st_size == 0) return mapping_of({});
    const auto size = static_cast<std::size_t>(status.st_size);
    void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (bytes == MAP_FAILED) return system_error("cannot map", inner(name), errno);
    return std::make_shared<PosixMapping>(static_cast<const char*>(bytes), size);
  }

  Result<std::unique_ptr<Directory>> subdirectory(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    return open_directory(inner(name));
  }

  Result<> rename(std::string_view from, std::string_view to) override {
    STELE_RETURN_IF_ERROR(check_name(from));
    STELE_RETURN_IF_ERROR(check_name(to));
    if (::rename(inner(from).c_str(), inner(to).c_str()) != 0)
      return system_error("cannot rename", inner(from), errno);
    return {};
  }

  Result<> remove(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    if (std::remove(inner(name).c_str()) != 0) return system_error("cannot remove", inner(name), errno);
    return {};
  }

  Result<std::vector<Entry>> list() const override {
    std::vector<Entry> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator it(path_, error), end; !error && it != end; it.increment(error))
      entries.push_back({.name = it->path().filename(), .is_directory = it->is_directory(error)});
    if (error) return system_error("cannot list", path_, error.value());
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  Result<> sync() override {
    STELE_TRY(const Descriptor fd, open_path(path_, O_RDONLY | O_DIRECTORY));
    if (::fsync(fd.get()) != 0) return system_error("cannot sync", path_, errno);
    return {};
  }

  Result<std::unique_ptr<Lock>> lock(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    STELE_TRY(Descriptor fd, open_path(inner(name), O_RDWR | O_CREAT));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return system_error("cannot lock", inner(name), errno);
      char pid[32] = {};
      const ssize_t got = ::pread(fd.get(), pid, sizeof(pid) - 1, 0);
      const std::string holder(pid, got > 0 ? static_cast<std::size_t>(got) : 0);
      return make_error(ErrorCode::kFailedPrecondition, fmt::format("{} is in use by process {}", path_,
                                                                    holder.empty() ? "(unknown)" : holder))
          .with("path", path_)
          .with("pid", holder);
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0)
      return system_error("cannot write", inner(name), errno);
    return std::make_unique<PosixLock>(std::move(fd));
  }

  std::string path() const override { return path_; }

 private:
  std::string inner(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    const std::filesystem::path parent = std::filesystem::absolute(path, error).parent_path();
    std::filesystem::create_directories(parent, error);
    if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
      return system_error("cannot create the directory", path, errno);
  }
  if (!std::filesystem::is_directory(path, error)) return system_error("not a directory:", path, ENOTDIR);
  return std::make_unique<PosixDirectory>(path);
}

}  // namespace stele::io
