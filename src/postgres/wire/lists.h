#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace stele::postgres::wire {

// One value of a row or a parameter as it lies on the wire: bytes, or SQL's NULL.
using Cell = std::optional<std::string_view>;

enum class Format : std::int16_t { kText = 0, kBinary = 1 };

// Integers that lie one after another in a message, read where they lie. Views: as long as the message.
template <std::integral T>
class IntegerList {
 public:
  IntegerList() = default;
  explicit IntegerList(std::string_view bytes) : bytes_(bytes) {}
  // The next `count` integers of `reader` (whose ok() tells whether they were there).
  static IntegerList read(ByteReader& reader, std::size_t count) {
    return IntegerList(reader.take(count * sizeof(T)));
  }

  std::size_t size() const { return bytes_.size() / sizeof(T); }
  bool empty() const { return bytes_.empty(); }
  T operator[](std::size_t i) const { return load_big_endian<T>(bytes_.data() + i * sizeof(T)); }
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// Cells that lie one after another in a message, each a length (-1 = NULL) and its bytes: walked with
//   for (wire::Cell cell : row.cells)
// Checked once by read(), so that walking cannot fail. Views: as long as the message.
class CellList {
 public:
  class Iterator {
   public:
    using value_type = Cell;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(const char* at) : at_(at) {}
    Cell operator*() const {
      const auto size = load_big_endian<std::int32_t>(at_);
      if (size < 0) return std::nullopt;
      return std::string_view(at_ + 4, static_cast<std::size_t>(size));
    }
    Iterator& operator++() {
      const auto size = load_big_endian<std::int32_t>(at_);
      at_ += 4 + (size < 0 ? 0 : size);
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const char* at_ = nullptr;
  };

  CellList() = default;
  // The next `count` cells of `reader`; its ok() tells whether they were there whole. O(count).
  static CellList read(ByteReader& reader, std::string_view all, std::size_t count);

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Iterator begin() const { return Iterator(bytes_.data()); }
  Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }
  // O(i).
  Cell operator[](std::size_t i) const;
  std::string_view bytes() const { return bytes_; }

 private:
  CellList(std::string_view bytes, std::size_t count) : bytes_(bytes), count_(count) {}

  std::string_view bytes_;
  std::size_t count_ = 0;
};

void append_cell(std::string& out, Cell cell);
// A 16-bit count and the formats.
void append_formats(std::string& out, std::span<const Format> formats);
void append_formats(std::string& out, IntegerList<std::int16_t> formats);
// A 16-bit count and the cells.
void append_cells(std::string& out, std::span<const Cell> cells);
void append_cells(std::string& out, const CellList& cells);

}  // namespace stele::postgres::wire
