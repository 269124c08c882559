#include "postgres/wire/lists.h"

namespace stele::postgres::wire {

CellList CellList::read(ByteReader& reader, std::string_view all, std::size_t count) {
  const std::string_view rest = all.substr(all.size() - reader.remaining());
  for (std::size_t i = 0; i < count && reader.ok(); ++i) {
    const auto size = reader.big_endian<std::int32_t>();
    if (size >= 0) {
      reader.take(static_cast<std::size_t>(size));
    } else if (size != -1) {
      reader.take(reader.remaining() + 1);  // no such length: spoils the reader
    }
  }
  if (!reader.ok()) return CellList();
  return CellList(rest.substr(0, rest.size() - reader.remaining()), count);
}

Cell CellList::operator[](std::size_t i) const {
  Iterator at = begin();
  while (i-- > 0) ++at;
  return *at;
}

void append_cell(std::string& out, Cell cell) {
  append_big_endian(out, cell ? static_cast<std::int32_t>(cell->size()) : std::int32_t{-1});
  if (cell) out.append(*cell);
}

void append_formats(std::string& out, std::span<const Format> formats) {
  append_big_endian(out, static_cast<std::int16_t>(formats.size()));
  for (const Format format : formats) append_big_endian(out, static_cast<std::int16_t>(format));
}

void append_formats(std::string& out, IntegerList<std::int16_t> formats) {
  append_big_endian(out, static_cast<std::int16_t>(formats.size()));
  out.append(formats.bytes());
}

void append_cells(std::string& out, std::span<const Cell> cells) {
  append_big_endian(out, static_cast<std::int16_t>(cells.size()));
  for (const Cell cell : cells) append_cell(out, cell);
}

void append_cells(std::string& out, const CellList& cells) {
  append_big_endian(out, static_cast<std::int16_t>(cells.size()));
  out.append(cells.bytes());
}

}  // namespace stele::postgres::wire
