#include "postgres/result_set.h"

#include <algorithm>

namespace stele::postgres {

Columns to_columns(const wire::RowDescription& description) {
  Columns columns;
  columns.reserve(description.fields.size());
  for (const wire::FieldDescription& field : description.fields) {
    columns.push_back({std::string(field.name), field.table, field.column, field.type, field.type_size,
                       field.type_modifier, field.format});
  }
  return columns;
}

const Columns& ResultSet::columns() const {
  static const Columns none;
  return columns_ ? *columns_ : none;
}

std::optional<std::size_t> ResultSet::column(std::string_view name) const {
  const auto found = std::ranges::find(columns(), name, &Column::name);
  if (found == columns().end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns().begin());
}

wire::Cell ResultSet::cell(std::size_t row, std::size_t column) const {
  return *wire::CellList::Iterator(bytes_.data() + offsets_[row * columns_->size() + column]);
}

bool ResultSet::add_row(const wire::CellList& cells) {
  if (cells.size() != columns().size()) return false;
  auto at = static_cast<std::uint32_t>(bytes_.size());
  bytes_.append(cells.bytes());
  for (const wire::Cell cell : cells) {
    offsets_.push_back(at);
    at += 4 + static_cast<std::uint32_t>(cell ? cell->size() : 0);
  }
  ++rows_;
  return true;
}

}  // namespace stele::postgres
