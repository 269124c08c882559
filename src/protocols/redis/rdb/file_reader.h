#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocols/redis/rdb/types.h"

namespace stele::redis::rdb {

// What an RDB file holds, one after the other. Views until the next call of the reader.
struct FileItem {
  enum class Kind : std::uint8_t { kKey, kLibrary };
  Kind kind = Kind::kKey;
  std::uint64_t db = 0;
  std::string_view key;
  std::int64_t expires_at_ms = 0;  // 0: never
  Type type = Type::kString;
  std::string_view content;  // of a key: what follows the type in DUMP's answer; of a library: its code
};

// What is in an RDB file (version 1 to 12) that comes piece by piece? Values are measured, not decoded.
// Memory: the largest key with its value, twice. Errors: kCorruption, after which the reader is of no use.
// Source: Redis 7.2 rdb.c.
class FileReader {
 public:
  // More bytes of the file, in any pieces.
  void feed(std::string_view bytes);
  // For the time being no more bytes come: next() tries again with those that are there.
  void try_again() { wanted_ = 1; }
  // The next item; nothing where more bytes are needed, or the end was reached.
  Result<std::optional<FileItem>> next();
  bool is_at_end() const { return is_at_end_; }
  // What was fed and lies behind the end.
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  std::uint64_t position() const { return position_; }  // bytes of the file that are understood

 private:
  enum class Step : std::uint8_t { kDone, kNeedsMore, kItem };
  Result<Step> read_header();
  Result<Step> read_one(FileItem& item);
  Result<Step> read_end(std::size_t taken);
  Step needs_more();
  // The first so many bytes of the rest are understood.
  void pass(std::size_t count);

  std::string buffer_;
  std::size_t at_ = 0;      // what of the buffer is understood
  std::size_t wanted_ = 1;  // bytes of the rest with which it is worth to try again
  std::uint64_t position_ = 0;
  std::uint64_t checksum_ = 0;
  int version_ = 0;
  std::uint64_t db_ = 0;
  std::int64_t expires_at_ms_ = 0;
  bool is_at_end_ = false;
  std::deque<std::string> texts_;
};

}  // namespace stele::redis::rdb
