#pragma once

#include <string>
#include <string_view>

#include "protocols/sql/statement.h"

namespace stele::sql {

// What one session has asked of the head, followed from its statements and startup parameters. Settings count
// from the moment they pass, also when the transaction around them is rolled back. Confined to the session.
class SessionSettings {
 public:
  // A parameter of the startup packet: stele.freshness, stele.min_lsn, or "options" with -c name=value.
  void apply_startup(std::string_view name, std::string_view value);
  // A statement that was forwarded. The value was checked before.
  void apply(const Statement& statement);
  // The text of any statement: notes when it speaks of synchronous_commit.
  void note_text(std::string_view sql);
  // A transaction ended: SET LOCAL is over.
  void end_transaction() { local_freshness_ = Switch::kUnset; }

  // Is ReadyForQuery after a writing transaction to wait until the views have applied it?
  bool waits_for_views() const;
  // May this session's commits be acknowledged before they are flushed?
  bool may_commit_asynchronously() const { return may_commit_asynchronously_; }
  const std::string& min_lsn() const { return min_lsn_; }

  // "on", "true", "yes", "1" and their opposites, as PostgreSQL reads a boolean; false when it is none.
  static bool parse_switch(std::string_view text, bool& on);

 private:
  enum class Switch { kUnset, kOn, kOff };

  Switch freshness_ = Switch::kUnset;
  Switch local_freshness_ = Switch::kUnset;
  Switch startup_freshness_ = Switch::kUnset;  // what RESET goes back to
  bool may_commit_asynchronously_ = false;
  std::string min_lsn_;
};

}  // namespace stele::sql
