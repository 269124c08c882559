#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace stele::postgres {

// How one column of a tuple travels. The values are pgoutput's own letters.
enum class ColumnKind : char {
  kNull = 'n',
  kUnchanged = 'u',  // a TOASTed value that this UPDATE did not touch: take it from the row as it was
  kText = 't',
  kBinary = 'b',
};

struct ColumnValue {
  ColumnKind kind = ColumnKind::kNull;
  std::string_view bytes;  // of kText and kBinary

  bool is_null() const { return kind == ColumnKind::kNull; }
  bool operator==(const ColumnValue&) const = default;
};

// One row's columns in pgoutput's TupleData form, in the order of its relation's columns: what the stream
// decodes and what a copy yields. A view: lives as long as the bytes it was made over. Iterating costs a few
// nanoseconds a column; there is no random access, decode once into a vector where that is needed.
class Tuple {
 public:
  class Iterator {
   public:
    using value_type = ColumnValue;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const ColumnValue*;
    using reference = ColumnValue;

    Iterator() = default;
    Iterator(const char* at, std::uint32_t left) : at_(at), left_(left) {}
    ColumnValue operator*() const {
      const auto kind = static_cast<ColumnKind>(*at_);
      if (!has_bytes(kind)) return {kind, {}};
      return {kind, {at_ + 5, load_big_endian<std::uint32_t>(at_ + 1)}};
    }
    Iterator& operator++() {
      at_ += has_bytes(static_cast<ColumnKind>(*at_)) ? 5 + load_big_endian<std::uint32_t>(at_ + 1) : 1;
      --left_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return left_ == other.left_; }

   private:
    static bool has_bytes(ColumnKind kind) {
      return kind == ColumnKind::kText || kind == ColumnKind::kBinary;
    }
    const char* at_ = nullptr;
    std::uint32_t left_ = 0;
  };

  Tuple() = default;
  // Reads a tuple from the front of `reader` and checks all of it, so that iterating needs no checks. On
  // malformed bytes the reader is no longer ok() and the tuple is empty.
  static Tuple read(ByteReader& reader);

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Iterator begin() const { return {columns_.data(), count_}; }
  Iterator end() const { return {nullptr, 0}; }
  // The columns as a vector that is reused from row to row.
  void decode_into(std::vector<ColumnValue>& columns) const;
  // The bytes after the column count.
  std::string_view bytes() const { return columns_; }

 private:
  Tuple(std::uint16_t count, std::string_view columns) : columns_(columns), count_(count) {}

  std::string_view columns_;
  std::uint16_t count_ = 0;
};

// Writes TupleData: count first, then columns.
inline void append_tuple_count(std::string& out, std::uint16_t count) {
  append_big_endian(out, count);
}
void append_column(std::string& out, ColumnValue column);

}  // namespace stele::postgres
