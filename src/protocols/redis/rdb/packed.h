#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/redis/rdb/reader.h"

namespace stele::redis::rdb {

// The flat forms in which Redis keeps small collections, and writes them as they are. The readers append the
// elements to `out` and say whether the bytes were a whole and consistent such form: every length, back
// length, count and end is looked at. Views into `bytes`, numbers kept by `keeper`.
using Views = std::vector<std::string_view>;

bool read_listpack(std::string_view bytes, Reader& keeper, Views& out);
bool read_ziplist(std::string_view bytes, Reader& keeper, Views& out);
bool read_intset(std::string_view bytes, Reader& keeper, Views& out);
bool read_zipmap(std::string_view bytes, Reader& keeper, Views& out);  // names and values by turns

// What stands in a listpack, one element after the other? The first error stays: ok() is asked before what
// was read is believed. Views into `bytes`, which live longer.
class ListpackCursor {
 public:
  explicit ListpackCursor(std::string_view bytes);
  ListpackCursor(const ListpackCursor&) = delete;
  ListpackCursor& operator=(const ListpackCursor&) = delete;

  bool ok() const { return in_.ok(); }
  // Whether no more elements come: the end follows, or nothing that is understood.
  bool is_at_end() const { return in_.remaining() <= 1; }
  // All elements were read, as many as the listpack says.
  bool is_whole();

  struct Element {
    bool is_integer = false;
    std::int64_t integer = 0;
    std::string_view text;
  };
  Element next();
  // The next one, which must be a number.
  std::int64_t integer();
  // The next one as text, kept by `keeper` where it is a number.
  std::string_view text(Reader& keeper);

 private:
  std::deque<std::string> unused_;
  Reader in_;
  std::size_t count_ = 0;
  std::size_t found_ = 0;
};

// Makes a listpack. `size()` is that of the finished one.
class ListpackWriter {
 public:
  ListpackWriter() : bytes_(kHeaderBytes, '\0') {}

  void add(std::string_view element);
  void add_integer(std::int64_t value);
  // The first element, which was added as one number, becomes another one.
  void replace_first_integer(std::int64_t from, std::int64_t to);
  std::size_t size() const { return bytes_.size() + 1; }
  std::size_t count() const { return count_; }
  // The finished one; this begins anew.
  std::string finish();

 private:
  static constexpr std::size_t kHeaderBytes = 6;
  void add_back_length(std::size_t entry_bytes);

  std::string bytes_;
  std::size_t count_ = 0;
};

// An intset of these numbers, each once, growing.
std::string write_intset(std::span<const std::int64_t> numbers);

}  // namespace stele::redis::rdb
