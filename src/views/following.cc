#include "views/following.h"

#include <algorithm>
#include <random>
#include <utility>
#include <variant>

#include "base/log.h"
#include "postgres/replication/replication_connection.h"
#include "views/field_store.h"
#include "views/session.h"
#include "views/sql/install.h"
#include "views/sql/schema.h"

namespace stele::views {
namespace {

constexpr Logger kLog("views");
constexpr Duration kTimeout = std::chrono::seconds(30);
constexpr Duration kTick = std::chrono::milliseconds(100);
constexpr Duration kBackoffMax = std::chrono::seconds(5);

std::uint64_t random_node() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

// New fields that the stored definition cannot take: their values are left out.
bool is_final(const Error& error) {
  return error.code == ErrorCode::kConflict || error.code == ErrorCode::kAlreadyExists ||
         error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kTooLarge ||
         error.code == ErrorCode::kNotFound;
}

postgres::ConnectOptions stream_connection(const ViewsOptions& options) {
  postgres::ConnectOptions connect = options.postgres;
  connect.settings.emplace_back("logical_decoding_work_mem", options.decoding_memory);
  return connect;
}

}  // namespace

void Meters::set_reason(std::string reason) {
  const std::lock_guard lock(mutex_);
  reason_ = std::move(reason);
}

std::string Meters::reason() const {
  const std::lock_guard lock(mutex_);
  return reason_;
}

Following::Following(ViewsOptions options, net::Reactor& reactor, engine::Engine& engine,
                     engine::VisibleLsn& visible, Catalog& catalog, Freshness& freshness, Meters& meters)
    : options_(std::move(options)),
      slot_("stele_" + options_.node_id),
      reactor_(reactor),
      freshness_(freshness),
      meters_(meters),
      roster_(catalog),
      applier_(engine, visible, freshness, roster_,
               options_.spool_directory.empty()
                   ? postgres::memory_spools(options_.spool_bytes_max)
                   : postgres::temporary_file_spools(options_.spool_directory, options_.spool_bytes_max),
               options_.collection_memory_max),
      keys_(options_.keys, options_.postgres, options_.node_id, reactor, freshness,
            [this] { return applier_.applied(); }),
      copier_({.postgres = options_.postgres, .slot = slot_ + "_copy", .slot_timeout = options_.slot_timeout},
              reactor, applier_, roster_),
      watch_({.postgres = options_.postgres,
              .node = options_.node_id,
              .slot = slot_,
              .changed = [this](std::uint32_t oid) { keys_.table_changed(oid); },
              .keys_status = [this] { return keys_.status_json(); }},
             reactor, applier_, copier_, roster_),
      pause_(reactor) {
  applier_.set_follower(&keys_.follower());
  applier_.set_callbacks(
      {.copy_wanted = [this] { copier_.wake(); },
       .shape_changed = [this] { watch_.wake(); },
       .fields_wanted = [this](std::int64_t id) { net::spawn(store_fields_of(id, gate_.hold())); },
       .boundary = [this] { copier_.at_boundary(); }});
}

net::Task<Result<void>> Following::prepare_schema() {
  const TimePoint deadline = reactor_.now() + kTimeout;
  auto connected = co_await connect_session(options_.postgres, deadline);
  STELE_CO_TRY(const auto connection, std::move(connected));
  auto level = co_await run(connection.get(), "SHOW wal_level", {}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(level));
  if (rows.value() != "logical")
    co_return make_error(
        ErrorCode::kFailedPrecondition,
        "wal_level is " + std::string(rows.value().value_or("")) +
            ": Stele follows PostgreSQL's log and needs wal_level = logical (then a restart)");
  auto installed = co_await install_schema(connection.get(), deadline);
  STELE_CO_TRY(const auto missing, std::move(installed));
  for (const std::string& what : missing) kLog.warn("{}", what);
  co_await connection->close(deadline);
  co_return Result<void>();
}

net::Task<Result<void>> Following::begin() {
  freshness_.set_node(random_node());
  auto attached = co_await attach();
  STELE_CO_RETURN_IF_ERROR(attached);
  net::spawn(follow(gate_.hold()));
  net::spawn(tick(gate_.hold()));
  net::spawn(keep(copier_.run(), gate_.hold()));
  net::spawn(keep(watch_.run(), gate_.hold()));
  net::spawn(keep(watch_.run_cap(), gate_.hold()));
  co_return Result<void>();
}

net::Task<void> Following::keep(net::Task<void> loop, [[maybe_unused]] net::Gate::Holder inside) {
  co_await std::move(loop);
}

net::Task<Result<void>> Following::attach() {
  auto prepared = co_await prepare_schema();
  STELE_CO_RETURN_IF_ERROR(prepared);
  if (stopping_) co_return make_error(ErrorCode::kCancelled, "the node stops");
  const TimePoint deadline = reactor_.now() + options_.slot_timeout;
  postgres::StreamOptions stream{.connect = stream_connection(options_),
                                 .slot = slot_,
                                 .pgoutput = {.publications = {std::string(kPublication)}},
                                 .limits = {},
                                 .spools = applier_.spools(),
                                 .confirmed = [this] { return applier_.applied(); }};
  STELE_CO_TRY(opening_, postgres::ReplicationStream::make(std::move(stream)));
  auto created = co_await opening_->create_slot(false, postgres::SnapshotAction::kExport, deadline);
  auto made = std::move(opening_);
  STELE_CO_RETURN_IF_ERROR(created);
  Result<Copier::Snapshot> opened = make_error(ErrorCode::kCancelled, "the node stops");
  if (!stopping_)
    opened = co_await Copier::open_snapshot(options_.postgres, made->created(), reactor_.now() + kTimeout);
  if (!opened || stopping_) {
    made->stop();
    co_return opened ? make_error(ErrorCode::kCancelled, "the node stops") : opened.error();
  }
  stream_ = std::move(made);
  applier_.restart(stream_->created().consistent_point);
  auto enrolled = co_await copier_.enrol(&*opened);
  if (!enrolled) {
    stream_->stop();
    stream_.reset();
    co_return enrolled.error();
  }
  keys_.begin();
  co_await read_timeline();
  // A copy must not begin where nobody waits for its end any more.
  auto inside = gate_.hold();
  if (stopping_ || !inside) {
    stream_->stop();
    co_return make_error(ErrorCode::kCancelled, "the node stops");
  }
  meters_.connected.store(true);
  meters_.set_reason({});
  if (!applier_.is_held()) applier_.progress(applier_.applied());
  net::spawn(keep(copy_first(std::move(*opened)), std::move(inside)));
  co_return Result<void>();
}

net::Task<void> Following::copy_first(Copier::Snapshot snapshot) {
  const std::uint64_t round = ++rounds_;
  co_await copier_.copy_all(std::move(snapshot));
  // What was visible before stays so until everything that could be copied has joined.
  if (round == rounds_ && applier_.is_held()) applier_.hold(false);
}

net::Task<void> Following::read_timeline() {
  const std::uint32_t timeline = stream_->system().timeline;
  std::vector<std::pair<std::uint32_t, Lsn>> history;
  if (timeline > 1) {
    const TimePoint deadline = reactor_.now() + kTimeout;
    auto connected = co_await postgres::ReplicationConnection::connect(options_.postgres, deadline);
    if (connected) {
      auto text = co_await (*connected)->timeline_history(timeline, deadline);
      for (std::uint32_t former = 1; text && former < timeline; ++former)
        if (const auto end = postgres::timeline_switch_point(*text, former))
          history.emplace_back(former, *end);
      (*connected)->close();
    }
  }
  freshness_.set_timeline(timeline, std::move(history));
}

net::Task<void> Following::follow([[maybe_unused]] net::Gate::Holder inside) {
  while (!stopping_) {
    auto event = co_await stream_->next();
    if (!event) break;
    const bool more = co_await take(std::move(*event));
    if (!more) break;
    // A stream that is never empty must not starve a copy.
    if (!copier_.idle()) co_await reactor_.yield();
  }
}

net::Task<bool> Following::take(postgres::StreamEvent event) {
  if (auto* transaction = std::get_if<std::unique_ptr<postgres::Transaction>>(&event)) {
    auto applied = co_await applier_.apply(std::move(*transaction));
    if (!applied) co_await recover(applied.error());
  } else if (const auto* progress = std::get_if<postgres::Progress>(&event)) {
    applier_.progress(progress->lsn);
  } else if (const auto* back = std::get_if<postgres::Reconnected>(&event)) {
    meters_.reconnects.fetch_add(1);
    kLog.info("stream is back after={}ms: {}",
              std::chrono::duration_cast<std::chrono::milliseconds>(back->downtime).count(),
              back->reason.to_string());
    if (stream_->system().timeline != freshness_.timeline()) co_await read_timeline();
    watch_.wake();
  } else if (const auto* lost = std::get_if<postgres::Lost>(&event)) {
    co_await recover(lost->reason);
  }
  co_return !stopping_;
}

net::Task<void> Following::recover(Error reason) {
  kLog.error("stream lost, copying anew: {}", reason.to_string());
  meters_.connected.store(false);
  meters_.set_reason("the stream was lost (" + reason.message + "); copying anew");
  applier_.hold(true);
  for (const auto& [id, served] : roster_.all())
    if (served->live != nullptr)
      roster_.set_state(*served, CollectionState::kStale, "the stream was lost: " + reason.message);
  roster_.show();
  Duration pause = kTick;
  while (!stopping_) {
    if (stream_ != nullptr) stream_->stop();
    auto attached = co_await attach();
    if (attached) {
      meters_.reconnects.fetch_add(1);
      co_return;
    }
    meters_.set_reason(attached.error().message);
    kLog.warn("not attached: {}", attached.error().to_string());
    co_await pause_.wait_until(reactor_.now() + pause);
    pause = std::min(pause * 2, kBackoffMax);
  }
}

net::Task<void> Following::store_fields_of(std::int64_t id, [[maybe_unused]] net::Gate::Holder inside) {
  if (!inside || !storing_.insert(id).second) co_return;
  Duration pause = kTick;
  while (!stopping_) {
    Served* served = roster_.find(id);
    if (served == nullptr || served->live == nullptr || !served->live->wants_fields()) break;
    const std::shared_ptr<Generation> live = served->live;
    DefinitionChange change = live->take_wanted_fields();
    auto stored =
        co_await store_wanted(options_.postgres, id, change, live->definition(), reactor_.now() + kTimeout);
    if (stored) {
      pause = kTick;
      continue;
    }
    kLog.warn("new fields are not stored: {}", stored.error().to_string());
    if (is_final(stored.error())) continue;
    // No document may ever ask for them again.
    live->want(std::move(change));
    co_await sleep(pause);
    pause = std::min(pause * 2, kBackoffMax);
  }
  storing_.erase(id);
}

net::Task<void> Following::sleep(Duration time) {
  const TimePoint until = reactor_.now() + time;
  while (!stopping_ && reactor_.now() < until) co_await reactor_.sleep_for(std::min(time, kTick));
}

net::Task<void> Following::tick([[maybe_unused]] net::Gate::Holder inside) {
  int turn = 0;
  while (!stopping_) {
    co_await reactor_.sleep_for(kTick);
    if (stream_ != nullptr) {
      meters_.connected.store(stream_->is_connected());
      meters_.received.store(stream_->delivered().value());
      meters_.server.store(std::max(stream_->server_position().value(), watch_.server_lsn().value()));
    }
    meters_.transactions.store(applier_.transactions());
    meters_.changes.store(applier_.changes());
    const bool behind = freshness_.visible().value() < meters_.server.load();
    const std::int64_t since = meters_.behind_since_ns.load();
    if (!behind) meters_.behind_since_ns.store(0);
    if (behind && since == 0) meters_.behind_since_ns.store(reactor_.now().time_since_epoch().count());
    if (++turn % 3 != 0) continue;
    for (const auto& [id, served] : roster_.all())
      if (served->live != nullptr) maintenance_.step(served->live->collection());
  }
}

net::Task<void> Following::drop_slot() {
  auto connected = co_await postgres::ReplicationConnection::connect(
      options_.postgres, reactor_.now() + std::chrono::seconds(5));
  if (!connected) co_return;
  auto dropped = co_await (*connected)->drop_slot(slot_, reactor_.now() + std::chrono::seconds(5));
  if (!dropped) kLog.warn("the slot stays: {}", dropped.error().to_string());
  auto gone = co_await (*connected)
                  ->query("DELETE FROM stele.node WHERE id = " + postgres::quote_literal(options_.node_id),
                          reactor_.now() + std::chrono::seconds(5));
  if (!gone) kLog.warn("the node's row stays: {}", gone.error().to_string());
  (*connected)->close();
}

net::Task<void> Following::stop() {
  stopping_ = true;
  copier_.stop();
  watch_.stop();
  pause_.notify();
  co_await keys_.stop();
  if (opening_ != nullptr) opening_->stop();
  if (stream_ != nullptr) stream_->stop();
  co_await gate_.close();
  co_await maintenance_.stop();
  freshness_.fail(make_error(ErrorCode::kCancelled, "the node stops"));
  stream_.reset();
  co_await drop_slot();
}

}  // namespace stele::views
