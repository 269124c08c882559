#include "postgres/wire/sqlstate.h"

#include <array>
#include <utility>

namespace stele::postgres::wire {

namespace {

using enum ErrorCode;

constexpr std::array kStates = std::to_array<std::pair<ErrorCode, SqlState>>({
    {kInvalidArgument, {sqlstate::kInvalidParameterValue, "ERROR"}},
    {kNotFound, {sqlstate::kUndefinedObject, "ERROR"}},
    {kAlreadyExists, {sqlstate::kDuplicateObject, "ERROR"}},
    {kConflict, {sqlstate::kSerializationFailure, "ERROR"}},
    {kFailedPrecondition, {sqlstate::kObjectNotInPrerequisiteState, "ERROR"}},
    {kUnauthenticated, {sqlstate::kInvalidAuthorization, "FATAL"}},
    {kPermissionDenied, {sqlstate::kInsufficientPrivilege, "ERROR"}},
    {kTooLarge, {sqlstate::kProgramLimitExceeded, "ERROR"}},
    {kResourceExhausted, {sqlstate::kTooManyConnections, "FATAL"}},
    {kDeadlineExceeded, {sqlstate::kQueryCanceled, "ERROR"}},
    {kCancelled, {sqlstate::kAdminShutdown, "FATAL"}},
    {kUnavailable, {sqlstate::kCannotConnectNow, "FATAL"}},
    {kConnectionClosed, {sqlstate::kConnectionFailure, "FATAL"}},
    {kUnknownOutcome, {sqlstate::kTransactionResolutionUnknown, "ERROR"}},
    {kProtocol, {sqlstate::kProtocolViolation, "FATAL"}},
    {kUnsupported, {sqlstate::kFeatureNotSupported, "ERROR"}},
    {kDatabase, {sqlstate::kInternalError, "ERROR"}},
    {kIo, {sqlstate::kIoError, "ERROR"}},
    {kCorruption, {sqlstate::kDataCorrupted, "ERROR"}},
    {kInternal, {sqlstate::kInternalError, "ERROR"}},
});

}  // namespace

SqlState sqlstate_for(ErrorCode code) {
  for (const auto& [known, state] : kStates) {
    if (known == code) return state;
  }
  return {sqlstate::kInternalError, "ERROR"};
}

}  // namespace stele::postgres::wire
