#include "protocols/qdrant/failure.h"

#include <fmt/format.h>

#include <array>

namespace stele::qdrant {
namespace {

struct Row {
  ErrorCode code;
  int status;
  std::string_view prefix;
};
constexpr std::array kRows = {
    Row{ErrorCode::kInvalidArgument, 400, "Wrong input: "},
    Row{ErrorCode::kUnsupported, 400, "Wrong input: "},
    Row{ErrorCode::kTooLarge, 413, "Wrong input: "},
    Row{ErrorCode::kNotFound, 404, "Not found: "},
    Row{ErrorCode::kAlreadyExists, 409, "Wrong input: "},
    Row{ErrorCode::kConflict, 409, "Wrong input: "},
    Row{ErrorCode::kFailedPrecondition, 412, "Pre-condition failure: "},
    Row{ErrorCode::kUnauthenticated, 401, ""},
    Row{ErrorCode::kPermissionDenied, 403, "Forbidden: "},
    Row{ErrorCode::kResourceExhausted, 429, "Rate limiting exceeded: "},
    Row{ErrorCode::kDeadlineExceeded, 408, "Timeout: "},
    Row{ErrorCode::kCancelled, 503, "Service unavailable: "},
    Row{ErrorCode::kUnavailable, 503, "Service unavailable: "},
    Row{ErrorCode::kConnectionClosed, 503, "Service unavailable: "},
    Row{ErrorCode::kUnknownOutcome, 503, "Unknown outcome: "},
};

// PostgreSQL's own refusals of a value are the client's mistakes.
bool is_the_clients(std::string_view sqlstate) {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate.starts_with("42");
}

}  // namespace

Failure Failure::from(const Error& error) {
  if (error.code == ErrorCode::kDatabase) {
    const std::string_view state = error.detail("sqlstate");
    if (state == "42501") return {403, "Forbidden: " + error.message};
    if (is_the_clients(state))
      return {400, fmt::format("Wrong input: {} (SQLSTATE {})", error.message, state)};
    return {500, fmt::format("Service internal error: {} (SQLSTATE {})", error.message, state)};
  }
  for (const Row& row : kRows)
    if (row.code == error.code) return {row.status, std::string(row.prefix) + error.message};
  return {500, "Service internal error: " + error.message};
}

Failure wrong_input(std::string_view what) {
  return {400, fmt::format("Wrong input: {}", what)};
}

Failure bad_request(std::string_view what) {
  return {400, fmt::format("Bad request: {}", what)};
}

Failure not_found(std::string_view what) {
  return {404, fmt::format("Not found: {}", what)};
}

Failure format_error(std::string_view what) {
  return {400, fmt::format("Format error in JSON body: {}", what)};
}

Failure invalid_body(std::string_view field, std::string_view what) {
  return {422, fmt::format("Validation error in JSON body: [{}: {}]", field, what)};
}

Failure invalid_query(std::string_view field, std::string_view what) {
  return {422, fmt::format("Validation error in query parameters: [{}: {}]", field, what)};
}

Failure invalid_path(std::string_view field, std::string_view what) {
  return {422, fmt::format("Validation error in path parameters: [{}: {}]", field, what)};
}

Failure collection_not_found(std::string_view name) {
  return not_found(fmt::format("Collection `{}` doesn't exist!", name));
}

Failure not_supported(std::string_view what) {
  return wrong_input(fmt::format("{} is not supported by Stele", what));
}

}  // namespace stele::qdrant
