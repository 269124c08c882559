#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele {

// What went wrong, by what the caller can do about it. Each protocol has one table from these to its own
// status and text; nothing else decides what a client sees.
enum class ErrorCode : std::uint8_t {
  kInvalidArgument,     // the request is wrong whatever the state is
  kNotFound,            // the thing named does not exist
  kAlreadyExists,       // the thing to create is there
  kConflict,            // a version or sequence number is not the expected one
  kFailedPrecondition,  // right request, wrong state (index closed, table not publishable)
  kUnauthenticated,     // who asks is not known
  kPermissionDenied,    // who asks is known and may not
  kTooLarge,            // beyond a documented limit of one request
  kResourceExhausted,   // a queue, pool, memory or connection limit is reached: try later
  kDeadlineExceeded,    // the time for it is over; nothing is known about effects
  kCancelled,           // the caller went away or the node stops
  kUnavailable,         // a server that is needed does not answer: try later
  kConnectionClosed,    // the peer closed or reset the connection
  kUnknownOutcome,      // a write was sent and neither its success nor its failure is known
  kProtocol,            // bytes that are no valid message
  kUnsupported,         // known to the original, missing here
  kDatabase,            // PostgreSQL answered an ERROR: details hold "sqlstate" and its other fields
  kIo,                  // a system call failed
  kCorruption,          // stored bytes fail their checksum or their format
  kInternal,            // a bug of ours
};

std::string_view to_string(ErrorCode code);

// An error as a value: a cause, a sentence for people ("what: which") and named facts for programs
// (sqlstate, index, limit). Copyable; costs an allocation, so keep it off paths where failure is normal.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;

  // The value of the detail `key`, or an empty view.
  std::string_view detail(std::string_view key) const;
  Error& with(std::string key, std::string value) &;
  Error with(std::string key, std::string value) &&;
  // "conflict: version 3 is not 4 (index=film)"
  std::string to_string() const;

  bool operator==(const Error&) const = default;
};

}  // namespace stele
