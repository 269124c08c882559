#include "protocols/sql/command_tag.h"

#include <gtest/gtest.h>

namespace stele::sql {
namespace {

TEST(CommandTagTest, RowsAreWrittenByTheirVerbs) {
  for (const char* tag : {"INSERT 0 1", "UPDATE 3", "DELETE 0", "MERGE 2", "COPY 7", "TRUNCATE TABLE", "CALL",
                          "DO", "COMMIT PREPARED"}) {
    EXPECT_TRUE(meaning_of_tag(tag).writes) << tag;
    EXPECT_FALSE(meaning_of_tag(tag).defines) << tag;
  }
}

TEST(CommandTagTest, DefinitionsChangeByAllThatIsNeitherRowsNorReading) {
  for (const char* tag : {"CREATE TABLE", "ALTER TABLE", "DROP TABLE", "GRANT", "REFRESH MATERIALIZED VIEW",
                          "COMMENT", "CLUSTER"}) {
    EXPECT_TRUE(meaning_of_tag(tag).writes && meaning_of_tag(tag).defines) << tag;
  }
}

TEST(CommandTagTest, ReadingAndTransactionsWriteNothing) {
  for (const char* tag : {"SELECT 1", "SHOW", "SET", "BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK",
                          "ROLLBACK PREPARED", "FETCH 10", "DISCARD ALL", "PREPARE TRANSACTION", "LISTEN"}) {
    EXPECT_FALSE(meaning_of_tag(tag).writes) << tag;
  }
}

}  // namespace
}  // namespace stele::sql
