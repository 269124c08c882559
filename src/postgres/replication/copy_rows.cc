#include "postgres/replication/copy_rows.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace stele::postgres {

namespace {

constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
constexpr std::uint16_t kTrailer = 0xFFFF;

Error malformed() {
  return make_error(ErrorCode::kProtocol, "malformed rows from COPY");
}

// What follows a backslash; the octal and hexadecimal forms are never written by the server.
char unescape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return c;
  }
}

}  // namespace

Result<std::span<const Tuple>> CopyRows::take(std::span<const std::string_view> chunks) {
  bytes_.clear();
  rows_.clear();
  row_count_ = 0;
  for (const std::string_view chunk : chunks) {
    STELE_RETURN_IF_ERROR(is_binary_ ? take_binary(chunk) : take_text(chunk));
  }
  rows_.reserve(row_count_);
  ByteReader reader(bytes_);
  while (!reader.empty()) {
    rows_.push_back(Tuple::read(reader));
    if (!reader.ok()) return malformed();
  }
  return std::span<const Tuple>(rows_);
}

Result<void> CopyRows::take_binary(std::string_view chunk) {
  ByteReader reader(chunk);
  if (!header_read_) {
    if (reader.take(kSignature.size()) != kSignature) return malformed();
    reader.big_endian<std::uint32_t>();  // flags
    reader.take(reader.big_endian<std::uint32_t>());
    header_read_ = true;
  }
  while (reader.ok() && !reader.empty()) {
    const auto count = reader.big_endian<std::uint16_t>();
    if (count == kTrailer) {
      ended_ = true;
      break;
    }
    if (count != column_count_ || ended_) return malformed();
    append_tuple_count(bytes_, count);
    ++row_count_;
    for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
      const auto size = reader.big_endian<std::int32_t>();
      if (size < 0) {
        append_column(bytes_, {});
      } else {
        append_column(bytes_, {ColumnKind::kBinary, reader.take(static_cast<std::size_t>(size))});
      }
    }
  }
  if (!reader.ok() || !reader.empty()) return malformed();
  return {};
}

Result<void> CopyRows::take_text(std::string_view chunk) {
  while (!chunk.empty()) {
    const std::size_t end = chunk.find('\n');
    if (end == std::string_view::npos) return malformed();
    STELE_RETURN_IF_ERROR(take_line(chunk.substr(0, end)));
    chunk.remove_prefix(end + 1);
  }
  return {};
}

Result<void> CopyRows::take_line(std::string_view line) {
  append_tuple_count(bytes_, static_cast<std::uint16_t>(column_count_));
  ++row_count_;
  if (column_count_ == 0) return line.empty() ? Result<void>() : malformed();
  std::size_t fields = 0;
  for (std::size_t at = 0; at <= line.size(); ++fields) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    if (fields == column_count_) return malformed();
    append_text(line.substr(at, end - at));
    at = end + 1;
  }
  if (fields != column_count_) return malformed();
  return {};
}

void CopyRows::append_text(std::string_view field) {
  if (field == "\\N") {
    append_column(bytes_, {});
    return;
  }
  if (field.find('\\') == std::string_view::npos) {
    append_column(bytes_, {ColumnKind::kText, field});
    return;
  }
  const std::size_t begin = bytes_.size();
  append_column(bytes_, {ColumnKind::kText, {}});
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool is_escape = field[i] == '\\' && i + 1 < field.size();
    bytes_ += is_escape ? unescape(field[++i]) : field[i];
  }
  const std::uint32_t size = byte_swap_to_big(static_cast<std::uint32_t>(bytes_.size() - begin - 5));
  std::memcpy(bytes_.data() + begin + 1, &size, sizeof(size));
}

}  // namespace stele::postgres
