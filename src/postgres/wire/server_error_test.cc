#include "postgres/wire/server_error.h"

#include <gtest/gtest.h>

#include <string>

#include "postgres/wire/sqlstate.h"

namespace stele::postgres::wire {
namespace {

ErrorResponse response() {
  return {{{'S', "FEHLER"},
           {'V', "ERROR"},
           {'C', "23505"},
           {'M', "duplicate key value"},
           {'D', "Key (id)=(1) already exists."},
           {'s', "public"},
           {'t', "film"},
           {'n', "film_pkey"},
           {'Z', "a field of the future"},
           {'R', "_bt_check_unique"}}};
}

TEST(ServerErrorTest, BecomesAnErrorAndBack) {
  const ErrorResponse original = response();
  const ServerError server(original.fields);
  const Error error = server.to_error();
  EXPECT_EQ(error.code, ErrorCode::kDatabase);
  EXPECT_EQ(error.message, "duplicate key value");
  EXPECT_EQ(error.detail("sqlstate"), sqlstate::kUniqueViolation);
  EXPECT_EQ(error.detail("severity"), "ERROR");
  EXPECT_EQ(error.detail("constraint"), "film_pkey");

  const ServerError again = ServerError::from_error(error);
  for (const ResponseField& field : original.fields)
    EXPECT_EQ(again.field(field.code), field.value) << field.code;
}

TEST(ServerErrorTest, PassesOnTheBytesItCameFrom) {
  const ErrorResponse original = response();
  std::string before, after;
  append(before, original);
  append(after, ServerError(original.fields).error_response());
  EXPECT_EQ(before, after);
}

TEST(ServerErrorTest, OldServersHaveOnlyTheLocalizedSeverity) {
  const ErrorResponse old{{{'S', "FATAL"}, {'C', "57P01"}, {'M', "bye"}}};
  EXPECT_EQ(ServerError(old.fields).severity(), "FATAL");
}

TEST(ServerErrorTest, OwnErrorsHaveASqlState) {
  const ServerError raised = ServerError::from_error(make_error(ErrorCode::kDeadlineExceeded, "too slow"));
  EXPECT_EQ(raised.sqlstate(), sqlstate::kQueryCanceled);
  EXPECT_EQ(raised.severity(), "ERROR");
  EXPECT_EQ(raised.message(), "too slow");
  // All codes have a row in the table: none but kInternal and kDatabase falls through to XX000.
  for (int code = 0; code < static_cast<int>(ErrorCode::kInternal); ++code) {
    if (static_cast<ErrorCode>(code) == ErrorCode::kDatabase) continue;
    EXPECT_NE(sqlstate_for(static_cast<ErrorCode>(code)).code, sqlstate::kInternalError) << code;
  }
}

}  // namespace
}  // namespace stele::postgres::wire
