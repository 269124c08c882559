#include "protocols/sql/statement.h"

#include <gtest/gtest.h>

namespace stele::sql {
namespace {

TEST(StatementTest, ReadsItsOwnStatementsInAnySpelling) {
  EXPECT_EQ(read_statement("SHOW stele.lsn").verb, Verb::kShow);
  EXPECT_EQ(read_statement("  /* a */ -- b\n show STELE.LSN ; ").parameter, Parameter::kLsn);
  const Statement set = read_statement("set session stele.min_lsn to '0/2A@3';");
  EXPECT_EQ(set.verb, Verb::kSet);
  EXPECT_EQ(set.parameter, Parameter::kMinLsn);
  EXPECT_EQ(set.value, "0/2A@3");
  EXPECT_EQ(read_statement("SET LOCAL stele.freshness = off").verb, Verb::kSetLocal);
  EXPECT_EQ(read_statement("SET stele.freshness=off").value, "off");
  EXPECT_EQ(read_statement("SET stele.min_lsn = 0/16B3748").value, "0/16B3748");
  EXPECT_EQ(read_statement("SET stele.freshness TO DEFAULT").verb, Verb::kReset);
  EXPECT_EQ(read_statement("RESET stele.freshness").verb, Verb::kReset);
  EXPECT_EQ(read_statement("reset all").verb, Verb::kResetAll);
  EXPECT_EQ(read_statement("DISCARD ALL").verb, Verb::kResetAll);
}

TEST(StatementTest, LeavesAllElseAlone) {
  for (const char* sql : {"", "SELECT 1", "SHOW work_mem", "SET work_mem = '1MB'", "SET stele.other = 1",
                          "SHOW", "SET", "SET stele.freshness", "SET stele.freshness = off; DROP TABLE x",
                          "/* open", "-- x", "RESET work_mem", "DISCARD PLANS", "'"}) {
    EXPECT_EQ(read_statement(sql).verb, Verb::kOther) << sql;
  }
}

TEST(StatementTest, ErrorsKeepQuotesInsideTheirLiteral) {
  EXPECT_EQ(
      raising_statement("22023", "bad 'x'"),
      "DO $stele_head$BEGIN RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'bad ''x'''; END$stele_head$");
}

}  // namespace
}  // namespace stele::sql
