#include <gtest/gtest.h>

#include "views/test_views.h"

namespace stele::views {
namespace {

TEST_F(ViewsTest, UnpublishingWhatIsBeingCopiedHoldsNothingUp) {
  start();
  sql()("CREATE TABLE big (id int PRIMARY KEY, t text); CREATE TABLE other (id int PRIMARY KEY)");
  sql()("INSERT INTO big SELECT i, repeat('x', 300) FROM generate_series(1, 150000) i");
  sql()("INSERT INTO other VALUES (1)");
  sql()("SELECT stele.publish('big')");
  const std::string copies =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT%FROM %big%' AND "
      "pid <> pg_backend_pid() AND datname = current_database()";
  ASSERT_TRUE(eventually([&] { return sql()(copies) == "1"; }));
  sql()("SELECT stele.unpublish('big'); SELECT stele.publish('other')");
  ASSERT_TRUE(ready("other"));
  EXPECT_EQ(entry("big"), nullptr);
  EXPECT_EQ(sql()(copies), "0");
  EXPECT_EQ(difference("other", "other"), "");
}

}  // namespace
}  // namespace stele::views
