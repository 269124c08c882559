#include <charconv>

#include "base/bytes.h"
#include "postgres/wire/backend.h"

namespace stele::postgres::wire {

namespace {

template <class Message>
void append_fields(std::string& out, char type, const Message& message) {
  const FrameWriter frame(out, type);
  for (const ResponseField& field : message.fields) {
    out.push_back(field.code);
    append_c_string(out, field.value);
  }
  out.push_back('\0');
}

void append_empty(std::string& out, char type) {
  const FrameWriter frame(out, type);
}

}  // namespace

std::vector<std::string_view> Authentication::mechanisms() const {
  std::vector<std::string_view> names;
  ByteReader reader(data);
  while (true) {
    const std::string_view name = reader.c_string();
    if (name.empty()) return names;
    names.push_back(name);
  }
}

std::uint64_t CommandComplete::rows() const {
  const std::size_t space = tag.rfind(' ');
  if (space == std::string_view::npos) return 0;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(tag.data() + space + 1, tag.data() + tag.size(), count);
  return error == std::errc() && end == tag.data() + tag.size() ? count : 0;
}

void append(std::string& out, const Authentication& message) {
  const FrameWriter frame(out, 'R');
  append_big_endian(out, static_cast<std::uint32_t>(message.kind));
  out.append(message.data);
}

void append_sasl_mechanisms(std::string& out, std::span<const std::string_view> names) {
  const FrameWriter frame(out, 'R');
  append_big_endian(out, static_cast<std::uint32_t>(AuthenticationKind::kSasl));
  for (const std::string_view name : names) append_c_string(out, name);
  out.push_back('\0');
}

void append(std::string& out, const ParameterStatus& message) {
  const FrameWriter frame(out, 'S');
  append_c_string(out, message.name);
  append_c_string(out, message.value);
}

void append(std::string& out, const BackendKeyData& message) {
  const FrameWriter frame(out, 'K');
  append_big_endian(out, message.process_id);
  out.append(message.key);
}

void append(std::string& out, const NegotiateProtocolVersion& message) {
  const FrameWriter frame(out, 'v');
  append_big_endian(out, message.newest_minor);
  append_big_endian(out, static_cast<std::uint32_t>(message.unknown_options.size()));
  for (const std::string_view option : message.unknown_options) append_c_string(out, option);
}

void append(std::string& out, const ReadyForQuery& message) {
  const FrameWriter frame(out, 'Z');
  out.push_back(static_cast<char>(message.status));
}

void append(std::string& out, const RowDescription& message) {
  const FrameWriter frame(out, 'T');
  append_big_endian(out, static_cast<std::int16_t>(message.fields.size()));
  for (const FieldDescription& field : message.fields) {
    append_c_string(out, field.name);
    append_big_endian(out, field.table);
    append_big_endian(out, field.column);
    append_big_endian(out, field.type);
    append_big_endian(out, field.type_size);
    append_big_endian(out, field.type_modifier);
    append_big_endian(out, static_cast<std::int16_t>(field.format));
  }
}

void append(std::string& out, const DataRow& message) {
  const FrameWriter frame(out, 'D');
  append_cells(out, message.cells);
}

void append_data_row(std::string& out, std::span<const Cell> cells) {
  const FrameWriter frame(out, 'D');
  append_cells(out, cells);
}

void append(std::string& out, const CommandComplete& message) {
  const FrameWriter frame(out, 'C');
  append_c_string(out, message.tag);
}

void append(std::string& out, const EmptyQueryResponse&) {
  append_empty(out, 'I');
}

void append(std::string& out, const NoData&) {
  append_empty(out, 'n');
}

void append(std::string& out, const ParseComplete&) {
  append_empty(out, '1');
}

void append(std::string& out, const BindComplete&) {
  append_empty(out, '2');
}

void append(std::string& out, const CloseComplete&) {
  append_empty(out, '3');
}

void append(std::string& out, const PortalSuspended&) {
  append_empty(out, 's');
}

void append(std::string& out, const ParameterDescription& message) {
  const FrameWriter frame(out, 't');
  append_big_endian(out, static_cast<std::int16_t>(message.types.size()));
  out.append(message.types.bytes());
}

void append_parameter_description(std::string& out, std::span<const std::uint32_t> types) {
  const FrameWriter frame(out, 't');
  append_big_endian(out, static_cast<std::int16_t>(types.size()));
  for (const std::uint32_t type : types) append_big_endian(out, type);
}

void append(std::string& out, const ErrorResponse& message) {
  append_fields(out, 'E', message);
}

void append(std::string& out, const NoticeResponse& message) {
  append_fields(out, 'N', message);
}

void append(std::string& out, const NotificationResponse& message) {
  const FrameWriter frame(out, 'A');
  append_big_endian(out, message.process_id);
  append_c_string(out, message.channel);
  append_c_string(out, message.payload);
}

void append(std::string& out, const CopyResponse& message) {
  const FrameWriter frame(out, static_cast<char>(message.direction));
  out.push_back(static_cast<char>(message.format));
  append_formats(out, message.column_formats);
}

void append_copy_response(std::string& out, CopyDirection direction, Format format, std::size_t columns) {
  const FrameWriter frame(out, static_cast<char>(direction));
  out.push_back(static_cast<char>(format));
  append_formats(out, std::vector<Format>(columns, format));
}

void append(std::string& out, const FunctionCallResponse& message) {
  const FrameWriter frame(out, 'V');
  append_cell(out, message.value);
}

}  // namespace stele::postgres::wire
