#include "postgres/replication/tuple.h"

namespace stele::postgres {

Tuple Tuple::read(ByteReader& reader) {
  const auto count = reader.big_endian<std::uint16_t>();
  const std::string_view from = reader.take(0);
  const std::size_t before = reader.remaining();
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
    const auto kind = static_cast<ColumnKind>(reader.big_endian<std::uint8_t>());
    switch (kind) {
      case ColumnKind::kNull:
      case ColumnKind::kUnchanged:
        break;
      case ColumnKind::kText:
      case ColumnKind::kBinary:
        reader.take(reader.big_endian<std::uint32_t>());
        break;
      default:
        reader.take(reader.remaining() + 1);  // an unknown kind makes the reader fail
    }
  }
  if (!reader.ok()) return {};
  return {count, {from.data(), before - reader.remaining()}};
}

void Tuple::decode_into(std::vector<ColumnValue>& columns) const {
  columns.clear();
  for (const ColumnValue column : *this) columns.push_back(column);
}

void append_column(std::string& out, ColumnValue column) {
  out.push_back(static_cast<char>(column.kind));
  if (column.kind != ColumnKind::kText && column.kind != ColumnKind::kBinary) return;
  append_big_endian(out, static_cast<std::uint32_t>(column.bytes.size()));
  out.append(column.bytes);
}

}  // namespace stele::postgres
