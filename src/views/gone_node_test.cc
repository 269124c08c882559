#include <gtest/gtest.h>

#include "views/test_views.h"

namespace stele::views {
namespace {

TEST_F(ViewsTest, DropsTheSlotOfANodeThatIsGone) {
  start();
  views_.reset();
  const auto add_node = [&](const std::string& id, const std::string& seen, const std::string& slot) {
    sql()("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    sql()("INSERT INTO stele.node (id, slot, last_seen) VALUES ('" + id + "', '" + slot +
          "', now() - interval '" + seen + "')");
  };
  add_node("gone", "25 hours", "stele_gone");
  add_node("late", "23 hours", "stele_late");
  add_node("odd", "25 hours", "not_its_slot");
  start();
  EXPECT_TRUE(eventually([&] { return sql()("SELECT count(*) FROM stele.node WHERE id = 'gone'") == "0"; }));
  const std::string slots = sql()(
      "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots WHERE slot_name IN "
      "('stele_gone', 'stele_late', 'not_its_slot')");
  EXPECT_EQ(slots, "not_its_slot stele_late");
  EXPECT_EQ(sql()("SELECT count(*) FROM stele.node WHERE id IN ('late', 'odd')"), "2");
  views_.reset();
  sql()(
      "SELECT pg_drop_replication_slot(slot) FROM unnest(ARRAY['stele_late', 'not_its_slot']::name[]) slot");
}

}  // namespace
}  // namespace stele::views
