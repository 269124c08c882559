#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "postgres/wire/copy.h"
#include "postgres/wire/frame.h"
#include "postgres/wire/lists.h"

// What a client says after its startup packet. Structs are views into the frame they were decoded from.
// Source: PostgreSQL documentation, "Frontend/Backend Protocol", message formats.
namespace stele::postgres::wire {

enum class Target : char { kStatement = 'S', kPortal = 'P' };

struct Query {
  std::string_view sql;
};
struct Parse {
  std::string_view statement;
  std::string_view sql;
  IntegerList<std::uint32_t> parameter_types;
};
struct Bind {
  std::string_view portal;
  std::string_view statement;
  IntegerList<std::int16_t> parameter_formats;
  CellList parameters;
  IntegerList<std::int16_t> result_formats;
};
struct Describe {
  Target target = Target::kStatement;
  std::string_view name;
};
struct Execute {
  std::string_view portal;
  std::int32_t row_max = 0;  // 0: all
};
struct Close {
  Target target = Target::kStatement;
  std::string_view name;
};
struct Flush {};
struct Sync {};
struct CopyFail {
  std::string_view reason;
};
// Type 'p': what it holds depends on what the server asked for (see the decode_ functions below).
struct AuthenticationResponse {
  std::string_view bytes;
};
struct FunctionCall {
  std::uint32_t function = 0;
  IntegerList<std::int16_t> argument_formats;
  CellList arguments;
  std::int16_t result_format = 0;
};
struct Terminate {};

using FrontendMessage = std::variant<Query, Parse, Bind, Describe, Execute, Close, Flush, Sync, CopyData,
                                     CopyDone, CopyFail, AuthenticationResponse, FunctionCall, Terminate>;

// kProtocol for an unknown type, missing or surplus bytes. Pure; no allocation but for errors.
Result<FrontendMessage> decode_frontend(Frame frame);

// AuthenticationResponse as the answer to a cleartext or MD5 request.
Result<std::string_view> decode_password(AuthenticationResponse message);
struct SaslInitialResponse {
  std::string_view mechanism;
  std::optional<std::string_view> data;
};
Result<SaslInitialResponse> decode_sasl_initial(AuthenticationResponse message);

void append(std::string& out, const Query& message);
void append(std::string& out, const Parse& message);
void append(std::string& out, const Bind& message);
void append(std::string& out, const Describe& message);
void append(std::string& out, const Execute& message);
void append(std::string& out, const Close& message);
void append(std::string& out, const Flush& message);
void append(std::string& out, const Sync& message);
void append(std::string& out, const CopyFail& message);
void append(std::string& out, const AuthenticationResponse& message);
void append(std::string& out, const SaslInitialResponse& message);
void append(std::string& out, const FunctionCall& message);
void append(std::string& out, const Terminate& message);

// Forms for a client, which has values and no message yet.
void append_password(std::string& out, std::string_view password);
void append_parse(std::string& out, std::string_view statement, std::string_view sql,
                  std::span<const std::uint32_t> parameter_types);
// At most 65,535 parameters (the count is 16 bits): the caller refuses more.
void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const Format> parameter_formats, std::span<const Cell> parameters,
                 std::span<const Format> result_formats);
// The same with one format for all results and the cells already encoded (each a length and its bytes), as
// many as there are formats.
void append_bind_encoded(std::string& out, std::string_view portal, std::string_view statement,
                         std::span<const Format> parameter_formats, std::string_view cells,
                         Format result_format);

}  // namespace stele::postgres::wire
