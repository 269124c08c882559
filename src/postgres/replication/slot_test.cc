#include "postgres/replication/slot.h"

#include <gtest/gtest.h>

namespace stele::postgres {
namespace {

const ResumePoint kPoint{"7", 1, Lsn(1000)};
const SystemIdentity kSystem{"7", 1, Lsn(2000), "db"};
const SlotState kSlot{Lsn(900), Lsn(800), "reserved", "pgoutput", "db", 0};

std::string reason(const Result<void>& result) {
  return result.has_value() ? "" : std::string(result.error().detail("reason"));
}

TEST(CheckResume, GoesOnWhereNothingIsMissing) {
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, kSlot, {})), "");
  SlotState exact = kSlot;
  exact.confirmed_flush = kPoint.applied;
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, exact, {})), "");
}

TEST(CheckResume, RefusesWithTheReason) {
  EXPECT_EQ(reason(check_resume(kPoint, {"8", 1, Lsn(2000), "db"}, kSlot, {})), "system");
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, std::nullopt, {})), "slot_missing");
  SlotState slot = kSlot;
  slot.wal_status = "lost";
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, slot, {})), "slot_lost");
  slot = kSlot;
  slot.confirmed_flush = Lsn(1001);
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, slot, {})), "slot_ahead");
  slot = kSlot;
  slot.plugin = "test_decoding";
  EXPECT_EQ(reason(check_resume(kPoint, kSystem, slot, {})), "slot_foreign");
}

TEST(CreateSlotCommand, IsWhatTheServersVersionReads) {
  EXPECT_EQ(create_slot_command(150000, "a", true, SnapshotAction::kExport),
            "CREATE_REPLICATION_SLOT \"a\" TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')");
  EXPECT_EQ(create_slot_command(180001, "a", false, SnapshotAction::kNothing),
            "CREATE_REPLICATION_SLOT \"a\" LOGICAL pgoutput (SNAPSHOT 'nothing')");
  EXPECT_EQ(create_slot_command(140023, "a", true, SnapshotAction::kExport),
            "CREATE_REPLICATION_SLOT \"a\" TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT");
  EXPECT_EQ(create_slot_command(140023, "a", false, SnapshotAction::kNothing),
            "CREATE_REPLICATION_SLOT \"a\" LOGICAL pgoutput NOEXPORT_SNAPSHOT");
}

TEST(CheckResume, FollowsATimelineOnlyAcrossItsSwitchPoint) {
  SystemIdentity promoted = kSystem;
  promoted.timeline = 3;
  const std::string before = "1\t0/3E7\tno recovery target specified\n\n2\t0/800\tx\n";          // 999
  const std::string after = "# comment\n1\t0/3E8\tno recovery target specified\n2\t0/800\tx\n";  // 1000
  EXPECT_EQ(reason(check_resume(kPoint, promoted, kSlot, before)), "timeline");
  EXPECT_EQ(reason(check_resume(kPoint, promoted, kSlot, after)), "");
  EXPECT_EQ(reason(check_resume(kPoint, promoted, kSlot, "2\t0/800\tx\n")), "timeline");
  EXPECT_EQ(reason(check_resume(kPoint, promoted, kSlot, "1\tgarbage\n")), "timeline");
}

TEST(SlotNames, AreThoseThatNeedNoQuoting) {
  EXPECT_TRUE(check_slot_name("stele_1").has_value());
  EXPECT_FALSE(check_slot_name("").has_value());
  EXPECT_FALSE(check_slot_name("Stele").has_value());
  EXPECT_FALSE(check_slot_name("a\"b").has_value());
  EXPECT_FALSE(check_slot_name(std::string(64, 'a')).has_value());
}

TEST(Quoting, OfIdentifiersLiteralsAndPublications) {
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\'b"), " E'a\\\\''b'");
  EXPECT_EQ(publication_list({"a", "b'c\"d"}), "'\"a\",\"b''c\"\"d\"'");
}

}  // namespace
}  // namespace stele::postgres
