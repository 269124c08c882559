#pragma once

#include <string_view>

#include "base/error.h"

namespace stele::postgres::wire {

// The codes that we raise ourselves or look for in the server's errors. Source: PostgreSQL documentation,
// Appendix A.
namespace sqlstate {
constexpr std::string_view kSuccessfulCompletion = "00000";
constexpr std::string_view kWarning = "01000";
constexpr std::string_view kConnectionException = "08000";
constexpr std::string_view kConnectionFailure = "08006";
constexpr std::string_view kTransactionResolutionUnknown = "08007";
constexpr std::string_view kProtocolViolation = "08P01";
constexpr std::string_view kFeatureNotSupported = "0A000";
constexpr std::string_view kInvalidParameterValue = "22023";
constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kActiveSqlTransaction = "25001";
constexpr std::string_view kInFailedSqlTransaction = "25P02";
constexpr std::string_view kUndefinedPreparedStatement = "26000";
constexpr std::string_view kInvalidAuthorization = "28000";
constexpr std::string_view kInvalidPassword = "28P01";
constexpr std::string_view kInvalidCatalogName = "3D000";
constexpr std::string_view kSerializationFailure = "40001";
constexpr std::string_view kDeadlockDetected = "40P01";
constexpr std::string_view kInsufficientPrivilege = "42501";
constexpr std::string_view kUndefinedObject = "42704";
constexpr std::string_view kUndefinedTable = "42P01";
constexpr std::string_view kDuplicateObject = "42710";
constexpr std::string_view kOutOfMemory = "53200";
constexpr std::string_view kTooManyConnections = "53300";
constexpr std::string_view kConfigurationLimitExceeded = "53400";
constexpr std::string_view kProgramLimitExceeded = "54000";
constexpr std::string_view kObjectNotInPrerequisiteState = "55000";
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kQueryCanceled = "57014";
constexpr std::string_view kAdminShutdown = "57P01";
constexpr std::string_view kCrashShutdown = "57P02";
constexpr std::string_view kCannotConnectNow = "57P03";
constexpr std::string_view kIoError = "58030";
constexpr std::string_view kInternalError = "XX000";
constexpr std::string_view kDataCorrupted = "XX001";
}  // namespace sqlstate

struct SqlState {
  std::string_view code;
  std::string_view severity;  // FATAL ends the session, as PostgreSQL's own would
};

// What a client of the SQL protocol sees for an error of ours. kDatabase has its own code in its details.
SqlState sqlstate_for(ErrorCode code);

}  // namespace stele::postgres::wire
