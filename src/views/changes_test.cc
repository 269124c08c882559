#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "views/test_views.h"

namespace stele::views {
namespace {

TEST_F(ViewsTest, KeepsUnchangedToastThroughKeyChanges) {
  start();
  sql()(
      "CREATE TABLE d (id int PRIMARY KEY, n int, body text, doc jsonb); "
      "ALTER TABLE d ALTER body SET STORAGE EXTERNAL, ALTER doc SET STORAGE EXTERNAL");
  sql()(
      "INSERT INTO d SELECT i, 0, repeat(md5(i::text), 200), jsonb_build_object('a', repeat(md5(i::text), "
      "100)) FROM "
      "generate_series(1, 20) i");
  sql()("SELECT stele.publish('d')");
  ASSERT_TRUE(ready("d"));
  sql()("UPDATE d SET n = n + 1");
  sql()("UPDATE d SET id = id + 100");
  sql()(
      "BEGIN; UPDATE d SET n = 5 WHERE id = 101; UPDATE d SET id = 7 WHERE id = 101; UPDATE d SET n = 6 "
      "WHERE id = 7; "
      "UPDATE d SET body = 'short' WHERE id = 102; UPDATE d SET n = 9 WHERE id = 102; COMMIT");
  EXPECT_EQ(difference("d", "d"), "");
  sql()("ALTER TABLE d REPLICA IDENTITY FULL");
  sql()("UPDATE d SET n = n + 1; UPDATE d SET id = id + 1000; DELETE FROM d WHERE id % 3 = 0");
  EXPECT_EQ(difference("d", "d"), "");
  // More than the primary key, so that it changes without it.
  sql()(
      "ALTER TABLE d ALTER n SET NOT NULL; CREATE UNIQUE INDEX wide ON d (n, id);"
      "ALTER TABLE d REPLICA IDENTITY USING INDEX wide");
  sql()(
      "UPDATE d SET n = n + 1; UPDATE d SET id = id + 10000; UPDATE d SET doc = '{}' WHERE id % 5 = 0; "
      "DELETE "
      "FROM d WHERE id % 7 = 0");
  EXPECT_EQ(difference("d", "d"), "");
  EXPECT_TRUE(ready("d"));
}

TEST_F(ViewsTest, FollowsSavepointsAbortsAndTruncate) {
  start();
  sql()(
      "CREATE TABLE a (id int PRIMARY KEY, t text); CREATE TABLE b (id int PRIMARY KEY REFERENCES a, t "
      "text)");
  sql()("SELECT stele.publish('a'), stele.publish('b')");
  ASSERT_TRUE(ready("a") && ready("b"));
  sql()(
      "BEGIN; INSERT INTO a VALUES (1, 'x'); SAVEPOINT s; INSERT INTO a VALUES (2, 'y'); ROLLBACK TO s; "
      "INSERT INTO a VALUES (3, 'z'); SAVEPOINT t; UPDATE a SET t = 'u' WHERE id = 1; RELEASE t; COMMIT");
  sql()("BEGIN; INSERT INTO a VALUES (9, 'never'); ROLLBACK");
  EXPECT_EQ(difference("a", "a"), "");
  // Streamed before its end, with a part that is rolled back.
  sql()(
      "BEGIN; INSERT INTO a SELECT i, repeat('x', 100) FROM generate_series(100, 8000) i; SAVEPOINT s; "
      "INSERT INTO a SELECT i, repeat('y', 100) FROM generate_series(10000, 15000) i; ROLLBACK TO s; "
      "INSERT INTO b SELECT i, 'b' FROM generate_series(100, 3000) i; COMMIT");
  sql()("BEGIN; INSERT INTO a SELECT i, repeat('n', 100) FROM generate_series(20000, 25000) i; ROLLBACK");
  EXPECT_EQ(difference("a", "a"), "");
  EXPECT_EQ(difference("b", "b"), "");
  sql()(
      "BEGIN; INSERT INTO b VALUES (1, 'gone'); TRUNCATE a CASCADE; INSERT INTO a VALUES (5, 'after'); "
      "COMMIT");
  EXPECT_EQ(difference("a", "a"), "");
  EXPECT_EQ(difference("b", "b"), "");
  EXPECT_TRUE(eventually([&] { return views_->status().transactions >= 3; }));
}

TEST_F(ViewsTest, LeavesOutVectorsThatDoNotFit) {
  start();
  sql()("CREATE TABLE v (id int PRIMARY KEY, e real[])");
  sql()("INSERT INTO v VALUES (1, '{1,2,3}')");
  sql()("SELECT stele.publish('v')");
  ASSERT_TRUE(ready("v"));
  sql()(
      "INSERT INTO v VALUES (2, '{1,2}'), (3, '{1,NaN,3}'), (4, '{1,NULL,3}'), (5, NULL), (6, '{4,5,6}'), "
      "(7, '{{1,2,3}}'), (8, '{}')");
  EXPECT_EQ(difference("v", "v"), "");
  std::size_t vectors = 0;
  for (const auto& hit : search("v", match_all())) vectors += hit.document->vectors.size();
  EXPECT_EQ(vectors, 2U);
  ASSERT_TRUE(eventually(
      [&] { return sql()("SELECT values_left_out FROM stele.status WHERE collection = 'v'") == "5"; }));
  EXPECT_THAT(sql()("SELECT left_out_example FROM stele.status"), testing::HasSubstr("e: "));
}

TEST_F(ViewsTest, AValueThatDoesNotFitIsLeftOutAndItsRowStays) {
  start();
  sql()("CREATE TABLE j (id int PRIMARY KEY, doc jsonb)");
  sql()("INSERT INTO j VALUES (1, '{\"n\": 1, \"at\": \"2024-05-01\"}')");
  sql()("SELECT stele.publish('j')");
  ASSERT_TRUE(ready("j"));
  sql()("INSERT INTO j VALUES (2, '{\"n\": \"many\", \"at\": \"soon\"}'), (3, '{\"n\": 3}')");
  EXPECT_EQ(difference("j", "j"), "");
  EXPECT_EQ(search("j", match("doc.n", 3)).size(), 1U);
}

TEST_F(ViewsTest, MapsFieldsThatComeWithTheStream) {
  start();
  sql()("CREATE TABLE j (id int PRIMARY KEY, doc jsonb)");
  sql()("SELECT stele.publish('j')");
  ASSERT_TRUE(ready("j"));
  sql()("INSERT INTO j VALUES (1, '{\"city\": \"Berlin\"}'), (2, '{\"city\": \"Paris\", \"n\": 7}')");
  // Persisted first, then filled from the sources of the documents that have it.
  ASSERT_TRUE(eventually([&] { return search("j", match("doc.city", "paris")).size() == 1; }));
  EXPECT_EQ(search("j", match("doc.n", 7)).size(), 1U);
  // The stream may show a commit a moment before SQL does.
  EXPECT_TRUE(eventually([&] {
    return sql()(
               "SELECT count(*) FROM stele.collection c, jsonb_array_elements(c.definition->'fields') f "
               "WHERE f->>'path' IN ('doc.city', 'doc.city.keyword', 'doc.n')") == "3";
  }));
  views_.reset();
  start();
  ASSERT_TRUE(ready("j"));
  EXPECT_EQ(search("j", match("doc.city", "berlin")).size(), 1U);
}

// The sum over two tables is the same in every snapshot.
TEST_F(ViewsTest, ShowsATransactionInAllCollectionsAtOnce) {
  start();
  sql()(
      "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (id int PRIMARY KEY, n int); "
      "INSERT INTO a VALUES (1, 500); INSERT INTO b VALUES (1, 500)");
  sql()("SELECT stele.publish('a'), stele.publish('b')");
  ASSERT_TRUE(ready("a") && ready("b"));
  const std::shared_ptr<engine::Collection> collections[] = {entry("a")->collection, entry("b")->collection};
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<std::uint64_t> looks{0};
  const auto number = [](const engine::Snapshot& snapshot, std::size_t index) -> std::int64_t {
    const engine::DocumentPtr document = snapshot.view(index).get(engine::DocKey::from_i64(1));
    const auto field = *snapshot.view(index).schema().find("n");
    for (const auto& values : document->fields)
      if (values.field == field) return *values.values.at(0).integer();
    return -1;
  };
  std::thread reader([&] {
    while (!stop) {
      const auto snapshot = engine::Snapshot::take(views_->visible(), collections);
      if (number(snapshot, 0) + number(snapshot, 1) != 1000) ++wrong;
      ++looks;
    }
  });
  for (int i = 0; i < 300; ++i) sql()("BEGIN; UPDATE a SET n = n - 1; UPDATE b SET n = n + 1; COMMIT");
  caught_up();
  ASSERT_TRUE(eventually([&] { return looks > 100; }));
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(difference("a", "a"), "");
}

}  // namespace
}  // namespace stele::views
