#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/parameters.h"
#include "postgres/wire/backend.h"

namespace stele::postgres {

struct Column {
  std::string name;
  Oid table = 0;
  std::int16_t number = 0;  // attribute number in `table`
  Oid type = 0;
  std::int16_t type_size = 0;
  std::int32_t type_modifier = -1;
  wire::Format format = wire::Format::kText;
  bool operator==(const Column&) const = default;
};
using Columns = std::vector<Column>;

Columns to_columns(const wire::RowDescription& description);

// What did one statement answer? Its columns, all its rows and its command tag. Rows lie in one buffer as
// they came, with one 4-byte offset a cell: no allocation a row or cell. Movable value; views live as long as
// it.
class ResultSet {
 public:
  class Row {
   public:
    std::size_t size() const { return set_->columns().size(); }
    wire::Cell operator[](std::size_t column) const { return set_->cell(row_, column); }

   private:
    friend class ResultSet;
    Row(const ResultSet* set, std::size_t row) : set_(set), row_(row) {}
    const ResultSet* set_;
    std::size_t row_;
  };
  class Iterator {
   public:
    Iterator(const ResultSet* set, std::size_t row) : set_(set), row_(row) {}
    Row operator*() const { return {set_, row_}; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return row_ == other.row_; }

   private:
    const ResultSet* set_;
    std::size_t row_;
  };

  const Columns& columns() const;
  std::optional<std::size_t> column(std::string_view name) const;
  std::size_t size() const { return rows_; }
  bool empty() const { return rows_ == 0; }
  Row operator[](std::size_t row) const { return {this, row}; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, rows_}; }
  wire::Cell cell(std::size_t row, std::size_t column) const;
  // The first cell of the first row; NULL when there is none.
  wire::Cell value() const { return rows_ > 0 && !columns().empty() ? cell(0, 0) : std::nullopt; }

  const std::string& tag() const { return tag_; }  // "INSERT 0 1"; empty for an empty statement
  std::uint64_t affected_rows() const { return wire::CommandComplete{tag_}.rows(); }
  std::size_t byte_size() const { return bytes_.size() + offsets_.size() * sizeof(std::uint32_t); }

  // For whoever reads replies.
  void set_columns(std::shared_ptr<const Columns> columns) { columns_ = std::move(columns); }
  // False (and nothing is added) when the row has another number of cells than there are columns.
  bool add_row(const wire::CellList& cells);
  void set_tag(std::string_view tag) { tag_ = tag; }

 private:
  std::shared_ptr<const Columns> columns_;
  std::string bytes_;                   // cells, each a length and its bytes
  std::vector<std::uint32_t> offsets_;  // of each cell, row by row
  std::size_t rows_ = 0;
  std::string tag_;
};

}  // namespace stele::postgres
