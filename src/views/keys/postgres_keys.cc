#include "views/keys/postgres_keys.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/log.h"
#include "json/writer.h"
#include "keyspace/store_keyspace.h"
#include "postgres/replication/write_mark.h"

namespace stele::views {
namespace {

constexpr Logger kLog("keys");
constexpr Duration kTurn = std::chrono::milliseconds(20);
constexpr Duration kRetry = std::chrono::seconds(1);
constexpr Duration kClaimInterval = std::chrono::seconds(2);
constexpr Duration kHeartbeatInterval = std::chrono::seconds(3);
constexpr Duration kLastFlushPatience = std::chrono::seconds(10);

}  // namespace

PostgresKeys::PostgresKeys(KeysOptions options, postgres::ConnectOptions postgres, std::string node,
                           net::Reactor& reactor, Freshness& freshness, std::function<Lsn()> applied)
    : options_(std::move(options)),
      reactor_(reactor),
      freshness_(freshness),
      applied_(std::move(applied)),
      keyspace_(
          keyspace::make_store_keyspace(system_clock(), {.max_memory_bytes = options_.max_memory_bytes})),
      map_(*keyspace_, options_.otherwise, options_.rules),
      cached_({.postgres = postgres}, *keyspace_, freshness, map_),
      feed_(postgres, *keyspace_, map_, cached_, echoes_,
            {.work =
                 [this] {
                   wake_.notify();
                   copies_wake_.notify();
                 },
             .reload =
                 [this] {
                   load_wanted_ = true;
                   wake_.notify();
                 }}),
      reader_(postgres),
      copy_reader_(postgres),
      session_({.postgres = postgres,
                .node = std::move(node),
                .lock_timeout = options_.flush_lock_timeout,
                .owner_silence = options_.owner_silence},
               freshness, echoes_),
      flusher_(options_.flusher, *keyspace_, session_),
      mapped_({.postgres = postgres, .lock_timeout = options_.mapped_lock_timeout}, freshness, map_),
      wake_(reactor),
      copies_wake_(reactor) {}

PostgresKeys::~PostgresKeys() = default;

void PostgresKeys::begin() {
  if (const auto mark = postgres::parse_write_mark(freshness_.message(WriteNumber(0))))
    feed_.set_node(mark->node);
  load_wanted_ = true;
  cached_.reset();
  // What the stream brings from here on is newer than what will be read.
  feed_.gather(true);
  feed_.defer(true);
  next_load_ = {};
  wake_.notify();
  if (std::exchange(running_, true)) return;
  net::spawn(run(gate_.hold()));
  net::spawn(run_copies(gate_.hold()));
}

net::Task<void> PostgresKeys::run([[maybe_unused]] net::Gate::Holder inside) {
  while (!stopping_) {
    co_await run_turn();
    if (!stopping_) co_await wake_.wait_until(reactor_.now() + kTurn);
  }
  co_await last_flush();
  co_await session_.close();
  co_await reader_.close();
}

net::Task<void> PostgresKeys::run_turn() {
  if (load_wanted_ && reactor_.now() >= next_load_) {
    auto loaded = co_await load();
    if (!loaded) kLog.warn("the keys are not loaded: {}", loaded.error().to_string());
    next_load_ = reactor_.now() + kRetry;
  }
  if (!loaded_ || load_wanted_) co_return;
  if (feed_.has_unread()) {
    feed_.gather(true);
    auto read = co_await read_again(feed_.take_unread());
    if (!read) feed_.gather(false);
  }
  if (!session_.owns()) co_return co_await claim();
  co_await flusher_.turn();
  co_await follow_up_flush();
  if (session_.owns() && reactor_.now() >= next_heartbeat_) {
    next_heartbeat_ = reactor_.now() + kHeartbeatInterval;
    auto beaten = co_await session_.heartbeat();
    if (!beaten) kLog.warn("no heartbeat: {}", beaten.error().message);
  }
}

net::Task<void> PostgresKeys::follow_up_flush() {
  std::vector<keyspace::ObjectId> ids = flusher_.take_fenced();
  const std::vector<keyspace::ObjectId> lost = flusher_.take_lost();
  ids.insert(ids.end(), lost.begin(), lost.end());
  if (!ids.empty()) feed_.add_unread(ids);
  if (!session_.owns() && owner_.exchange(false)) {
    kLog.warn("another node writes the durable keys now; this one follows");
    next_claim_ = reactor_.now() + options_.owner_silence;
  }
  co_return;
}

net::Task<void> PostgresKeys::claim() {
  if (reactor_.now() < next_claim_) co_return;
  next_claim_ = reactor_.now() + kClaimInterval;
  auto claimed = co_await session_.claim();
  if (!claimed) {
    kLog.warn("the durable keys are not claimed: {}", claimed.error().message);
    co_return;
  }
  if (!*claimed) co_return;
  // First all that its former owner wrote.
  auto reached = co_await reach(**claimed);
  if (reached) owner_.store(true);
}

net::Task<void> PostgresKeys::last_flush() {
  if (!loaded_ || !session_.owns()) co_return;
  for (int i = 0; i < 3; ++i) {
    auto whole = co_await flusher_.flush();
    if (whole) break;
  }
}

net::Task<Result<void>> PostgresKeys::load() {
  const TimePoint began = reactor_.now();
  load_wanted_ = false;
  feed_.gather(true);
  feed_.defer(true);
  // Their echoes were in what the stream will not bring again.
  for (const auto& [number, written] : echoes_.take_all()) {
    const auto group = keyspace_->begin(keyspace::Scope::none());
    for (const auto& [id, generation] : written) (void)group->applied().echo(id, generation);
  }
  // Nobody else writes from here on, if nobody else is the owner.
  if (!session_.owns()) co_await claim();
  auto read = co_await read_all();
  if (read) read = co_await read_again(feed_.take_gathered());
  if (!read) {
    load_wanted_ = true;
    co_return read.error();
  }
  const bool first = !std::exchange(loaded_, true);
  loaded_names_.clear();
  if (first) loading_.store(false);
  kLog.info("keys={} loaded took_ms={}", keyspace_->stats().keys,
            std::chrono::duration_cast<std::chrono::milliseconds>(reactor_.now() - began).count());
  copies_wake_.notify();
  co_return Result<void>();
}

net::Task<Result<void>> PostgresKeys::read_all() {
  const TimePoint deadline = reactor_.now() + std::chrono::seconds(30);
  auto begun = co_await reader_.begin(feed_.recent(), deadline);
  STELE_CO_TRY(postgres::Connection* const connection, std::move(begun));
  auto mappings = co_await read_key_mappings(connection, deadline);
  Result<void> done;
  if (!mappings)
    done = mappings.error();
  else
    done = co_await read_keys(connection, std::nullopt,
                              [this](auto slice) { return put_slice(std::move(slice)); });
  if (done) done = co_await cached_.read_mappings(connection, deadline);
  co_await reader_.end();
  STELE_CO_RETURN_IF_ERROR(done);
  for (KeyMapping& mapping : *mappings) (void)map_.put(std::move(mapping));
  for (const auto& [prefix, mapping] : map_.all()) mapping->copy_wanted = true;
  if (loaded_) co_await remove_vanished();
  co_return Result<void>();
}

Result<void> PostgresKeys::put_slice(std::vector<StoredKey> slice) {
  if (stopping_) return make_error(ErrorCode::kCancelled, "the node stops");
  const auto group = keyspace_->begin(keyspace::Scope::whole());
  for (StoredKey& stored : slice) {
    if (loaded_) {
      loaded_names_.insert(std::to_string(stored.key.db.value()) + ":" + stored.key.name);
      // An echo of no flush: what is not flushed yet will be, over what was read.
      if (group->applied().echo(stored.id, {}) == keyspace::EchoOutcome::kSuperseded) continue;
    }
    const auto put = group->applied().put(stored.key, std::move(stored.value), stored.id);
    if (!put) kLog.error("a key is not loaded: {}", put.error().to_string());
  }
  return {};
}

net::Task<void> PostgresKeys::remove_vanished() {
  std::vector<keyspace::Key> vanished;
  for (std::uint16_t number = 0; number < 16; ++number) {
    const keyspace::DatabaseNumber db(number);
    std::uint64_t cursor = 0;
    do {
      const auto group = keyspace_->begin(keyspace::Scope::whole());
      const auto page = group->keys().scan(db, cursor, {.count = KeyFeed::kAtomicKeys});
      cursor = page ? page->cursor : 0;
      for (const std::string& name : page ? page->names : std::vector<std::string>()) {
        if (!keyspace::is_written_behind(group->class_of({db, name}))) continue;
        if (!loaded_names_.contains(std::to_string(number) + ":" + name)) vanished.emplace_back(db, name);
      }
    } while (cursor != 0);
  }
  // But for what is not flushed yet.
  std::optional<keyspace::Cut> cut;
  while (!(cut = keyspace_->take_cut())) co_await reactor_.yield();
  std::set<keyspace::Key> dirty;
  for (const keyspace::DirtyObject& object : cut->objects)
    if (!object.removed) dirty.insert(object.key);
  keyspace_->flush_failed(*std::move(cut));
  const auto group = keyspace_->begin(keyspace::Scope::whole());
  for (const keyspace::Key& key : vanished)
    if (!dirty.contains(key)) (void)group->applied().remove(key);
}

net::Task<Result<void>> PostgresKeys::reach(Lsn lsn) {
  while (applied_() < lsn) {
    if (stopping_) co_return make_error(ErrorCode::kCancelled, "the node stops");
    co_await reactor_.sleep_for(std::chrono::milliseconds(1));
  }
  co_return Result<void>();
}

net::Task<Result<void>> PostgresKeys::read_again(std::vector<keyspace::ObjectId> ids) {
  while (true) {
    for (std::size_t at = 0; at < ids.size(); at += KeyFeed::kAtomicKeys) {
      const auto from = ids.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(KeyFeed::kAtomicKeys, ids.size() - at);
      const std::vector<keyspace::ObjectId> asked(from, from + static_cast<std::ptrdiff_t>(count));
      std::vector<StoredKey> found;
      const StoredKeySink sink = [&found](std::vector<StoredKey> slice) {
        std::ranges::move(slice, std::back_inserter(found));
        return Result<void>();
      };
      auto read =
          co_await reader_.read(asked, feed_.recent(), sink, reactor_.now() + std::chrono::seconds(5));
      if (!read) {
        feed_.add_unread({from, ids.end()});
        feed_.add_unread(feed_.take_gathered());
        co_return read.error();
      }
      feed_.apply(std::move(found), asked);
    }
    // What the stream brought meanwhile may be newer than what was read.
    ids = feed_.take_gathered();
    if (ids.empty()) break;
  }
  feed_.defer(false);
  feed_.gather(false);
  co_return Result<void>();
}

net::Task<Result<void>> PostgresKeys::wait_durable(keyspace::ChangeSequence last,
                                                   std::vector<keyspace::Key> written, TimePoint deadline) {
  if (last == keyspace::ChangeSequence{}) co_return Result<void>();
  reactor_.post([this] { wake_.notify(); });
  auto done = co_await flusher_.wait_durable(last, std::move(written), deadline);
  co_return done;
}

net::Task<Result<std::vector<std::uint64_t>>> PostgresKeys::write_mapped(std::vector<MappedWrite> writes,
                                                                         TimePoint deadline) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  Result<std::vector<std::uint64_t>> written = make_error(ErrorCode::kCancelled, "the node stops");
  if (const net::Gate::Holder inside = gate_.hold())
    written = co_await mapped_.write(std::move(writes), deadline);
  co_await home->resume_here();
  co_return written;
}

net::Task<Result<std::vector<LoadedKey>>> PostgresKeys::load(std::vector<keyspace::Key> keys) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  auto loaded = co_await cached_.load(std::move(keys));
  co_await home->resume_here();
  co_return loaded;
}

net::Task<Result<void>> PostgresKeys::write_through(keyspace::Key key, std::string value,
                                                    TimePoint deadline) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  auto written = co_await cached_.write_through(std::move(key), std::move(value), deadline);
  co_await home->resume_here();
  co_return written;
}

net::Task<Result<std::uint64_t>> PostgresKeys::invalidate(Invalidation what, std::string name) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  auto removed = co_await cached_.invalidate(what, std::move(name));
  co_await home->resume_here();
  co_return removed;
}

net::Task<Result<void>> PostgresKeys::tag(keyspace::Key key, std::vector<std::string> tags) {
  net::Reactor* const home = net::Reactor::current();
  co_await reactor_.resume_here();
  auto tagged = cached_.tag(key, tags);
  co_await home->resume_here();
  co_return tagged;
}

KeysStatus PostgresKeys::status() const {
  KeysStatus status;
  status.loading = loading();
  status.owner = owner();
  flusher_.fill(status);
  for (KeyMap::Status& mapping : map_.status())
    status.mappings.push_back(
        {std::move(mapping.prefix), std::move(mapping.table), mapping.ready, std::move(mapping.reason)});
  return status;
}

std::string PostgresKeys::status_json() const {
  const KeysStatus now = status();
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("owner", now.owner).member("loading", now.loading);
  if (!now.flush_error.empty()) writer.member("flush_error", now.flush_error);
  writer.key("refused").begin_array();
  for (const KeysStatus::Refused& refused : now.refused) {
    constexpr std::size_t kNameShown = 100;
    std::string name;
    for (const char c : refused.key.name.substr(0, kNameShown))
      name += c >= ' ' && c <= '~' ? std::string(1, c) : std::string("?");
    writer.begin_object().member("key", name).member("reason", refused.reason).end_object();
  }
  writer.end_array().key("mappings").begin_array();
  for (const KeysStatus::Mapping& mapping : now.mappings)
    writer.begin_object()
        .member("prefix", mapping.prefix)
        .member("table", mapping.table)
        .member("ready", mapping.ready)
        .member("reason", mapping.reason)
        .end_object();
  writer.end_array().end_object();
  return out;
}

net::Task<void> PostgresKeys::stop() {
  stopping_ = true;
  wake_.notify();
  copies_wake_.notify();
  net::Timer patience(reactor_);
  patience.set(reactor_.now() + kLastFlushPatience, [this] { session_.give_up(); });
  co_await gate_.close();
  co_await cached_.stop();
  co_await mapped_.stop();
  co_await feed_.close();
  co_await copy_reader_.close();
}

}  // namespace stele::views
