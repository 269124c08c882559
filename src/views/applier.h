#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "engine/engine.h"
#include "engine/visibility.h"
#include "net/task.h"
#include "postgres/replication/spool.h"
#include "postgres/replication/transaction.h"
#include "postgres/types/type_catalog.h"
#include "views/follower.h"
#include "views/freshness.h"
#include "views/roster.h"

namespace stele::views {

// How do committed transactions become what readers see? Routes each change to its collection's generations,
// applies all of a transaction at its commit's end LSN, then publishes that LSN once for all collections and
// answers our own writes. A large transaction is applied in batches that nobody sees before its end. Never
// stops for a row. Confined to the views' thread.
class Applier {
 public:
  // What others do when something was seen here.
  struct Callbacks {
    std::function<void()> copy_wanted;                   // a Served has copy_wanted set
    std::function<void()> shape_changed;                 // a table is not what it was
    std::function<void(std::int64_t id)> fields_wanted;  // Generation::wants_fields()
    std::function<void()> boundary;                      // between two transactions
  };

  // `collection_memory_max`: bytes, 0 = no limit; a collection that needs more fails and says so.
  Applier(engine::Engine& engine, engine::VisibleLsn& visible, Freshness& freshness, Roster& roster,
          postgres::SpoolFactory spools, std::size_t collection_memory_max)
      : engine_(engine),
        visible_(visible),
        freshness_(freshness),
        roster_(roster),
        spools_(std::move(spools)),
        collection_memory_max_(collection_memory_max) {}
  void set_callbacks(Callbacks callbacks) { callbacks_ = std::move(callbacks); }
  // Gets every transaction too, before it becomes visible.
  void set_follower(Follower* follower) { follower_ = follower; }
  void set_types(std::shared_ptr<const postgres::TypeCatalog> types) { types_ = std::move(types); }
  const std::shared_ptr<const postgres::TypeCatalog>& types() const { return types_; }

  // Errors are those of the transaction's spool; then it is applied in part and must not become visible: copy
  // anew.
  net::Task<Result<void>> apply(std::unique_ptr<postgres::Transaction> transaction);
  // Nothing more commits below `lsn`.
  void progress(Lsn lsn);

  // In the middle of a transaction: generations must not switch.
  bool busy() const { return busy_; }
  Lsn applied() const { return applied_; }

  // The stream begins anew at `start`, after what was applied was lost or belongs to another history.
  void restart(Lsn start);
  // While held, nothing new becomes visible: collections miss changes that are being copied.
  void hold(bool on);
  bool is_held() const { return held_; }
  // Nothing above it becomes visible: synchronous standbys have not got it yet.
  void set_cap(std::optional<Lsn> cap);
  std::uint64_t lsn_base() const { return lsn_base_; }
  postgres::SpoolFactory spools() const { return spools_; }
  // A new generation of `row`, empty.
  Result<std::shared_ptr<Generation>> make_generation(CollectionRow row, TableShape shape,
                                                      std::shared_ptr<const postgres::TypeCatalog> types);

  std::uint64_t transactions() const { return transactions_; }
  std::uint64_t changes() const { return changes_; }

  // A new generation of `served` starts to gather changes; its copy is somebody else's work.
  void begin_joining(Served& served);
  // What needs doing after a generation has taken changes.
  void settle(Served& served);

 private:
  void route(const postgres::Change& change, Lsn commit);
  void take_collection(const postgres::Change& change, Lsn commit);
  void take_object(const postgres::Change& change);
  void insert_collection(CollectionRow row);
  void update_collection(CollectionRow row, Lsn commit);
  void check_relation(const Served& served, const postgres::Relation& relation);
  void touch(const std::shared_ptr<Served>& served);
  void finish(Lsn commit);
  void publish();

  engine::Engine& engine_;
  engine::VisibleLsn& visible_;
  Freshness& freshness_;
  Roster& roster_;
  postgres::SpoolFactory spools_;
  std::size_t collection_memory_max_;
  std::shared_ptr<Reclaimer> reclaimer_ = std::make_shared<Reclaimer>();
  Callbacks callbacks_;
  Follower* follower_ = nullptr;
  std::shared_ptr<const postgres::TypeCatalog> types_;

  bool busy_ = false;
  bool held_ = false;
  Lsn applied_;
  std::optional<Lsn> cap_;
  std::uint64_t lsn_base_ = 0;
  std::uint64_t transactions_ = 0, changes_ = 0;

  // Of the transaction under way.
  std::vector<std::shared_ptr<Served>> touched_;
  const postgres::Relation* last_relation_ = nullptr;
  std::shared_ptr<Served> last_served_;
};

}  // namespace stele::views
