#include "keyspace/errors.h"

#include <fmt/format.h>

namespace stele::keyspace {

namespace {

Error failed(ErrorCode code, std::string message, std::string reply_code = {}) {
  Error error = make_error(code, std::move(message));
  if (!reply_code.empty()) error.with(std::string(kReplyCode), std::move(reply_code));
  return error;
}

}  // namespace

Error wrong_type() {
  return failed(ErrorCode::kFailedPrecondition, "Operation against a key holding the wrong kind of value",
                "WRONGTYPE");
}

Error not_an_integer() {
  return failed(ErrorCode::kInvalidArgument, "value is not an integer or out of range");
}

Error not_a_float() {
  return failed(ErrorCode::kInvalidArgument, "value is not a valid float");
}

Error hash_value_not_an_integer() {
  return failed(ErrorCode::kInvalidArgument, "hash value is not an integer");
}

Error hash_value_not_a_float() {
  return failed(ErrorCode::kInvalidArgument, "hash value is not a float");
}

Error would_overflow() {
  return failed(ErrorCode::kInvalidArgument, "increment or decrement would overflow");
}

Error not_finite() {
  return failed(ErrorCode::kInvalidArgument, "increment would produce NaN or Infinity");
}

Error not_a_score() {
  return failed(ErrorCode::kInvalidArgument, "resulting score is not a number (NaN)");
}

Error too_long() {
  return failed(ErrorCode::kTooLarge, "string exceeds maximum allowed size (proto-max-bulk-len)");
}

Error no_such_key() {
  return failed(ErrorCode::kNotFound, "no such key");
}

Error index_out_of_range() {
  return failed(ErrorCode::kInvalidArgument, "index out of range");
}

Error out_of_memory() {
  return failed(ErrorCode::kResourceExhausted, "command not allowed when used memory > 'maxmemory'.", "OOM");
}

Error stream_id_too_low() {
  return failed(ErrorCode::kInvalidArgument,
                "The ID specified in XADD is equal or smaller than the target stream top item");
}

Error stream_is_full() {
  return failed(ErrorCode::kResourceExhausted,
                "The stream has exhausted the last possible ID, unable to add more items");
}

Error stream_id_below_top() {
  return failed(ErrorCode::kInvalidArgument,
                "The ID specified in XSETID is smaller than the target stream top item");
}

Error entries_added_too_low() {
  return failed(ErrorCode::kInvalidArgument,
                "The entries_added specified in XSETID is smaller than the target stream length");
}

Error no_such_group(std::string_view key, std::string_view group) {
  return failed(ErrorCode::kNotFound, fmt::format("No such key '{}' or consumer group '{}'", key, group),
                "NOGROUP");
}

Error not_declared(std::string_view name) {
  return failed(ErrorCode::kFailedPrecondition,
                fmt::format("the key '{}' was not declared before the operation began", name));
}

Error read_only(std::string_view name) {
  return failed(ErrorCode::kUnsupported,
                fmt::format("the key '{}' is a row of a table: this command does not work on it", name));
}

}  // namespace stele::keyspace
