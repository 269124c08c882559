#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "views/test_views.h"

namespace stele::views {
namespace {

class DdlTest : public ViewsTest {
 protected:
  // The view is the table again, and says so.
  void settles(const std::string& table, const std::string& what) {
    views_->notice_ddl();
    std::string last;
    EXPECT_TRUE(eventually([&] {
      const auto found = entry(table);
      if (found == nullptr || found->state != CollectionState::kReady) return false;
      last = difference(table, table);
      return last.empty();
    })) << what
        << ": " << last;
  }
};

TEST_F(DdlTest, CopiesAnewWhatTheStreamDoesNotTell) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY, n int, old text)");
  sql()("INSERT INTO t SELECT i, i, 'x' FROM generate_series(1, 300) i");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  sql()("ALTER TABLE t ALTER n TYPE text USING 'n' || n");
  settles("t", "ALTER TYPE");
  EXPECT_EQ(search("t", match("n.keyword", "n7")).size(), 1U);
  sql()("ALTER TABLE t ADD COLUMN filled int DEFAULT 42");
  settles("t", "ADD COLUMN");
  EXPECT_EQ(search("t", match("filled", 42)).size(), 300U);
  sql()("ALTER TABLE t RENAME COLUMN old TO fresh; INSERT INTO t VALUES (1000, 'a', 'b', 1)");
  settles("t", "RENAME COLUMN");
  sql()("ALTER TABLE t DROP COLUMN fresh; INSERT INTO t VALUES (1001, 'a', 1)");
  settles("t", "DROP COLUMN");
  sql()("ALTER TABLE t RENAME TO t2");
  sql()("INSERT INTO t2 VALUES (1002, 'a', 1)");
  EXPECT_TRUE(eventually([&] { return entry("t")->table.name == "t2"; }));
  sql()("ALTER TABLE t2 RENAME TO t");
  settles("t", "RENAME");
  sql()(
      "ALTER TABLE t DROP CONSTRAINT t_pkey; ALTER TABLE t RENAME id TO key; ALTER TABLE t ADD PRIMARY KEY "
      "(key)");
  sql()("INSERT INTO t VALUES (2000, 'a', 1)");
  settles("t", "another key");
  sql()("DROP TABLE t");
  views_->notice_ddl();
  EXPECT_TRUE(eventually([&] { return entry("t") == nullptr; }));
  // The stream tells of a commit a moment before other sessions see it.
  EXPECT_TRUE(eventually([&] { return sql()("SELECT count(*) FROM stele.collection") == "0"; }));
}

TEST_F(DdlTest, NoticesByItselfWithinSeconds) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  sql()("ALTER TABLE t ADD COLUMN filled int DEFAULT 42");
  EXPECT_TRUE(eventually([&] { return search("t", match("filled", 42)).size() == 1; }));
}

TEST_F(DdlTest, ServesPartitionsByTheirRoot) {
  start();
  sql()(
      "CREATE TABLE p (id int, n int, PRIMARY KEY (id)) PARTITION BY RANGE (id); "
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); "
      "CREATE TABLE p2 (id int PRIMARY KEY, n int); INSERT INTO p2 SELECT i, i FROM generate_series(100, "
      "150) i; "
      "INSERT INTO p SELECT i, i FROM generate_series(1, 50) i");
  sql()("SELECT stele.publish('p')");
  ASSERT_TRUE(ready("p"));
  EXPECT_EQ(difference("p", "p"), "");
  sql()("UPDATE p SET n = n + 1 WHERE id < 10; DELETE FROM p WHERE id = 11; INSERT INTO p VALUES (60, 60)");
  EXPECT_EQ(difference("p", "p"), "");
  sql()("ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200)");
  settles("p", "ATTACH");
  sql()("UPDATE p SET id = id + 160 WHERE id < 10");
  EXPECT_EQ(difference("p", "p"), "");
  sql()("ALTER TABLE p DETACH PARTITION p1");
  settles("p", "DETACH");
}

TEST_F(DdlTest, StopsServingWhatMayNotBeServedAnyMore) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)");
  sql()("SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  sql()("ALTER TABLE t ENABLE ROW LEVEL SECURITY");
  views_->notice_ddl();
  ASSERT_TRUE(eventually([&] { return entry("t")->state == CollectionState::kFailed; }));
  EXPECT_THAT(entry("t")->reason, testing::HasSubstr("row security"));
  EXPECT_EQ(entry("t")->collection, nullptr);
  sql()("ALTER TABLE t DISABLE ROW LEVEL SECURITY; INSERT INTO t VALUES (2)");
  settles("t", "row security off");
  sql()("ALTER PUBLICATION stele DROP TABLE t");
  views_->notice_ddl();
  ASSERT_TRUE(eventually([&] { return entry("t")->state == CollectionState::kFailed; }));
  sql()("INSERT INTO t VALUES (3); ALTER PUBLICATION stele ADD TABLE t");
  settles("t", "back in the publication");
}

TEST_F(DdlTest, ANewEnumTypeAndItsColumn) {
  start();
  sql()("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  sql()(
      "CREATE TYPE mood AS ENUM ('sad', 'happy'); ALTER TABLE t ADD m mood; INSERT INTO t VALUES (2, "
      "'happy')");
  settles("t", "enum");
  EXPECT_EQ(search("t", match("m", "happy")).size(), 1U);
}

}  // namespace
}  // namespace stele::views
