#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "base/strong_id.h"
#include "net/task.h"
#include "postgres/replication/write_mark.h"

namespace stele::views {

struct WriteTag;
// Numbers the writing transactions of this process; travels in the transaction's message.
using WriteNumber = StrongId<WriteTag, std::uint64_t>;

// What a client passes on to read its own writes on another node: a position and the timeline it lies on.
// Text: "0/2A" on timeline 1 and "0/2A@3" on timeline 3; without "@" a token means the current timeline.
struct LsnToken {
  Lsn lsn;
  std::uint32_t timeline = 0;  // 0 = not said

  static Result<LsnToken> parse(std::string_view text);
  std::string to_string() const;
};

// Up to where do the views of this node show what PostgreSQL committed, and who waits for more?
// Threads: any; waiters are resumed on the reactor they waited on. The applier alone publishes. Waiting costs
// one allocation and a lock; visible() is one atomic load. Source: design rule "a node never shows you less
// than you have written".
class Freshness {
 public:
  Freshness();
  ~Freshness();

  // All transactions whose commit ends at or before it are visible in every collection.
  Lsn visible() const;
  std::uint32_t timeline() const;
  LsnToken token() const { return {visible(), timeline()}; }

  // Resumes once visible() >= lsn. kDeadlineExceeded past the deadline, kUnavailable when the stream is lost
  // for good, kFailedPrecondition when the token's timeline is not on this server's history.
  net::Task<Result<void>> wait_visible(LsnToken token, TimePoint deadline);

  // A number for a transaction that is about to be sent. Its message is
  // pg_logical_emit_message(true, 'stele', message(number)).
  WriteNumber begin_write();
  std::string message(WriteNumber number) const;
  // Resumes with the commit's LSN once the message has come back and is visible. kDeadlineExceeded past the
  // deadline. Call it once for every begin_write(), or forget_write() instead.
  net::Task<Result<Lsn>> wait_write(WriteNumber number, TimePoint deadline);
  void forget_write(WriteNumber number);

  // For the applier, on its thread. `node` is another one at each start, so that the echo of a write of an
  // earlier process is not taken for one of this.
  void set_node(std::uint64_t node);
  // History: the timelines that this server's one comes from, each with the LSN at which it ended.
  void set_timeline(std::uint32_t timeline, std::vector<std::pair<std::uint32_t, Lsn>> history = {});
  // A transaction that bears one of our marks commits at `commit`: its writer is answered by the publish()
  // that reaches it. False when the mark is not of this process.
  bool came_back(postgres::WriteMark mark, Lsn commit);
  void publish(Lsn visible);
  void fail(Error error);  // wakes all waiters with it; new waits fail until the next publish()

  // Any thread. The node stops: waiters are woken with kCancelled, and from now on nobody waits.
  void stop();
  bool is_stopped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stele::views
