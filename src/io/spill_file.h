#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/directory.h"

namespace stele::io {

// Where do records wait that are too many for memory? A bounded first-in-first-out file: append all, then
// read them back in order, as often as wanted. The file has no name once it is open, so it is gone with this
// object or with the process. Appends gather in a buffer of kBufferBytes, and each write and read blocks for
// that much. One thread at a time.
// Errors: kResourceExhausted beyond bytes_max (what was appended before stays readable), kIo, kCorruption.
class SpillFile {
 public:
  static constexpr std::size_t kBufferBytes = 256 * 1024;

  // `name` is free in `directory` and taken only for a moment.
  static Result<SpillFile> create(Directory& directory, std::string_view name, std::uint64_t bytes_max);

  Result<> append(std::string_view record);
  std::uint64_t records() const { return records_; }
  // Of the records and 8 for each.
  std::uint64_t bytes() const { return bytes_; }

  class Reader {
   public:
    // The next record, or nothing after the last one. The view lives until the next call.
    Result<std::optional<std::string_view>> next();

   private:
    friend class SpillFile;
    explicit Reader(const SpillFile& file) : file_(file) {}
    // Makes `size` unread bytes stand in the buffer.
    Result<> fill(std::size_t size);

    const SpillFile& file_;
    std::string buffer_;
    std::size_t buffer_at_ = 0;  // the first unread byte of buffer_
    std::uint64_t file_at_ = 0;  // where the bytes after buffer_ are
    std::uint64_t records_read_ = 0;
  };

  // From the first record; what is appended while it reads is read too. Must not outlive the file or its
  // move.
  Reader read() const { return Reader(*this); }

 private:
  SpillFile(std::unique_ptr<File> file, std::uint64_t bytes_max)
      : file_(std::move(file)), bytes_max_(bytes_max) {}

  std::unique_ptr<File> file_;
  std::uint64_t bytes_max_;
  std::string buffer_;         // appended and not yet written
  std::uint64_t written_ = 0;  // bytes in the file
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace stele::io
