#include <fmt/format.h>

#include "base/bytes.h"
#include "postgres/wire/backend.h"

namespace stele::postgres::wire {

namespace {

Error broken(std::string_view name) {
  return make_error(ErrorCode::kProtocol, fmt::format("invalid {} message", name));
}

// The message if all of the payload was read and no more, else kProtocol.
template <class Message>
Result<Message> whole(const ByteReader& reader, Message message, std::string_view name) {
  if (!reader.ok() || !reader.empty()) return broken(name);
  return message;
}

template <class Message>
Result<Message> empty_message(std::string_view payload, std::string_view name) {
  if (!payload.empty()) return broken(name);
  return Message{};
}

template <class Message>
Result<BackendMessage> widen(Result<Message> result) {
  if (!result) return std::move(result).error();
  return BackendMessage(*std::move(result));
}

Result<Authentication> decode_authentication(std::string_view payload) {
  ByteReader reader(payload);
  const auto kind = static_cast<AuthenticationKind>(reader.big_endian<std::uint32_t>());
  const Authentication message{kind, reader.take(reader.remaining())};
  switch (kind) {
    case AuthenticationKind::kOk:
    case AuthenticationKind::kKerberosV5:
    case AuthenticationKind::kCleartextPassword:
    case AuthenticationKind::kGss:
    case AuthenticationKind::kSspi:
      if (!message.data.empty()) return broken("Authentication");
      break;
    case AuthenticationKind::kMd5Password:
      if (message.data.size() != 4) return broken("Authentication");
      break;
    case AuthenticationKind::kSasl:
      if (!message.data.ends_with('\0') ||
          (message.data.size() > 1 && !message.data.ends_with(std::string_view("\0\0", 2))))
        return broken("Authentication");
      break;
    case AuthenticationKind::kGssContinue:
    case AuthenticationKind::kSaslContinue:
    case AuthenticationKind::kSaslFinal:
      break;
    default:
      return make_error(ErrorCode::kProtocol, fmt::format("authentication method {} is not known",
                                                          static_cast<std::uint32_t>(kind)));
  }
  return whole(reader, message, "Authentication");
}

Result<ParameterStatus> decode_parameter_status(std::string_view payload) {
  ByteReader reader(payload);
  ParameterStatus message;
  message.name = reader.c_string();
  message.value = reader.c_string();
  return whole(reader, message, "ParameterStatus");
}

Result<BackendKeyData> decode_backend_key_data(std::string_view payload) {
  ByteReader reader(payload);
  BackendKeyData message;
  message.process_id = reader.big_endian<std::uint32_t>();
  message.key = reader.take(reader.remaining());
  if (message.key.size() < 4 || message.key.size() > 256) return broken("BackendKeyData");
  return whole(reader, message, "BackendKeyData");
}

Result<NegotiateProtocolVersion> decode_negotiate(std::string_view payload) {
  ByteReader reader(payload);
  NegotiateProtocolVersion message;
  message.newest_minor = reader.big_endian<std::uint32_t>();
  const auto count = reader.big_endian<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i)
    message.unknown_options.push_back(reader.c_string());
  return whole(reader, std::move(message), "NegotiateProtocolVersion");
}

Result<ParameterDescription> decode_parameter_description(std::string_view payload) {
  ByteReader reader(payload);
  const auto count = reader.big_endian<std::uint16_t>();
  const ParameterDescription message{IntegerList<std::uint32_t>::read(reader, count)};
  return whole(reader, message, "ParameterDescription");
}

template <class Message>
Result<Message> decode_fields(std::string_view payload, std::string_view name) {
  ByteReader reader(payload);
  Message message;
  while (const char code = reader.big_endian<char>()) {
    message.fields.push_back({code, reader.c_string()});
  }
  return whole(reader, std::move(message), name);
}

Result<NotificationResponse> decode_notification(std::string_view payload) {
  ByteReader reader(payload);
  NotificationResponse message;
  message.process_id = reader.big_endian<std::uint32_t>();
  message.channel = reader.c_string();
  message.payload = reader.c_string();
  return whole(reader, message, "NotificationResponse");
}

Result<CopyResponse> decode_copy_response(char type, std::string_view payload) {
  ByteReader reader(payload);
  CopyResponse message;
  message.direction = static_cast<CopyDirection>(type);
  const auto format = reader.big_endian<std::int8_t>();
  if (format != 0 && format != 1) return broken("CopyResponse");
  message.format = static_cast<Format>(format);
  const auto count = reader.big_endian<std::uint16_t>();
  message.column_formats = IntegerList<std::int16_t>::read(reader, count);
  return whole(reader, message, "CopyResponse");
}

Result<FunctionCallResponse> decode_function_call_response(std::string_view payload) {
  ByteReader reader(payload);
  const CellList cells = CellList::read(reader, payload, 1);
  if (!reader.ok() || !reader.empty()) return broken("FunctionCallResponse");
  return FunctionCallResponse{cells[0]};
}

FieldDescription read_field(ByteReader& reader) {
  FieldDescription field;
  field.name = reader.c_string();
  field.table = reader.big_endian<std::uint32_t>();
  field.column = reader.big_endian<std::int16_t>();
  field.type = reader.big_endian<std::uint32_t>();
  field.type_size = reader.big_endian<std::int16_t>();
  field.type_modifier = reader.big_endian<std::int32_t>();
  field.format = static_cast<Format>(reader.big_endian<std::int16_t>());
  return field;
}

}  // namespace

Result<DataRow> decode_data_row(std::string_view payload) {
  ByteReader reader(payload);
  const auto count = reader.big_endian<std::uint16_t>();
  const DataRow message{CellList::read(reader, payload, count)};
  return whole(reader, message, "DataRow");
}

Result<RowDescription> decode_row_description(std::string_view payload) {
  ByteReader reader(payload);
  RowDescription message;
  const auto count = reader.big_endian<std::uint16_t>();
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) message.fields.push_back(read_field(reader));
  return whole(reader, std::move(message), "RowDescription");
}

Result<CommandComplete> decode_command_complete(std::string_view payload) {
  ByteReader reader(payload);
  const CommandComplete message{reader.c_string()};
  return whole(reader, message, "CommandComplete");
}

Result<ReadyForQuery> decode_ready_for_query(std::string_view payload) {
  if (payload != "I" && payload != "T" && payload != "E") return broken("ReadyForQuery");
  return ReadyForQuery{static_cast<TransactionStatus>(payload[0])};
}

Result<ErrorResponse> decode_error_response(std::string_view payload) {
  return decode_fields<ErrorResponse>(payload, "ErrorResponse");
}

Result<BackendMessage> decode_backend(Frame frame) {
  const std::string_view payload = frame.payload;
  switch (frame.type) {
    case 'R':
      return widen(decode_authentication(payload));
    case 'S':
      return widen(decode_parameter_status(payload));
    case 'K':
      return widen(decode_backend_key_data(payload));
    case 'v':
      return widen(decode_negotiate(payload));
    case 'Z':
      return widen(decode_ready_for_query(payload));
    case 'T':
      return widen(decode_row_description(payload));
    case 'D':
      return widen(decode_data_row(payload));
    case 'C':
      return widen(decode_command_complete(payload));
    case 'I':
      return widen(empty_message<EmptyQueryResponse>(payload, "EmptyQueryResponse"));
    case 'n':
      return widen(empty_message<NoData>(payload, "NoData"));
    case '1':
      return widen(empty_message<ParseComplete>(payload, "ParseComplete"));
    case '2':
      return widen(empty_message<BindComplete>(payload, "BindComplete"));
    case '3':
      return widen(empty_message<CloseComplete>(payload, "CloseComplete"));
    case 's':
      return widen(empty_message<PortalSuspended>(payload, "PortalSuspended"));
    case 't':
      return widen(decode_parameter_description(payload));
    case 'E':
      return widen(decode_error_response(payload));
    case 'N':
      return widen(decode_fields<NoticeResponse>(payload, "NoticeResponse"));
    case 'A':
      return widen(decode_notification(payload));
    case 'G':
    case 'H':
    case 'W':
      return widen(decode_copy_response(frame.type, payload));
    case 'd':
      return BackendMessage(CopyData{payload});
    case 'c':
      return widen(empty_message<CopyDone>(payload, "CopyDone"));
    case 'V':
      return widen(decode_function_call_response(payload));
    default:
      return make_error(ErrorCode::kProtocol, fmt::format("invalid backend message type {}",
                                                          static_cast<unsigned char>(frame.type)));
  }
}

}  // namespace stele::postgres::wire
