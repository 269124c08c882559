#pragma once

#include <memory>

#include "base/lsn.h"
#include "base/result.h"
#include "net/task.h"
#include "postgres/connect_options.h"

namespace stele::sql {

// Up to where must the views have come to show what was just committed? Asks PostgreSQL on a connection of
// its own, one question for all who ask at the same time. Confined to one reactor; reconnects by itself.
// Source: pg_current_wal_flush_lsn() after a synchronous commit is at or behind the commit's end; the insert
// position may point behind a page header, where no commit ever ends, and is rounded down to the page.
class CommitPosition {
 public:
  explicit CommitPosition(postgres::ConnectOptions server);
  ~CommitPosition();

  // The position after everything that was committed when this was called. `unflushed`: commits may have been
  // acknowledged before they were flushed, as they may where a role or database has synchronous_commit = off
  // as its own default, which is looked up on the way. kUnavailable, kDeadlineExceeded after a second.
  net::Task<Result<Lsn>> after_commit(bool unflushed);
  // Commits one empty message, so that the log moves and what was committed asynchronously is flushed.
  net::Task<Result<void>> push();

  // A session begins, with the defaults of now: they are looked up with the next question. Else they are at
  // most a second old.
  void expect_other_defaults();

  // Ends the connection; later questions are answered kCancelled.
  net::Task<void> stop();

  // Where a commit at `insert` can end at the latest: a position right behind a page header lies on the
  // page's beginning. Pages are 8,192 bytes (XLOG_BLCKSZ) with 24 bytes of header, 40 at a segment's
  // beginning.
  static Lsn round_down_page_header(Lsn insert);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace stele::sql
