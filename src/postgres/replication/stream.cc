#include "postgres/replication/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("replication");

// A server that shuts down asks for a reply again and again until everything it sent is confirmed as flushed,
// and does not stop before. What views have not sealed is not confirmed, and need not be: after this many
// requests at one position within a second we let it go.
constexpr int kShutdownRequests = 5;
constexpr Duration kShutdownWindow = std::chrono::seconds(1);

// Errors of the server after which trying again can help.
bool is_passing(const Error& error) {
  if (error.code != ErrorCode::kDatabase) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kConnectionClosed ||
           error.code == ErrorCode::kDeadlineExceeded || error.code == ErrorCode::kUnauthenticated ||
           error.code == ErrorCode::kIo;
  }
  const std::string_view state = error.detail("sqlstate");
  if (state == "55006") return true;   // the slot is in use: our former session has not ended yet
  if (state == "58P01") return false;  // WAL that is needed is gone
  const std::string_view group = state.substr(0, 2);
  constexpr std::string_view kPassing[] = {"08", "28", "40", "53", "57", "58"};
  return std::ranges::find(kPassing, group) != std::end(kPassing);
}

}  // namespace

ReplicationStream::ReplicationStream(StreamOptions options)
    : options_(std::move(options)),
      reactor_(net::Reactor::current()),
      assembler_(options_.limits, options_.spools),
      feedback_interval_(options_.feedback_interval),
      feedback_timer_(*reactor_),
      sleep_timer_(*reactor_) {}

ReplicationStream::~ReplicationStream() {
  stop();
}

void ReplicationStream::stop() {
  stopped_ = true;
  feedback_timer_.cancel();
  if (connection_) connection_->give_up();
  woken_.set();
}

net::Task<Result<std::unique_ptr<ReplicationStream>>> ReplicationStream::create(StreamOptions options,
                                                                                bool temporary,
                                                                                SnapshotAction snapshot,
                                                                                TimePoint deadline) {
  auto made = make(std::move(options));
  if (!made.has_value()) co_return std::move(made).error();
  auto created = co_await (*made)->create_slot(temporary, snapshot, deadline);
  if (!created.has_value()) co_return std::move(created).error();
  co_return *std::move(made);
}

Result<std::unique_ptr<ReplicationStream>> ReplicationStream::make(StreamOptions options) {
  STELE_RETURN_IF_ERROR(check_slot_name(options.slot));
  return std::unique_ptr<ReplicationStream>(new ReplicationStream(std::move(options)));
}

net::Task<Result<void>> ReplicationStream::create_slot(bool temporary, SnapshotAction snapshot,
                                                       TimePoint deadline) {
  auto connected = co_await connect(deadline);
  if (!connected.has_value()) co_return std::move(connected).error();
  auto dropped = co_await connection_->drop_slot(options_.slot, deadline);
  if (!dropped.has_value()) co_return std::move(dropped).error();
  auto created = co_await connection_->create_slot(options_.slot, temporary, snapshot, deadline);
  if (!created.has_value()) co_return std::move(created).error();
  created_ = *std::move(created);
  delivered_ = created_.consistent_point;
  co_return Result<void>();
}

net::Task<Result<std::unique_ptr<ReplicationStream>>> ReplicationStream::resume(StreamOptions options,
                                                                                ResumePoint point,
                                                                                TimePoint deadline) {
  STELE_CO_RETURN_IF_ERROR(check_slot_name(options.slot));
  std::unique_ptr<ReplicationStream> stream(new ReplicationStream(std::move(options)));
  stream->system_.system_identifier = point.system_identifier;
  stream->system_.timeline = point.timeline;
  stream->delivered_ = point.applied;
  auto connected = co_await stream->connect(deadline);
  if (!connected.has_value()) co_return std::move(connected).error();
  auto verified = co_await stream->verify(deadline);
  if (!verified.has_value()) co_return std::move(verified).error();
  co_return stream;
}

net::Task<Result<void>> ReplicationStream::connect(TimePoint deadline) {
  auto connection = co_await ReplicationConnection::connect(options_.connect, deadline);
  if (!connection.has_value()) co_return std::move(connection).error();
  if (stopped_) co_return make_error(ErrorCode::kCancelled, "the stream was stopped");
  connection_ = *std::move(connection);
  auto timeout = co_await connection_->query(
      "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'", deadline);
  if (!timeout.has_value()) co_return std::move(timeout).error();
  std::int64_t timeout_ms = 0;
  const std::string_view text = timeout->value().value_or("");
  std::from_chars(text.data(), text.data() + text.size(), timeout_ms);
  feedback_interval_ = options_.feedback_interval;
  if (timeout_ms > 0) {
    feedback_interval_ = std::min<Duration>(feedback_interval_, std::chrono::milliseconds(timeout_ms) / 3);
  }
  if (system_.system_identifier.empty()) {
    auto system = co_await connection_->identify_system(deadline);
    if (!system.has_value()) co_return std::move(system).error();
    system_ = *std::move(system);
  }
  last_heard_ = reactor_->now();
  co_return Result<void>();
}

net::Task<Result<void>> ReplicationStream::verify(TimePoint deadline) {
  auto system = co_await connection_->identify_system(deadline);
  if (!system.has_value()) co_return std::move(system).error();
  auto slot = co_await connection_->slot_state(options_.slot, deadline);
  if (!slot.has_value()) co_return std::move(slot).error();
  std::string history;
  if (system->timeline != system_.timeline && system->timeline > 1) {
    auto file = co_await connection_->timeline_history(system->timeline, deadline);
    if (!file.has_value()) co_return std::move(file).error();
    history = *std::move(file);
  }
  const ResumePoint point{system_.system_identifier, system_.timeline, delivered_};
  STELE_CO_RETURN_IF_ERROR(check_resume(point, *system, *slot, history));
  system_ = *std::move(system);
  co_return Result<void>();
}

net::Task<Result<void>> ReplicationStream::start(TimePoint deadline) {
  assembler_ = TransactionAssembler(options_.limits, options_.spools);
  batch_ = {};
  batch_at_ = 0;
  asked_times_ = 0;
  auto started = co_await connection_->start(options_.slot, delivered_, options_.pgoutput, deadline);
  if (!started.has_value()) co_return std::move(started).error();
  started_ = true;
  last_heard_ = reactor_->now();
  send_status(false);
  arm_feedback();
  co_return Result<void>();
}

void ReplicationStream::drop_connection() {
  feedback_timer_.cancel();
  batch_ = {};
  batch_at_ = 0;
  if (connection_) connection_->close();
  connection_.reset();
}

void ReplicationStream::interrupt(const Error& reason) {
  drop_connection();
  if (interruption_) return;
  interruption_ = reason;
  interrupted_at_ = reactor_->now();
  kLog.warn("replication stream interrupted slot={} reason={}", options_.slot, reason.message);
}

Lost ReplicationStream::lose(Error reason) {
  if (reason.detail("reason").empty()) {
    reason.with("reason", reason.code == ErrorCode::kDatabase ? "server" : "client");
  }
  kLog.error("replication stream lost slot={} reason={}", options_.slot, reason.message);
  drop_connection();
  lost_ = reason;
  return Lost{std::move(reason)};
}

net::Task<void> ReplicationStream::sleep(Duration duration) {
  woken_.reset();
  if (stopped_) co_return;
  sleep_timer_.set(reactor_->now() + duration, [this] { woken_.set(); });
  co_await woken_.wait();
}

// Until it follows the slot again, or cannot.
net::Task<Result<StreamEvent>> ReplicationStream::reconnect() {
  Duration pause = options_.backoff_min;
  while (!stopped_) {
    const TimePoint deadline = reactor_->now() + options_.connect_timeout;
    auto done = co_await connect(deadline);
    if (done.has_value()) done = co_await verify(deadline);
    if (done.has_value()) done = co_await start(deadline);
    if (stopped_) break;
    if (done.has_value()) {
      Reconnected event{*std::exchange(interruption_, std::nullopt), reactor_->now() - interrupted_at_};
      kLog.info("replication stream is back slot={} at={}", options_.slot, delivered_.to_string());
      co_return StreamEvent(std::move(event));
    }
    if (!is_passing(done.error())) co_return StreamEvent(lose(std::move(done).error()));
    drop_connection();
    co_await sleep(pause);
    pause = std::min(pause * 2, options_.backoff_max);
  }
  co_return make_error(ErrorCode::kCancelled, "the stream was stopped");
}

net::Task<Result<StreamEvent>> ReplicationStream::next() {
  while (!stopped_) {
    if (lost_) co_return StreamEvent(Lost{*lost_});
    if (!connection_) co_return co_await reconnect();
    if (!started_) {
      auto started = co_await start(reactor_->now() + options_.connect_timeout);
      if (!started.has_value() && !is_passing(started.error()))
        co_return StreamEvent(lose(std::move(started).error()));
      if (!started.has_value()) interrupt(started.error());
      continue;
    }
    while (batch_at_ < batch_.size()) {
      auto event = take(batch_[batch_at_++]);
      if (!event.has_value()) co_return StreamEvent(lose(std::move(event).error()));
      if (event->has_value()) co_return **std::move(event);
      if (!connection_) break;
    }
    if (!connection_) continue;
    if (std::exchange(reply_due_, false)) send_status(false);
    auto batch = co_await connection_->read(reactor_->now() + options_.silence_timeout);
    if (stopped_) break;
    if (!batch.has_value()) {
      if (!is_passing(batch.error())) co_return StreamEvent(lose(std::move(batch).error()));
      interrupt(batch.error());
      continue;
    }
    batch_ = *batch;
    batch_at_ = 0;
    last_heard_ = reactor_->now();
  }
  co_return make_error(ErrorCode::kCancelled, "the stream was stopped");
}

Result<std::optional<StreamEvent>> ReplicationStream::take(std::string_view content) {
  bytes_received_ += content.size();
  STELE_TRY(const ReplicationMessage message, decode_replication_message(content));
  if (const auto* keepalive = std::get_if<Keepalive>(&message)) return take_keepalive(*keepalive);
  const auto& data = std::get<XLogData>(message);
  server_position_ = std::max(server_position_, data.end);
  return take_payload(data.payload);
}

Result<std::optional<StreamEvent>> ReplicationStream::take_payload(std::string_view payload) {
  STELE_TRY(auto output, assembler_.take(payload));
  if (!output) return std::optional<StreamEvent>();
  if (auto* message = std::get_if<FreeMessage>(&*output)) return StreamEvent(std::move(*message));
  auto* const transaction = std::get_if<std::unique_ptr<Transaction>>(&*output);
  const Lsn end = transaction != nullptr ? (*transaction)->commit_lsn() : std::get<Progress>(*output).lsn;
  // The server sends whole transactions again after a restart, from what it had saved as confirmed.
  if (end <= delivered_) return std::optional<StreamEvent>();
  delivered_ = end;
  if (transaction != nullptr) return StreamEvent(std::move(*transaction));
  return StreamEvent(Progress{end});
}

Result<std::optional<StreamEvent>> ReplicationStream::take_keepalive(const Keepalive& keepalive) {
  server_position_ = std::max(server_position_, keepalive.wal_end);
  if (keepalive.reply_requested) {
    // Answered in the next round, so that what the owner does with this event is confirmed with it.
    reply_due_ = true;
    if (server_waits_for_us(keepalive)) {
      interrupt(make_error(ErrorCode::kConnectionClosed, "the server shuts down"));
      return std::optional<StreamEvent>();
    }
  }
  if (keepalive.wal_end <= delivered_ || !assembler_.is_between_transactions()) {
    return std::optional<StreamEvent>();
  }
  delivered_ = keepalive.wal_end;
  return StreamEvent(Progress{delivered_});
}

bool ReplicationStream::server_waits_for_us(const Keepalive& keepalive) {
  if (keepalive.wal_end != asked_position_ || reactor_->now() - asked_since_ > kShutdownWindow) {
    asked_position_ = keepalive.wal_end;
    asked_since_ = reactor_->now();
    asked_times_ = 0;
  }
  return ++asked_times_ > kShutdownRequests;
}

void ReplicationStream::send_status(bool reply_requested) {
  const Lsn confirmed = options_.confirmed ? std::min(options_.confirmed(), delivered_) : Lsn();
  connection_->send_status({.written = delivered_,
                            .flushed = confirmed,
                            .applied = confirmed,
                            .sent = system_clock().wall(),
                            .reply_requested = reply_requested});
}

void ReplicationStream::arm_feedback() {
  feedback_timer_.set(reactor_->now() + feedback_interval_, [this] {
    if (!connection_) return;
    // With a request for an answer, so that a dead connection shows as silence.
    send_status(true);
    arm_feedback();
  });
}

}  // namespace stele::postgres
