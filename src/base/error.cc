#include "base/error.h"

namespace stele {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid argument";
    case ErrorCode::kNotFound:
      return "not found";
    case ErrorCode::kAlreadyExists:
      return "already exists";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kFailedPrecondition:
      return "failed precondition";
    case ErrorCode::kUnauthenticated:
      return "unauthenticated";
    case ErrorCode::kPermissionDenied:
      return "permission denied";
    case ErrorCode::kTooLarge:
      return "too large";
    case ErrorCode::kResourceExhausted:
      return "resource exhausted";
    case ErrorCode::kDeadlineExceeded:
      return "deadline exceeded";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kConnectionClosed:
      return "connection closed";
    case ErrorCode::kUnknownOutcome:
      return "unknown outcome";
    case ErrorCode::kProtocol:
      return "protocol violation";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kDatabase:
      return "database error";
    case ErrorCode::kIo:
      return "input/output error";
    case ErrorCode::kCorruption:
      return "corruption";
    case ErrorCode::kInternal:
      return "internal error";
  }
  return "unknown error";
}

std::string_view Error::detail(std::string_view key) const {
  for (const auto& [name, value] : details) {
    if (name == key) return value;
  }
  return {};
}

Error& Error::with(std::string key, std::string value) & {
  details.emplace_back(std::move(key), std::move(value));
  return *this;
}

Error Error::with(std::string key, std::string value) && {
  details.emplace_back(std::move(key), std::move(value));
  return std::move(*this);
}

std::string Error::to_string() const {
  std::string text{stele::to_string(code)};
  text += ": ";
  text += message;
  if (!details.empty()) {
    text += " (";
    for (std::size_t i = 0; i < details.size(); ++i) {
      if (i > 0) text += ", ";
      text += details[i].first + "=" + details[i].second;
    }
    text += ")";
  }
  return text;
}

}  // namespace stele
