#include "protocols/sql/commit_position.h"

#include <gtest/gtest.h>

namespace stele::sql {
namespace {

TEST(CommitPositionTest, APositionBehindAPageHeaderIsThePagesBeginning) {
  EXPECT_EQ(CommitPosition::round_down_page_header(Lsn(8192 * 7 + 24)), Lsn(8192 * 7));
  EXPECT_EQ(CommitPosition::round_down_page_header(Lsn((16ULL << 20) + 40)), Lsn(16ULL << 20));
  EXPECT_EQ(CommitPosition::round_down_page_header(Lsn(8192 * 7 + 32)), Lsn(8192 * 7 + 32));
  EXPECT_EQ(CommitPosition::round_down_page_header(Lsn(8192 * 7)), Lsn(8192 * 7));
}

}  // namespace
}  // namespace stele::sql
