#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/event.h"
#include "net/reactor.h"
#include "net/task.h"
#include "postgres/replication/assembler.h"
#include "postgres/replication/replication_connection.h"
#include "postgres/replication/slot.h"
#include "postgres/replication/transaction.h"

namespace stele::postgres {

struct StreamOptions {
  ConnectOptions connect;  // as for SQL; what replication needs is added
  std::string slot;
  PgoutputOptions pgoutput;
  AssemblerLimits limits;
  SpoolFactory spools;
  // How far may the server forget? The owner's answer, asked whenever a status is sent; held below what was
  // given out. While it stays behind, a stop of the server does not wait for it (see stream.cc).
  std::function<Lsn()> confirmed;

  Duration connect_timeout = std::chrono::seconds(10);
  Duration feedback_interval = std::chrono::seconds(10);  // at most; a third of wal_sender_timeout if less
  Duration silence_timeout = std::chrono::seconds(60);    // nothing came, not even answers: connect anew
  Duration backoff_min = std::chrono::milliseconds(100);  // between attempts to connect, doubled each time
  Duration backoff_max = std::chrono::seconds(5);
};

// The connection was lost and is back: what follows goes on exactly where the last event ended.
struct Reconnected {
  Error reason;
  Duration downtime{};
};

// The stream cannot go on by itself: the slot or publication is gone, the cluster is another one, the spool
// is full. Detail "reason" as check_resume(), or "server" with the server's error, or "client". Views must be
// copied anew. Every later next() gives the same.
struct Lost {
  Error reason;
};

using StreamEvent = std::variant<std::unique_ptr<Transaction>, Progress, FreeMessage, Reconnected, Lost>;

// What was committed, in commit order, each transaction exactly once? Follows one slot; reconnects with
// back-off for as long as the rules of check_resume() allow.
//   while (true) {
//     auto event = co_await stream->next();
//     if (!event) co_return;                                  // stopped
//     if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&*event)) ...
// Threads: confined to the reactor it was opened on. Back-pressure: it reads only inside next(), so a slow
// consumer holds the server by TCP, with StreamLimits' input and one transaction in memory; statuses go out
// by a timer of their own meanwhile, so that the server does not time out, as long as the reactor turns.
// Lifetime: not destroyed while next() is suspended: stop(), which wakes it, comes first.
// Cost: see bench/replication.
class ReplicationStream {
 public:
  // A new slot (one of that name is dropped first) and its snapshot. Temporary: gone with the connection, so
  // that the first interruption is the end.
  static net::Task<Result<std::unique_ptr<ReplicationStream>>> create(StreamOptions options, bool temporary,
                                                                      SnapshotAction snapshot,
                                                                      TimePoint deadline);
  // The same in two steps, for who may want to end the second one: creating a slot waits for every running
  // transaction. stop() ends it, with kCancelled and no slot.
  static Result<std::unique_ptr<ReplicationStream>> make(StreamOptions options);
  net::Task<Result<void>> create_slot(bool temporary, SnapshotAction snapshot, TimePoint deadline);
  // An existing slot, from where the views stand. kFailedPrecondition as check_resume().
  static net::Task<Result<std::unique_ptr<ReplicationStream>>> resume(StreamOptions options,
                                                                      ResumePoint point, TimePoint deadline);
  ~ReplicationStream();
  ReplicationStream(const ReplicationStream&) = delete;
  ReplicationStream& operator=(const ReplicationStream&) = delete;

  const SystemIdentity& system() const { return system_; }
  // Of create(): the snapshot is valid until the first next().
  const CreatedSlot& created() const { return created_; }

  // The next event; begins to follow the slot at the first call. kCancelled after stop().
  net::Task<Result<StreamEvent>> next();
  // Wakes next(); the connection closes. Idempotent. Nothing more begins.
  void stop();

  // Everything up to here has been given out: the end of the last transaction, or progress.
  Lsn delivered() const { return delivered_; }
  // The server's position, by its last message: what is behind in bytes.
  Lsn server_position() const { return server_position_; }
  bool is_connected() const { return connection_ != nullptr; }
  // When the server last sent anything.
  TimePoint last_heard() const { return last_heard_; }
  std::uint64_t bytes_received() const { return bytes_received_; }
  // Of large transactions that still run.
  std::size_t open_streams() const { return assembler_.open_streams(); }
  std::uint32_t walsender_pid() const { return connection_ ? connection_->process_id() : 0; }

 private:
  explicit ReplicationStream(StreamOptions options);

  net::Task<Result<void>> connect(TimePoint deadline);
  // Checks that nothing would be missing, then START_REPLICATION.
  net::Task<Result<void>> verify(TimePoint deadline);
  net::Task<Result<void>> start(TimePoint deadline);
  net::Task<Result<StreamEvent>> reconnect();
  net::Task<void> sleep(Duration duration);
  void drop_connection();
  void interrupt(const Error& reason);

  // One CopyData's content. An event, nothing, or an error that ends the stream.
  Result<std::optional<StreamEvent>> take(std::string_view content);
  Result<std::optional<StreamEvent>> take_keepalive(const Keepalive& keepalive);
  Result<std::optional<StreamEvent>> take_payload(std::string_view payload);
  void send_status(bool reply_requested);
  void arm_feedback();
  bool server_waits_for_us(const Keepalive& keepalive);
  Lost lose(Error reason);

  StreamOptions options_;
  net::Reactor* reactor_;
  std::shared_ptr<ReplicationConnection> connection_;
  TransactionAssembler assembler_;
  SystemIdentity system_;
  CreatedSlot created_;
  bool started_ = false;
  bool stopped_ = false;
  std::optional<Error> lost_;
  std::optional<Error> interruption_;  // why there is no connection
  TimePoint interrupted_at_{};

  std::span<const std::string_view> batch_;
  std::size_t batch_at_ = 0;
  Lsn delivered_;
  Lsn server_position_;
  TimePoint last_heard_{};
  std::uint64_t bytes_received_ = 0;
  bool reply_due_ = false;
  Duration feedback_interval_;
  net::Timer feedback_timer_;
  net::Event woken_;
  net::Timer sleep_timer_;

  // Requests for a reply that came since the position last moved.
  Lsn asked_position_;
  int asked_times_ = 0;
  TimePoint asked_since_{};
};

}  // namespace stele::postgres
