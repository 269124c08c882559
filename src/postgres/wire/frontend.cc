#include "postgres/wire/frontend.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace stele::postgres::wire {

namespace {

Error broken(std::string_view name) {
  return make_error(ErrorCode::kProtocol, fmt::format("invalid {} message", name));
}

// The message if all of the payload was read and no more, else kProtocol.
template <class Message>
Result<FrontendMessage> whole(const ByteReader& reader, const Message& message, std::string_view name) {
  if (!reader.ok() || !reader.empty()) return broken(name);
  return FrontendMessage(message);
}

template <class Message>
Result<FrontendMessage> empty_message(std::string_view payload, std::string_view name) {
  if (!payload.empty()) return broken(name);
  return FrontendMessage(Message{});
}

IntegerList<std::int16_t> read_formats(ByteReader& reader) {
  const auto count = reader.big_endian<std::uint16_t>();
  return IntegerList<std::int16_t>::read(reader, count);
}

CellList read_cells(ByteReader& reader, std::string_view payload) {
  const auto count = reader.big_endian<std::uint16_t>();
  return CellList::read(reader, payload, count);
}

Result<FrontendMessage> decode_parse(std::string_view payload) {
  ByteReader reader(payload);
  Parse message;
  message.statement = reader.c_string();
  message.sql = reader.c_string();
  const auto count = reader.big_endian<std::uint16_t>();
  message.parameter_types = IntegerList<std::uint32_t>::read(reader, count);
  return whole(reader, message, "Parse");
}

Result<FrontendMessage> decode_bind(std::string_view payload) {
  ByteReader reader(payload);
  Bind message;
  message.portal = reader.c_string();
  message.statement = reader.c_string();
  message.parameter_formats = read_formats(reader);
  message.parameters = read_cells(reader, payload);
  message.result_formats = read_formats(reader);
  return whole(reader, message, "Bind");
}

Result<FrontendMessage> decode_function_call(std::string_view payload) {
  ByteReader reader(payload);
  FunctionCall message;
  message.function = reader.big_endian<std::uint32_t>();
  message.argument_formats = read_formats(reader);
  message.arguments = read_cells(reader, payload);
  message.result_format = reader.big_endian<std::int16_t>();
  return whole(reader, message, "FunctionCall");
}

template <class Message>
Result<FrontendMessage> decode_target(std::string_view payload, std::string_view name) {
  ByteReader reader(payload);
  const auto target = static_cast<Target>(reader.big_endian<char>());
  if (target != Target::kStatement && target != Target::kPortal) return broken(name);
  const Message message{target, reader.c_string()};
  return whole(reader, message, name);
}

template <class Message>
Result<FrontendMessage> decode_text(std::string_view payload, std::string_view name) {
  ByteReader reader(payload);
  const Message message{reader.c_string()};
  return whole(reader, message, name);
}

Result<FrontendMessage> decode_execute(std::string_view payload) {
  ByteReader reader(payload);
  Execute message;
  message.portal = reader.c_string();
  message.row_max = reader.big_endian<std::int32_t>();
  return whole(reader, message, "Execute");
}

template <class Message>
void append_target(std::string& out, char type, const Message& message) {
  const FrameWriter frame(out, type);
  out.push_back(static_cast<char>(message.target));
  append_c_string(out, message.name);
}

}  // namespace

Result<FrontendMessage> decode_frontend(Frame frame) {
  switch (frame.type) {
    case 'Q':
      return decode_text<Query>(frame.payload, "Query");
    case 'P':
      return decode_parse(frame.payload);
    case 'B':
      return decode_bind(frame.payload);
    case 'D':
      return decode_target<Describe>(frame.payload, "Describe");
    case 'E':
      return decode_execute(frame.payload);
    case 'C':
      return decode_target<Close>(frame.payload, "Close");
    case 'H':
      return empty_message<Flush>(frame.payload, "Flush");
    case 'S':
      return empty_message<Sync>(frame.payload, "Sync");
    case 'd':
      return FrontendMessage(CopyData{frame.payload});
    case 'c':
      return empty_message<CopyDone>(frame.payload, "CopyDone");
    case 'f':
      return decode_text<CopyFail>(frame.payload, "CopyFail");
    case 'p':
      return FrontendMessage(AuthenticationResponse{frame.payload});
    case 'F':
      return decode_function_call(frame.payload);
    case 'X':
      return empty_message<Terminate>(frame.payload, "Terminate");
    default:
      return make_error(ErrorCode::kProtocol, fmt::format("invalid frontend message type {}",
                                                          static_cast<unsigned char>(frame.type)));
  }
}

Result<std::string_view> decode_password(AuthenticationResponse message) {
  ByteReader reader(message.bytes);
  const std::string_view password = reader.c_string();
  if (!reader.ok() || !reader.empty()) return broken("PasswordMessage");
  return password;
}

Result<SaslInitialResponse> decode_sasl_initial(AuthenticationResponse message) {
  ByteReader reader(message.bytes);
  SaslInitialResponse response;
  response.mechanism = reader.c_string();
  const auto size = reader.big_endian<std::int32_t>();
  if (size >= 0) response.data = reader.take(static_cast<std::size_t>(size));
  if (!reader.ok() || !reader.empty() || size < -1) return broken("SASLInitialResponse");
  return response;
}

void append(std::string& out, const Query& message) {
  const FrameWriter frame(out, 'Q');
  append_c_string(out, message.sql);
}

void append(std::string& out, const Parse& message) {
  const FrameWriter frame(out, 'P');
  append_c_string(out, message.statement);
  append_c_string(out, message.sql);
  append_big_endian(out, static_cast<std::int16_t>(message.parameter_types.size()));
  out.append(message.parameter_types.bytes());
}

void append_parse(std::string& out, std::string_view statement, std::string_view sql,
                  std::span<const std::uint32_t> parameter_types) {
  const FrameWriter frame(out, 'P');
  append_c_string(out, statement);
  append_c_string(out, sql);
  append_big_endian(out, static_cast<std::int16_t>(parameter_types.size()));
  for (const std::uint32_t type : parameter_types) append_big_endian(out, type);
}

void append(std::string& out, const Bind& message) {
  const FrameWriter frame(out, 'B');
  append_c_string(out, message.portal);
  append_c_string(out, message.statement);
  append_formats(out, message.parameter_formats);
  append_cells(out, message.parameters);
  append_formats(out, message.result_formats);
}

void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const Format> parameter_formats, std::span<const Cell> parameters,
                 std::span<const Format> result_formats) {
  const FrameWriter frame(out, 'B');
  append_c_string(out, portal);
  append_c_string(out, statement);
  append_formats(out, parameter_formats);
  append_cells(out, parameters);
  append_formats(out, result_formats);
}

void append_bind_encoded(std::string& out, std::string_view portal, std::string_view statement,
                         std::span<const Format> parameter_formats, std::string_view cells,
                         Format result_format) {
  const FrameWriter frame(out, 'B');
  append_c_string(out, portal);
  append_c_string(out, statement);
  append_formats(out, parameter_formats);
  append_big_endian(out, static_cast<std::int16_t>(parameter_formats.size()));
  out.append(cells);
  append_formats(out, std::span(&result_format, 1));
}

void append(std::string& out, const Describe& message) {
  append_target(out, 'D', message);
}

void append(std::string& out, const Close& message) {
  append_target(out, 'C', message);
}

void append(std::string& out, const Execute& message) {
  const FrameWriter frame(out, 'E');
  append_c_string(out, message.portal);
  append_big_endian(out, message.row_max);
}

void append(std::string& out, const Flush&) {
  const FrameWriter frame(out, 'H');
}

void append(std::string& out, const Sync&) {
  const FrameWriter frame(out, 'S');
}

void append(std::string& out, const CopyFail& message) {
  const FrameWriter frame(out, 'f');
  append_c_string(out, message.reason);
}

void append(std::string& out, const AuthenticationResponse& message) {
  const FrameWriter frame(out, 'p');
  out.append(message.bytes);
}

void append(std::string& out, const SaslInitialResponse& message) {
  const FrameWriter frame(out, 'p');
  append_c_string(out, message.mechanism);
  append_cell(out, message.data);
}

void append_password(std::string& out, std::string_view password) {
  const FrameWriter frame(out, 'p');
  append_c_string(out, password);
}

void append(std::string& out, const FunctionCall& message) {
  const FrameWriter frame(out, 'F');
  append_big_endian(out, message.function);
  append_formats(out, message.argument_formats);
  append_cells(out, message.arguments);
  append_big_endian(out, message.result_format);
}

void append(std::string& out, const Terminate&) {
  const FrameWriter frame(out, 'X');
}

}  // namespace stele::postgres::wire
