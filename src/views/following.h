#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/metrics.h"
#include "engine/engine.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "net/task.h"
#include "postgres/replication/stream.h"
#include "views/applier.h"
#include "views/copier.h"
#include "views/ddl_watch.h"
#include "views/freshness.h"
#include "views/keys/postgres_keys.h"
#include "views/maintenance.h"
#include "views/postgres_administration.h"
#include "views/roster.h"
#include "views/views.h"

namespace stele::views {

// How far are we, for everybody's eyes? Written by the views' thread, read by any.
struct Meters {
  std::atomic<bool> connected{false};
  std::atomic<std::uint64_t> received{0}, server{0};
  std::atomic<std::int64_t> behind_since_ns{0};  // steady clock; 0 = not behind
  std::atomic<std::uint64_t> transactions{0}, changes{0}, reconnects{0};

  void set_reason(std::string reason);
  std::string reason() const;

 private:
  mutable std::mutex mutex_;
  std::string reason_ = "starting";
};

// Keeps the views of one database attached to its stream: schema, slot, first copies, then transaction by
// transaction; when the stream is lost for good, all of it anew while what there is goes on serving as stale.
// Confined to the views' reactor. begin() once, stop() once, before it is destroyed.
class Following {
 public:
  Following(ViewsOptions options, net::Reactor& reactor, engine::Engine& engine, engine::VisibleLsn& visible,
            Catalog& catalog, Freshness& freshness, Meters& meters);

  // The schema is there, the stream is attached, copies are under way.
  net::Task<Result<void>> begin();
  net::Task<void> stop();
  void notice_ddl() { watch_.wake(); }
  NodeKeys& keys() { return keys_; }

 private:
  net::Task<Result<void>> prepare_schema();
  // A new slot and all collections copied under its snapshot; `copies` says when they are done.
  net::Task<Result<void>> attach();
  net::Task<void> copy_first(Copier::Snapshot snapshot);
  net::Task<void> follow(net::Gate::Holder inside);
  // True while there is something to follow.
  net::Task<bool> take(postgres::StreamEvent event);
  net::Task<void> recover(Error reason);
  net::Task<void> read_timeline();
  net::Task<void> store_fields_of(std::int64_t id, net::Gate::Holder inside);
  // Or until stop().
  net::Task<void> sleep(Duration time);
  net::Task<void> tick(net::Gate::Holder inside);
  net::Task<void> keep(net::Task<void> loop, net::Gate::Holder inside);
  net::Task<void> drop_slot();

  ViewsOptions options_;
  std::string slot_;
  net::Reactor& reactor_;
  Freshness& freshness_;
  Meters& meters_;
  Roster roster_;
  Applier applier_;
  PostgresKeys keys_;
  Copier copier_;
  DdlWatch watch_;
  Maintenance maintenance_;
  std::unique_ptr<postgres::ReplicationStream> stream_;
  std::unique_ptr<postgres::ReplicationStream> opening_;  // while its slot is being made
  net::Gate gate_;
  Signal pause_;
  bool stopping_ = false;
  std::uint64_t rounds_ = 0;  // of attach(), so that an older one's end is not taken for this one's
  std::set<std::int64_t> storing_;
};

}  // namespace stele::views
