#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"

namespace stele::postgres {

// Which history of which cluster is it? IDENTIFY_SYSTEM's answer.
struct SystemIdentity {
  std::string system_identifier;
  std::uint32_t timeline = 0;
  Lsn flush_lsn;
  std::string database;
};

// A slot as pg_replication_slots shows it.
struct SlotState {
  Lsn confirmed_flush;
  Lsn restart;
  std::string wal_status;  // "reserved", "extended", "unreserved", "lost"; empty before anything is reserved
  std::string plugin;
  std::string database;
  std::uint32_t active_pid = 0;  // 0: nobody follows it
};

struct CreatedSlot {
  Lsn consistent_point;  // what commits above it comes by the stream, what lies below is in the snapshot
  std::string snapshot;  // for SET TRANSACTION SNAPSHOT, valid until the connection's next command
};

// What a view knows of where it stands.
struct ResumePoint {
  std::string system_identifier;
  std::uint32_t timeline = 0;
  Lsn applied;
};

// May the stream go on where the views stand, or would changes be missing? Pure.
//  - the system identifier is the same;
//  - the slot is there, ours, not lost, and has not confirmed more than what is applied: START_REPLICATION
//    silently moves *up* past what was confirmed;
//  - the timeline is the same, or a later one that branched off at or after what is applied: `history` is the
//    content of TIMELINE_HISTORY of the server's timeline, needed only when it differs.
// kFailedPrecondition with the reason, whose detail "reason" is one word: "system", "slot_missing",
// "slot_lost", "slot_foreign", "slot_ahead", "timeline".
Result<void> check_resume(const ResumePoint& point, const SystemIdentity& system,
                          const std::optional<SlotState>& slot, std::string_view history);

// Where `timeline` ended, by a timeline history file; nothing if it is no ancestor.
std::optional<Lsn> timeline_switch_point(std::string_view history, std::uint32_t timeline);

// Slot names are [a-z0-9_]{1,63}: anything else is kInvalidArgument, so that none needs quoting.
Result<void> check_slot_name(std::string_view name);

enum class SnapshotAction : std::uint8_t { kNothing, kExport };

// CREATE_REPLICATION_SLOT as a server of this version reads it: its options stand in parentheses since 15.
std::string create_slot_command(int server_version, std::string_view name, bool temporary,
                                SnapshotAction snapshot);

// Identifiers as one SQL literal, as the option publication_names wants them: '"a","b ""c"""'.
std::string publication_list(const std::vector<std::string>& names);
// "name" and 'text' for SQL.
std::string quote_identifier(std::string_view name);
std::string quote_literal(std::string_view text);

}  // namespace stele::postgres
