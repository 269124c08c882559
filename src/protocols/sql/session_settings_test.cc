#include "protocols/sql/session_settings.h"

#include <gtest/gtest.h>

namespace stele::sql {
namespace {

TEST(SessionSettingsTest, FreshnessFollowsSetLocalSetAndStartupInThatOrder) {
  SessionSettings settings;
  EXPECT_TRUE(settings.waits_for_views());
  settings.apply_startup("options", "-c work_mem=1MB -c stele.freshness=off -c x=1");
  EXPECT_FALSE(settings.waits_for_views());
  settings.apply(read_statement("SET stele.freshness = on"));
  EXPECT_TRUE(settings.waits_for_views());
  settings.apply(read_statement("SET LOCAL stele.freshness = off"));
  EXPECT_FALSE(settings.waits_for_views());
  settings.end_transaction();
  EXPECT_TRUE(settings.waits_for_views());
  settings.apply(read_statement("RESET ALL"));
  EXPECT_FALSE(settings.waits_for_views());
}

TEST(SessionSettingsTest, AnyMentionOfSynchronousCommitMakesCommitsSuspect) {
  SessionSettings settings;
  settings.note_text("select y, yy, sync, synchronous from t");
  EXPECT_FALSE(settings.may_commit_asynchronously());
  settings.note_text("select set_config('Synchronous_Commit', 'off', false)");
  EXPECT_TRUE(settings.may_commit_asynchronously());
}

TEST(SessionSettingsTest, ReadsPostgresBooleans) {
  bool on = false;
  EXPECT_TRUE(SessionSettings::parse_switch("TRUE", on) && on);
  EXPECT_TRUE(SessionSettings::parse_switch("off", on) && !on);
  EXPECT_FALSE(SessionSettings::parse_switch("maybe", on));
}

}  // namespace
}  // namespace stele::sql
