#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/mapping.h"

namespace stele::io {

// Which bytes are at this place? An open file, by offset. What is written may be lost in a crash until sync()
// has returned. A file that was removed or replaced stays readable and writable through its handle. One
// thread at a time. Errors: kIo with what the system said, "path" and "errno".
class File {
 public:
  virtual ~File() = default;

  // Up to `size` bytes from `offset`; fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const = 0;
  // Beyond the end: the gap is zeros.
  virtual Result<> write_at(std::uint64_t offset, std::string_view bytes) = 0;
  virtual Result<> append(std::string_view bytes) = 0;
  virtual Result<std::uint64_t> size() const = 0;
  virtual Result<> truncate(std::uint64_t size) = 0;
  // Content and size are on the disk; the name is once its directory's sync() has returned.
  virtual Result<> sync() = 0;
};

enum class OpenMode {
  kRead,       // the file exists: else kNotFound
  kReadWrite,  // created when missing
  kCreate,     // created, or emptied when it exists
};

struct Entry {
  std::string name;
  bool is_directory;
  bool operator==(const Entry&) const = default;
};

// Held until destroyed.
class Lock {
 public:
  virtual ~Lock() = default;
};

// Which files are here? The only way to the disk, so that tests put one in memory or one that fails in its
// place. A name is one path component: no '/', not "." or "..", else kInvalidArgument. Any thread; the files
// are not.
class Directory {
 public:
  virtual ~Directory() = default;

  virtual Result<std::unique_ptr<File>> open(std::string_view name, OpenMode mode) = 0;
  // The file's content as it is now; kNotFound. Here: a copy in memory.
  virtual Result<std::shared_ptr<const Mapping>> map(std::string_view name);
  // Created when missing.
  virtual Result<std::unique_ptr<Directory>> subdirectory(std::string_view name) = 0;
  // Replaces `to` at once: a reader sees the old file or the new one. Files only; kNotFound.
  virtual Result<> rename(std::string_view from, std::string_view to) = 0;
  // A file, or a directory with nothing in it; kNotFound.
  virtual Result<> remove(std::string_view name) = 0;
  // Sorted by name.
  virtual Result<std::vector<Entry>> list() const = 0;
  // What was created, renamed and removed here is on the disk.
  virtual Result<> sync() = 0;
  // One holder at a time, among processes too: else kFailedPrecondition that names the holder's pid, also in
  // the detail "pid". Ends with the Lock or the process.
  virtual Result<std::unique_ptr<Lock>> lock(std::string_view name) = 0;
  // For messages.
  virtual std::string path() const = 0;
};

// The machine's directory `path`; it and its parents are created when missing.
Result<std::unique_ptr<Directory>> open_directory(const std::string& path);

// Nothing but memory; lives as long as it or one of its subdirectories or files does.
std::unique_ptr<Directory> memory_directory();

// OK for a name that a Directory takes.
Result<> check_name(std::string_view name);

Result<std::string> read_all(Directory& directory, std::string_view name);
// A reader sees the old content or the new one, after a crash too.
Result<> write_atomically(Directory& directory, std::string_view name, std::string_view content);
// The same for what a crash may take: a reader sees the old content or the new one, and nobody waits for the
// disk.
Result<> replace_content(Directory& directory, std::string_view name, std::string_view content);
// All files and directories within; the directory itself stays.
Result<> remove_content(Directory& directory);

}  // namespace stele::io
