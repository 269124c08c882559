#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "keyspace/key_class.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "postgres/connect_options.h"
#include "views/freshness.h"
#include "views/keys/cached_keys.h"
#include "views/keys/flusher.h"
#include "views/keys/key_feed.h"
#include "views/keys/key_map.h"
#include "views/keys/keys.h"
#include "views/keys/keys_options.h"
#include "views/keys/mapped_writer.h"
#include "views/signal.h"

namespace stele::views {

// The keys of a node whose truth is a PostgreSQL: reads them at the start, keeps them by the stream, writes
// the durable ones behind. All of that on the views' reactor; the keyspace itself is everybody's. begin()
// once the schema is there and the stream's place is known; again when the stream begins anew somewhere else.
// Errors of its own work are told by status() and tried again.
class PostgresKeys final : public NodeKeys {
 public:
  PostgresKeys(KeysOptions options, postgres::ConnectOptions postgres, std::string node,
               net::Reactor& reactor, Freshness& freshness, std::function<Lsn()> applied);
  ~PostgresKeys() override;

  // On the views' thread.
  void begin();
  net::Task<void> stop();
  Follower& follower() { return feed_; }
  // The table was altered in a way that the stream does not tell.
  void table_changed(std::uint32_t oid);
  // {"owner": true, …}: what stele.key_status reads. Without numbers that move all the time.
  std::string status_json() const;

  keyspace::Keyspace& keyspace() override { return *keyspace_; }
  keyspace::KeyClass class_of(std::string_view name) const override { return map_.class_of(name); }
  bool loading() const override { return loading_.load(std::memory_order_relaxed); }
  bool loading(std::string_view name) const override { return loading() || map_.loading(name); }
  bool owner() const override { return owner_.load(std::memory_order_relaxed); }
  bool may_write() const override { return flusher_.may_write(); }
  net::Task<Result<void>> wait_writable(TimePoint deadline) override {
    return flusher_.wait_writable(deadline);
  }
  net::Task<Result<void>> wait_durable(keyspace::ChangeSequence last, std::vector<keyspace::Key> written,
                                       TimePoint deadline) override;
  net::Task<Result<std::vector<std::uint64_t>>> write_mapped(std::vector<MappedWrite> writes,
                                                             TimePoint deadline) override;
  bool reads_through(std::string_view name) const override { return cached_.covers(name); }
  net::Task<Result<std::vector<LoadedKey>>> load(std::vector<keyspace::Key> keys) override;
  net::Task<Result<void>> write_through(keyspace::Key key, std::string value, TimePoint deadline) override;
  net::Task<Result<std::uint64_t>> invalidate(Invalidation what, std::string name) override;
  net::Task<Result<void>> tag(keyspace::Key key, std::vector<std::string> tags) override;
  void cancel_waits() override { flusher_.cancel_waits(); }
  bool refuses_keys() const override { return flusher_.has_refused(); }
  std::string refusal_among(const std::vector<keyspace::Key>& keys) const override {
    return flusher_.refusal_among(keys);
  }
  Lsn visible() const override { return freshness_.visible(); }
  KeysStatus status() const override;

 private:
  net::Task<void> run(net::Gate::Holder inside);
  net::Task<void> run_turn();
  net::Task<void> run_copies(net::Gate::Holder inside);
  net::Task<void> last_flush();

  // All keys as PostgreSQL has them. When there are some already, what is not flushed stays.
  net::Task<Result<void>> load();
  net::Task<Result<void>> read_all();
  Result<void> put_slice(std::vector<StoredKey> slice);
  net::Task<void> remove_vanished();
  net::Task<Result<void>> reach(Lsn lsn);
  // Reads ids again until none has changed meanwhile.
  net::Task<Result<void>> read_again(std::vector<keyspace::ObjectId> ids);
  net::Task<void> claim();
  net::Task<void> follow_up_flush();

  net::Task<Result<void>> copy(std::shared_ptr<KeyMapping> mapping);
  net::Task<Result<void>> copy_rows(postgres::Connection* connection, std::shared_ptr<KeyMapping> mapping,
                                    std::unordered_set<std::string>* seen);

  KeysOptions options_;
  net::Reactor& reactor_;
  Freshness& freshness_;
  std::function<Lsn()> applied_;
  std::unique_ptr<keyspace::Keyspace> keyspace_;
  KeyMap map_;
  EchoBook echoes_;
  CachedKeys cached_;
  KeyFeed feed_;
  KeyReader reader_, copy_reader_;
  FlushSession session_;
  Flusher flusher_;
  MappedWriter mapped_;

  std::atomic<bool> loading_{true};
  std::atomic<bool> owner_{false};
  Signal wake_, copies_wake_;
  net::Gate gate_;
  bool running_ = false, stopping_ = false;
  bool load_wanted_ = false, loaded_ = false;
  std::unordered_set<std::string> loaded_names_;  // of a reload: database and name
  TimePoint next_claim_{}, next_heartbeat_{}, next_load_{};
};

}  // namespace stele::views
