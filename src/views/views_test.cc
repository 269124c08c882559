#include "views/views.h"

#include "views/test_views.h"

namespace stele::views {
namespace {

TEST_F(ViewsTest, CopiesFollowsAndSearches) {
  sql()(
      "CREATE TABLE film (id int PRIMARY KEY, title text, year int, rating numeric, tags text[], seen "
      "timestamp)");
  sql()(
      "INSERT INTO film SELECT i, 'film number ' || i, 1900 + i % 100, i / 10.0, ARRAY['a', 'b'], "
      "'2024-05-01' FROM "
      "generate_series(1, 2500) i");
  start();
  EXPECT_EQ(sql()("SELECT stele.publish('film')"), "film");
  ASSERT_TRUE(ready("film"));
  EXPECT_EQ(difference("film", "film"), "");
  sql()("INSERT INTO film VALUES (9000, 'the quick brown fox', 2001, 7.25, '{}', now())");
  sql()("UPDATE film SET title = 'a lazy dog' WHERE id = 7");
  sql()("DELETE FROM film WHERE id = 8");
  EXPECT_EQ(difference("film", "film"), "");
  const auto hits = search("film", match("title", "lazy"));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].key.to_string(), "7");
  EXPECT_EQ(search("film", match("year", 1950)).size(), 25U);
}

TEST_F(ViewsTest, StartsWithWhatIsPublished) {
  start();
  sql()("CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n bigint)");
  sql()("INSERT INTO a SELECT gen_random_uuid(), i FROM generate_series(1, 500) i");
  sql()("SELECT stele.publish('a', '{\"collection\": \"other\"}')");
  ASSERT_TRUE(ready("other"));
  views_.reset();
  EXPECT_EQ(sql()("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"), "0");
  sql()("DELETE FROM a WHERE n % 2 = 0");
  start();
  ASSERT_TRUE(ready("other"));
  EXPECT_EQ(difference("other", "a"), "");
}

}  // namespace
}  // namespace stele::views
