// Files in memory, with the same answers as the machine's.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "io/directory.h"

namespace stele::io {
namespace {

struct Content {
  std::mutex mutex;
  std::string bytes;
};

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<Content> content, bool writable)
      : content_(std::move(content)), writable_(writable) {}

  Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    const std::scoped_lock lock(content_->mutex);
    const std::string& bytes = content_->bytes;
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::uint64_t>(size, bytes.size() - offset);
    std::memcpy(buffer, bytes.data() + offset, count);
    return count;
  }

  Result<> write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::scoped_lock lock(content_->mutex);
    return write(offset, bytes);
  }

  Result<> append(std::string_view bytes) override {
    const std::scoped_lock lock(content_->mutex);
    return write(content_->bytes.size(), bytes);
  }

  Result<std::uint64_t> size() const override {
    const std::scoped_lock lock(content_->mutex);
    return content_->bytes.size();
  }

  Result<> truncate(std::uint64_t size) override {
    const std::scoped_lock lock(content_->mutex);
    if (!writable_) return not_writable();
    content_->bytes.resize(size, '\0');
    return {};
  }

  Result<> sync() override { return {}; }

 private:
  static Error not_writable() {
    return make_error(ErrorCode::kIo, "the file is open for reading").with("errno", std::to_string(EBADF));
  }

  Result<> write(std::uint64_t offset, std::string_view bytes) {
    if (!writable_) return not_writable();
    if (bytes.empty()) return {};
    if (content_->bytes.size() < offset + bytes.size()) content_->bytes.resize(offset + bytes.size(), '\0');
    std::memcpy(content_->bytes.data() + offset, bytes.data(), bytes.size());
    return {};
  }

  const std::shared_ptr<Content> content_;
  const bool writable_;
};

// A directory's content, shared by all its handles.
struct Folder {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Content>, std::less<>> files;
  std::map<std::string, std::shared_ptr<Folder>, std::less<>> folders;
  std::set<std::string, std::less<>> locks;
};

class MemoryLock final : public Lock {
 public:
  MemoryLock(std::shared_ptr<Folder> folder, std::string name)
      : folder_(std::move(folder)), name_(std::move(name)) {}
  ~MemoryLock() override {
    const std::scoped_lock lock(folder_->mutex);
    folder_->locks.erase(name_);
  }

 private:
  const std::shared_ptr<Folder> folder_;
  const std::string name_;
};

class MemoryDirectory final : public Directory {
 public:
  MemoryDirectory(std::shared_ptr<Folder> folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}

  Result<std::unique_ptr<File>> open(std::string_view name, OpenMode mode) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    const std::scoped_lock lock(folder_->mutex);
    if (folder_->folders.contains(name)) return refused("cannot open", name, EISDIR);
    auto it = folder_->files.find(name);
    if (it == folder_->files.end()) {
      if (mode == OpenMode::kRead) return refused("cannot open", name, ENOENT);
      it = folder_->files.emplace(std::string(name), std::make_shared<Content>()).first;
    }
    auto file = std::make_unique<MemoryFile>(it->second, mode != OpenMode::kRead);
    if (mode == OpenMode::kCreate) STELE_RETURN_IF_ERROR(file->truncate(0));
    return file;
  }

  Result<std::unique_ptr<Directory>> subdirectory(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    const std::scoped_lock lock(folder_->mutex);
    if (folder_->files.contains(name)) return refused("not a directory:", name, ENOTDIR);
    auto& inner = folder_->folders[std::string(name)];
    if (!inner) inner = std::make_shared<Folder>();
    return std::make_unique<MemoryDirectory>(inner, inner_path(name));
  }

  Result<> rename(std::string_view from, std::string_view to) override {
    STELE_RETURN_IF_ERROR(check_name(from));
    STELE_RETURN_IF_ERROR(check_name(to));
    const std::scoped_lock lock(folder_->mutex);
    const auto it = folder_->files.find(from);
    if (it == folder_->files.end()) return refused("cannot rename", from, ENOENT);
    if (folder_->folders.contains(to)) return refused("cannot rename", from, EISDIR);
    if (from == to) return {};
    std::shared_ptr<Content> content = std::move(it->second);
    folder_->files.erase(it);
    folder_->files[std::string(to)] = std::move(content);
    return {};
  }

  Result<> remove(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    const std::scoped_lock lock(folder_->mutex);
    if (const auto file = folder_->files.find(name); file != folder_->files.end()) {
      folder_->files.erase(file);
      return {};
    }
    const auto inner = folder_->folders.find(name);
    if (inner == folder_->folders.end()) return refused("cannot remove", name, ENOENT);
    const std::shared_ptr<Folder> kept = inner->second;  // beyond the lock of its mutex
    const std::scoped_lock inner_lock(kept->mutex);
    if (!kept->files.empty() || !kept->folders.empty()) return refused("cannot remove", name, ENOTEMPTY);
    folder_->folders.erase(inner);
    return {};
  }

  Result<std::vector<Entry>> list() const override {
    const std::scoped_lock lock(folder_->mutex);
    std::vector<Entry> entries;
    for (const auto& [name, content] : folder_->files)
      entries.push_back({.name = name, .is_directory = false});
    for (const auto& [name, inner] : folder_->folders)
      entries.push_back({.name = name, .is_directory = true});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  Result<> sync() override { return {}; }

  Result<std::unique_ptr<Lock>> lock(std::string_view name) override {
    STELE_RETURN_IF_ERROR(check_name(name));
    const std::scoped_lock lock(folder_->mutex);
    const std::string pid = std::to_string(::getpid());
    if (!folder_->locks.emplace(name).second)
      return make_error(ErrorCode::kFailedPrecondition, fmt::format("{} is in use by process {}", path_, pid))
          .with("path", path_)
          .with("pid", pid);
    auto& content = folder_->files[std::string(name)];
    if (!content) content = std::make_shared<Content>();
    return std::make_unique<MemoryLock>(folder_, std::string(name));
  }

  std::string path() const override { return path_; }

 private:
  std::string inner_path(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

  Error refused(std::string_view what, std::string_view name, int error) const {
    return make_error(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                      fmt::format("{} {}: {}", what, inner_path(name), std::strerror(error)))
        .with("path", inner_path(name))
        .with("errno", std::to_string(error));
  }

  const std::shared_ptr<Folder> folder_;
  const std::string path_;
};

}  // namespace

std::unique_ptr<Directory> memory_directory() {
  return std::make_unique<MemoryDirectory>(std::make_shared<Folder>(), "memory:");
}

}  // namespace stele::io
