#pragma once

#include <cstdint>
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

// Makes a listpack. `size()` is that of the finished one.
class ListpackWriter {
 public:
  ListpackWriter() : bytes_(kHeaderBytes, '\0') {}

  void add(std::string_view element);
  void add_integer(std::int64_t value);
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
