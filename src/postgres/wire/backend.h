#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "postgres/wire/copy.h"
#include "postgres/wire/frame.h"
#include "postgres/wire/lists.h"

// What a server says. Structs are views into the frame they were decoded from. Source: PostgreSQL
// documentation, "Frontend/Backend Protocol", message formats.
namespace stele::postgres::wire {

enum class AuthenticationKind : std::uint32_t {
  kOk = 0,
  kKerberosV5 = 2,
  kCleartextPassword = 3,
  kMd5Password = 5,  // data: 4 bytes of salt
  kGss = 7,
  kGssContinue = 8,  // data: as GSSAPI says
  kSspi = 9,
  kSasl = 10,          // data: mechanism names, each with its NUL, then one NUL
  kSaslContinue = 11,  // data: as the mechanism says
  kSaslFinal = 12,
};
struct Authentication {
  AuthenticationKind kind = AuthenticationKind::kOk;
  std::string_view data;
  // kSasl: the names offered.
  std::vector<std::string_view> mechanisms() const;
};
struct ParameterStatus {
  std::string_view name;
  std::string_view value;
};
struct BackendKeyData {
  std::uint32_t process_id = 0;
  std::string_view key;
};
struct NegotiateProtocolVersion {
  std::uint32_t newest_minor = 0;
  std::vector<std::string_view> unknown_options;
};
enum class TransactionStatus : char { kIdle = 'I', kInTransaction = 'T', kFailed = 'E' };
struct ReadyForQuery {
  TransactionStatus status = TransactionStatus::kIdle;
};

struct FieldDescription {
  std::string_view name;
  std::uint32_t table = 0;  // oid, 0 if the field is no column
  std::int16_t column = 0;  // attribute number
  std::uint32_t type = 0;   // oid
  std::int16_t type_size = 0;
  std::int32_t type_modifier = -1;
  Format format = Format::kText;
  bool operator==(const FieldDescription&) const = default;
};
struct RowDescription {
  std::vector<FieldDescription> fields;
};
struct DataRow {
  CellList cells;
};
struct CommandComplete {
  std::string_view tag;  // "INSERT 0 1"
  // The last number of the tag: rows selected, inserted, copied…; 0 when it has none.
  std::uint64_t rows() const;
};
struct EmptyQueryResponse {};
struct NoData {};
struct ParseComplete {};
struct BindComplete {};
struct CloseComplete {};
struct PortalSuspended {};
struct ParameterDescription {
  IntegerList<std::uint32_t> types;
};

// ErrorResponse and NoticeResponse: fields by their letter (see server_error.h).
struct ResponseField {
  char code = 0;
  std::string_view value;
  bool operator==(const ResponseField&) const = default;
};
struct ErrorResponse {
  std::vector<ResponseField> fields;
};
struct NoticeResponse {
  std::vector<ResponseField> fields;
};
struct NotificationResponse {
  std::uint32_t process_id = 0;
  std::string_view channel;
  std::string_view payload;
};

enum class CopyDirection : char { kIn = 'G', kOut = 'H', kBoth = 'W' };
struct CopyResponse {
  CopyDirection direction = CopyDirection::kIn;
  Format format = Format::kText;
  IntegerList<std::int16_t> column_formats;
};
struct FunctionCallResponse {
  Cell value;
};

using BackendMessage =
    std::variant<Authentication, ParameterStatus, BackendKeyData, NegotiateProtocolVersion, ReadyForQuery,
                 RowDescription, DataRow, CommandComplete, EmptyQueryResponse, NoData, ParseComplete,
                 BindComplete, CloseComplete, PortalSuspended, ParameterDescription, ErrorResponse,
                 NoticeResponse, NotificationResponse, CopyResponse, CopyData, CopyDone,
                 FunctionCallResponse>;

// kProtocol for an unknown type, missing or surplus bytes. Pure.
Result<BackendMessage> decode_backend(Frame frame);

// The frequent ones alone, from their payload.
Result<DataRow> decode_data_row(std::string_view payload);
Result<RowDescription> decode_row_description(std::string_view payload);
Result<CommandComplete> decode_command_complete(std::string_view payload);
Result<ReadyForQuery> decode_ready_for_query(std::string_view payload);
Result<ErrorResponse> decode_error_response(std::string_view payload);

void append(std::string& out, const Authentication& message);
void append(std::string& out, const ParameterStatus& message);
void append(std::string& out, const BackendKeyData& message);
void append(std::string& out, const NegotiateProtocolVersion& message);
void append(std::string& out, const ReadyForQuery& message);
void append(std::string& out, const RowDescription& message);
void append(std::string& out, const DataRow& message);
void append(std::string& out, const CommandComplete& message);
void append(std::string& out, const EmptyQueryResponse& message);
void append(std::string& out, const NoData& message);
void append(std::string& out, const ParseComplete& message);
void append(std::string& out, const BindComplete& message);
void append(std::string& out, const CloseComplete& message);
void append(std::string& out, const PortalSuspended& message);
void append(std::string& out, const ParameterDescription& message);
void append(std::string& out, const ErrorResponse& message);
void append(std::string& out, const NoticeResponse& message);
void append(std::string& out, const NotificationResponse& message);
void append(std::string& out, const CopyResponse& message);
void append(std::string& out, const FunctionCallResponse& message);

// Forms for a server, which has values and no message yet.
void append_sasl_mechanisms(std::string& out, std::span<const std::string_view> names);
void append_data_row(std::string& out, std::span<const Cell> cells);
void append_parameter_description(std::string& out, std::span<const std::uint32_t> types);
void append_copy_response(std::string& out, CopyDirection direction, Format format, std::size_t columns);

}  // namespace stele::postgres::wire
