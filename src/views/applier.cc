#include "views/applier.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "net/reactor.h"
#include "views/catalog_rows.h"

namespace stele::views {
namespace {

constexpr Logger kLog("views");

}  // namespace

net::Task<Result<void>> Applier::apply(std::unique_ptr<postgres::Transaction> transaction) {
  const Lsn commit = transaction->commit_lsn();
  if (commit <= applied_) co_return Result<void>();
  busy_ = true;
  if (follower_ != nullptr) follower_->begin(transaction->head());
  while (true) {
    auto batch = transaction->next_batch();
    if (!batch) {
      busy_ = false;
      co_return batch.error();
    }
    if (batch->empty()) break;
    // Nothing of it is seen before its end, however often others run meanwhile.
    for (std::size_t at = 0; at < batch->size(); at += Generation::kStep) {
      if (at > 0) co_await net::Reactor::current()->yield();
      const std::size_t size = std::min(Generation::kStep, batch->size() - at);
      for (const postgres::Change& change : batch->subspan(at, size)) {
        route(change, commit);
        if (follower_ != nullptr) follower_->take(change);
      }
    }
    changes_ += batch->size();
    // Addresses of relations hold for one batch.
    for (const auto& served : touched_)
      if (served->live != nullptr) served->live->forget_relation();
    last_relation_ = nullptr;
    if (batch->size() > Generation::kStep) co_await net::Reactor::current()->yield();
  }
  // Fields of new definitions, from the sources that are here.
  for (const auto& served : touched_) {
    while (served->live != nullptr && served->live->has_to_refill()) {
      served->live->refill(commit);
      co_await net::Reactor::current()->yield();
    }
  }
  if (follower_ != nullptr && follower_->has_to_finish()) co_await follower_->finish();
  for (const postgres::WriteMark& mark : transaction->head().marks) freshness_.came_back(mark, commit);
  ++transactions_;
  finish(commit);
  co_return Result<void>();
}

void Applier::finish(Lsn commit) {
  for (const auto& served : touched_) {
    if (served->live == nullptr) continue;
    served->live->flush(commit);
    served->live->forget_relation();
    settle(*served);
  }
  touched_.clear();
  last_served_.reset();
  busy_ = false;
  progress(commit);
}

void Applier::progress(Lsn lsn) {
  applied_ = std::max(applied_, lsn);
  publish();
  callbacks_.boundary();
}

void Applier::publish() {
  if (held_) return;
  const Lsn lsn = cap_ ? std::min(applied_, *cap_) : applied_;
  // Definitions first: who sees the rows of a transaction sees its new collections too.
  roster_.show();
  const Lsn engine_lsn(lsn.value() + lsn_base_);
  if (engine_lsn > visible_.current()) visible_.publish(engine_lsn);
  if (lsn > freshness_.visible()) freshness_.publish(lsn);
}

void Applier::restart(Lsn start) {
  // Another history may be behind: readers' LSNs must not go back, so the engine's ones go on from there.
  const Lsn visible = visible_.current();
  if (start.value() + lsn_base_ < visible.value()) {
    lsn_base_ = visible.value() - start.value();
    kLog.warn("log positions went back start={} base={}", start.to_string(), lsn_base_);
    freshness_.publish(start);
  }
  applied_ = start;
}

void Applier::hold(bool on) {
  held_ = on;
  if (!on) publish();
}

void Applier::set_cap(std::optional<Lsn> cap) {
  cap_ = cap;
  publish();
}

void Applier::touch(const std::shared_ptr<Served>& served) {
  if (std::ranges::find(touched_, served) == touched_.end()) touched_.push_back(served);
}

void Applier::route(const postgres::Change& change, Lsn commit) {
  const postgres::Relation& relation = *change.relation;
  switch (catalog_table(relation)) {
    case CatalogTable::kCollection:
      return take_collection(change, commit);
    case CatalogTable::kObject:
      return take_object(change);
    case CatalogTable::kNone:
      break;
  }
  if (&relation != last_relation_ || last_served_ == nullptr) {
    last_relation_ = &relation;
    const Served* found = roster_.find_table(relation.id);
    last_served_ = found == nullptr ? nullptr : roster_.all().at(found->row.id);
    if (last_served_ != nullptr) touch(last_served_);
  }
  if (last_served_ == nullptr) return;
  Served& served = *last_served_;
  if (change.kind == postgres::ChangeKind::kRelation) return check_relation(served, relation);
  if (served.live != nullptr) served.live->take(change, commit);
  if (served.joining == nullptr || served.joining->failure) return;
  if (auto spooled = served.joining->spool.append(commit, change); !spooled)
    served.joining->failure = spooled.error();
}

void Applier::check_relation(const Served& served, const postgres::Relation& relation) {
  if (served.live == nullptr || served.row.kind != CollectionKind::kPublished) return;
  std::size_t at = 0;
  bool same = true;
  for (const TableColumn& column : served.live->shape().columns) {
    if (!column.is_streamed()) continue;
    same = same && at < relation.columns.size() && relation.columns[at].name == column.name &&
           relation.columns[at].type == column.type_oid;
    ++at;
  }
  if (!same || at != relation.columns.size()) callbacks_.shape_changed();
}

void Applier::take_collection(const postgres::Change& change, Lsn commit) {
  last_relation_ = nullptr;
  if (change.kind == postgres::ChangeKind::kRelation) return;
  if (change.kind == postgres::ChangeKind::kTruncate) {
    while (!roster_.all().empty()) roster_.erase(roster_.all().begin()->first);
    return;
  }
  auto row = collection_row(change);
  if (!row) return kLog.error("a row of stele.collection is not understood: {}", row.error().to_string());
  if (change.kind == postgres::ChangeKind::kDelete) return roster_.erase(row->id);
  if (roster_.find(row->id) == nullptr) return insert_collection(std::move(*row));
  update_collection(std::move(*row), commit);
}

Result<std::shared_ptr<Generation>> Applier::make_generation(
    CollectionRow row, TableShape shape, std::shared_ptr<const postgres::TypeCatalog> types) {
  return Generation::create(engine_, {.row = std::move(row),
                                      .shape = std::move(shape),
                                      .types = std::move(types),
                                      .lsn_base = lsn_base_,
                                      .reclaimer = reclaimer_,
                                      .memory_bytes_max = collection_memory_max_});
}

void Applier::insert_collection(CollectionRow row) {
  Served& served = roster_.put(std::move(row));
  if (served.row.kind == CollectionKind::kPublished) {
    served.copy_wanted = true;
    begin_joining(served);
    return callbacks_.copy_wanted();
  }
  // Made in this transaction, before any data: there is nothing to copy.
  TableShape shape{.oid = served.row.table_oid, .name = served.row.table};
  auto made = make_generation(served.row, std::move(shape), types_);
  if (!made) return roster_.set_state(served, CollectionState::kFailed, made.error().message);
  served.live = std::move(*made);
  roster_.set_state(served, CollectionState::kReady, {});
}

void Applier::update_collection(CollectionRow row, Lsn commit) {
  const CollectionRow former = roster_.find(row.id)->row;
  Served& served = roster_.put(std::move(row));
  if (served.row.options != former.options || served.row.table_oid != former.table_oid) {
    served.copy_wanted = true;
    callbacks_.copy_wanted();
  }
  if (served.row.definition == former.definition) return;
  if (served.live != nullptr) {
    touch(roster_.all().at(served.row.id));
    if (auto adopted = served.live->adopt(served.row, commit); !adopted) {
      kLog.warn("definition not adopted collection={}: {}", served.row.name, adopted.error().to_string());
      served.copy_wanted = true;
      callbacks_.copy_wanted();
    }
    settle(served);
  }
  // A generation under way has its definition from the copy's snapshot: it takes the newer one as it joins.
}

void Applier::take_object(const postgres::Change& change) {
  if (change.kind == postgres::ChangeKind::kRelation) return;
  if (change.kind == postgres::ChangeKind::kTruncate) return roster_.replace_objects({});
  if (auto former = former_object(change); former && *former)
    roster_.erase_object((*former)->kind, (*former)->name);
  auto object = object_row(change);
  if (!object) return;
  if (change.kind == postgres::ChangeKind::kDelete) return roster_.erase_object(object->kind, object->name);
  roster_.put_object(std::move(*object));
}

void Applier::begin_joining(Served& served) {
  served.joining = std::make_shared<Joining>(ChangeSpool(spools_));
}

void Applier::settle(Served& served) {
  if (served.live == nullptr) return;
  if (served.live->wants_fields()) callbacks_.fields_wanted(served.row.id);
  if (served.live->failure()) {
    roster_.set_state(served, CollectionState::kFailed, served.live->failure()->message);
    served.live.reset();
  } else if (!served.live->needs_copy().empty() && !served.copy_wanted && served.joining == nullptr) {
    kLog.info("copying anew collection={}: {}", served.row.name, served.live->needs_copy());
    served.copy_wanted = true;
    roster_.set_state(served, CollectionState::kStale, served.live->needs_copy());
    callbacks_.copy_wanted();
  }
}

}  // namespace stele::views
