#include "postgres/replication/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace stele::postgres {

namespace {

Error spool_full(std::uint64_t bytes_max) {
  return make_error(ErrorCode::kResourceExhausted, fmt::format("spool is full: {} bytes", bytes_max));
}

Error io_error(std::string_view what) {
  const int cause = errno;
  return make_error(ErrorCode::kIo, fmt::format("spool: {}: {}", what, std::strerror(cause)));
}

class MemorySpool final : public Spool {
 public:
  explicit MemorySpool(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  Result<void> append(std::string_view bytes) override {
    if (bytes_.size() + bytes.size() > bytes_max_) return spool_full(bytes_max_);
    bytes_.append(bytes);
    return {};
  }
  Result<std::size_t> read(std::uint64_t offset, char* out, std::size_t size) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t taken = std::min<std::uint64_t>(size, bytes_.size() - offset);
    std::memcpy(out, bytes_.data() + offset, taken);
    return taken;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::uint64_t bytes_max_;
  std::string bytes_;
};

class FileSpool final : public Spool {
 public:
  FileSpool(int fd, std::uint64_t bytes_max) : fd_(fd), bytes_max_(bytes_max) {}
  ~FileSpool() override { ::close(fd_); }
  FileSpool(const FileSpool&) = delete;
  FileSpool& operator=(const FileSpool&) = delete;

  Result<void> append(std::string_view bytes) override {
    if (size_ + bytes.size() > bytes_max_) return spool_full(bytes_max_);
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return io_error("write");
      size_ += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  Result<std::size_t> read(std::uint64_t offset, char* out, std::size_t size) const override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t taken = ::pread(fd_, out + done, size - done, static_cast<off_t>(offset + done));
      if (taken < 0 && errno == EINTR) continue;
      if (taken < 0) return io_error("read");
      if (taken == 0) break;
      done += static_cast<std::size_t>(taken);
    }
    return done;
  }
  std::uint64_t size() const override { return size_; }

 private:
  int fd_;
  std::uint64_t bytes_max_;
  std::uint64_t size_ = 0;
};

}  // namespace

SpoolFactory memory_spools(std::uint64_t bytes_max) {
  return [bytes_max]() -> Result<std::unique_ptr<Spool>> { return std::make_unique<MemorySpool>(bytes_max); };
}

SpoolFactory temporary_file_spools(std::string directory, std::uint64_t bytes_max) {
  return [directory = std::move(directory), bytes_max]() -> Result<std::unique_ptr<Spool>> {
    const int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) return io_error(directory);
    return std::make_unique<FileSpool>(fd, bytes_max);
  };
}

}  // namespace stele::postgres
