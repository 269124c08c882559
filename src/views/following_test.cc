#include <gtest/gtest.h>

#include "views/test_views.h"

namespace stele::views {
namespace {

bool has_field(const std::shared_ptr<const CollectionEntry>& entry, std::string_view path) {
  return entry->definition->schema.find(path).has_value();
}

// What refuses the change of a definition, as a lock or a lost connection would, and counts.
constexpr std::string_view kRefusal = R"sql(
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.definition->>'fields' LIKE '%doc.late%' THEN
    PERFORM nextval('public.refusals');
    RAISE 'not now';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON stele.collection FOR EACH ROW EXECUTE FUNCTION refuse();
)sql";

TEST_F(ViewsTest, AFieldThatCouldNotBeStoredIsStoredLater) {
  start();
  sql()(
      "CREATE TABLE t (id int PRIMARY KEY, doc jsonb); INSERT INTO t VALUES (1, '{\"early\": 1}');"
      "SELECT stele.publish('t')");
  ASSERT_TRUE(ready("t"));
  ASSERT_TRUE(has_field(entry("t"), "doc.early"));
  sql()(std::string(kRefusal));
  sql()("INSERT INTO t VALUES (2, '{\"late\": 7}')");
  const auto refused = [&] { return sql()("SELECT is_called FROM refusals") == "t"; };
  ASSERT_TRUE(eventually(refused));
  // Another's change of the definition, which has nothing to do with it, comes between.
  sql()("UPDATE stele.collection SET definition = definition || '{\"elastic\": {\"a\": 1}}'");
  caught_up();
  ASSERT_TRUE(eventually([&] { return entry("t")->definition->elastic_json != "{}"; }));
  EXPECT_FALSE(has_field(entry("t"), "doc.late"));
  sql()("DROP TRIGGER refuse ON stele.collection");
  EXPECT_TRUE(eventually([&] { return has_field(entry("t"), "doc.late"); }));
}

}  // namespace
}  // namespace stele::views
