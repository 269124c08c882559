#include "views/writer/row_reading.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "engine/collection.h"
#include "net/reactor.h"
#include "postgres/replication/slot.h"
#include "views/writer/array_parameter.h"
#include "views/writer/statements.h"

namespace stele::views {
namespace {

// After so long without the views, something may hold the log back.
constexpr Duration kPushAfter = std::chrono::milliseconds(20);

std::optional<StoredDocument> from_view(const engine::CollectionView& view, const std::string& id) {
  Result<engine::DocKey> key = engine::DocKey::parse(view.key_layout(), id);
  if (!key) return std::nullopt;
  const engine::DocumentPtr found = view.get(*key);
  if (!found) return std::nullopt;
  StoredDocument document;
  document.id = id;
  document.source = found->source;
  document.version = static_cast<std::uint64_t>(found->version);
  document.seq_no = static_cast<std::uint64_t>(found->seq_no);
  if (!found->routing.empty()) document.routing = found->routing;
  return document;
}

// By the generation that the catalog shows by now: the one that a request began with gets no more changes
// once another took its place.
Result<StoredDocuments> snapshot_rows(const ReadScope& scope, const CollectionEntry& from,
                                      const std::vector<std::string>& ids) {
  const auto current = scope.catalog->current()->find_id(from.id);
  if (!current) return make_error(ErrorCode::kNotFound, from.name + " is not served any more");
  if (!current->collection)
    return make_error(ErrorCode::kUnavailable, from.name + " is being built: " + current->reason);
  const std::shared_ptr<engine::Collection> collections[] = {current->collection};
  const engine::Snapshot snapshot = engine::Snapshot::take(*scope.visible, collections);
  StoredDocuments documents;
  for (const std::string& id : ids) documents.push_back(from_view(snapshot.view(0), id));
  return documents;
}

// Runs a read under the caller's role, which PostgreSQL then checks.
net::Task<Result<postgres::ResultSet>> execute_as(postgres::Connection* connection, const std::string* role,
                                                  postgres::Statement statement, TimePoint deadline) {
  if (role->empty()) {
    auto result = co_await connection->execute(std::move(statement), deadline);
    co_return result;
  }
  std::vector<postgres::Statement> statements;
  statements.push_back(plain("BEGIN"));
  statements.push_back(plain("SET LOCAL ROLE " + postgres::quote_identifier(*role)));
  statements.back().keep = false;
  statements.push_back(std::move(statement));
  statements.push_back(plain("COMMIT"));
  auto results =
      co_await connection->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction, deadline);
  if (!results) co_return results.error();
  for (Result<postgres::ResultSet>& result : *results)
    if (!result && result.error().code != ErrorCode::kCancelled) co_return result.error();
  co_return std::move((*results)[2]);
}

}  // namespace

net::Task<Result<StoredDocuments>> read_elastic_rows(ReadScope scope,
                                                     std::shared_ptr<const CollectionEntry> from,
                                                     std::vector<std::string> ids) {
  auto lease = co_await scope.pool->acquire(scope.deadline);
  if (!lease) co_return lease.error();
  ArrayParameter array(postgres::oid::kText);
  for (const std::string& id : ids) array.add(id);
  postgres::Statement select = plain("SELECT _id, _source, _version, _seq_no, _routing FROM " +
                                     from->table.quoted() + " WHERE _id = ANY ($1::text[])");
  array.bind(select.parameters, postgres::oid::kTextArray);
  auto rows = co_await execute_as(&**lease, &scope.role, std::move(select), scope.deadline);
  if (!rows) co_return rows.error();
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (std::size_t row = 0; row < rows->size(); ++row) by_id[rows->cell(row, 0).value_or("")] = row;
  StoredDocuments documents(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = by_id.find(ids[i]);
    if (found == by_id.end()) continue;
    StoredDocument document;
    document.id = ids[i];
    document.source = std::string(rows->cell(found->second, 1).value_or("{}"));
    document.version = number(rows->cell(found->second, 2));
    document.seq_no = number(rows->cell(found->second, 3));
    if (const postgres::wire::Cell routing = rows->cell(found->second, 4))
      document.routing = std::string(*routing);
    documents[i] = std::move(document);
  }
  co_return documents;
}

net::Task<Result<void>> wait_for_position(postgres::Pool* push_pool, Freshness* freshness, Lsn position,
                                          TimePoint deadline) {
  const TimePoint soon = std::min(deadline, net::Reactor::current()->now() + kPushAfter);
  auto shown = co_await freshness->wait_visible({position, 0}, soon);
  if (shown || shown.error().code != ErrorCode::kDeadlineExceeded || soon == deadline) co_return shown;
  auto lease = co_await push_pool->acquire(deadline);
  if (!lease) co_return lease.error();
  // Who stood before us in the line may have pushed for us.
  if (freshness->visible() < position) {
    auto pushed =
        co_await (*lease)->execute(plain("SELECT pg_logical_emit_message(true, 'stele', '')"), deadline);
    if (!pushed) co_return pushed.error();
  }
  lease->give_back();
  shown = co_await freshness->wait_visible({position, 0}, deadline);
  co_return shown;
}

net::Task<Result<Lsn>> flush_position(postgres::Pool* pool, TimePoint deadline) {
  auto lease = co_await pool->acquire(deadline);
  if (!lease) co_return lease.error();
  auto answer = co_await (*lease)->execute(plain("SELECT pg_current_wal_flush_lsn()"), deadline);
  if (!answer) co_return answer.error();
  co_return Lsn::parse(answer->value().value_or(""));
}

net::Task<Result<StoredDocuments>> read_view_rows(ReadScope scope,
                                                  std::shared_ptr<const CollectionEntry> from,
                                                  std::vector<std::string> ids) {
  if (!from->collection)
    co_return make_error(ErrorCode::kUnavailable, from->name + " is being built: " + from->reason);
  auto flushed = co_await flush_position(scope.pool, scope.deadline);
  if (!flushed) co_return flushed.error();
  auto waited = co_await wait_for_position(scope.push_pool, scope.freshness, *flushed, scope.deadline);
  if (!waited) co_return waited.error();
  co_return snapshot_rows(scope, *from, ids);
}

net::Task<Result<CommittedWrites>> write_row_conditionally(TransactionScope scope, ReadScope reading,
                                                           const DocumentWrite* write) {
  if (!write->target->collection)
    co_return make_error(ErrorCode::kUnavailable, write->target->name + " is being built");
  auto lease = co_await scope.pool->acquire(scope.deadline);
  if (!lease) co_return lease.error();
  STELE_CO_TRY(const std::vector<std::string> keys, key_values(*write->target->definition, write->id));
  std::vector<postgres::Statement> lock;
  lock.push_back(plain("BEGIN"));
  if (!scope.role.empty()) {
    lock.push_back(plain("SET LOCAL ROLE " + postgres::quote_identifier(scope.role)));
    lock.back().keep = false;
  }
  lock.push_back(plain("SELECT FROM " + write->target->table.quoted() + " AS t WHERE " +
                       key_condition(*write->target->definition, 1) + " FOR UPDATE"));
  for (const std::string& key : keys) lock.back().parameters.text(key);
  // After the lock: whoever held it before has committed, and that is flushed.
  lock.push_back(plain("SELECT pg_current_wal_flush_lsn()"));
  auto locked =
      co_await (*lease)->pipeline(std::move(lock), postgres::PipelineMode::kOneTransaction, scope.deadline);
  if (!locked) co_return locked.error();
  for (const Result<postgres::ResultSet>& result : *locked)
    if (!result && result.error().code != ErrorCode::kCancelled) co_return result.error();
  STELE_CO_TRY(const Lsn position, Lsn::parse(locked->back()->value().value_or("")));
  auto waited = co_await wait_for_position(scope.push_pool, scope.freshness, position, scope.deadline);
  if (!waited) co_return waited.error();
  STELE_CO_TRY(const StoredDocuments now, snapshot_rows(reading, *write->target, {write->id}));
  CommittedWrites refused;
  refused.empty = true;
  if (!now[0] || now[0]->seq_no != *write->if_seq_no) {
    Error conflict = make_error(ErrorCode::kConflict, "the row has another position");
    if (now[0]) conflict.with("version", "1").with("seq_no", std::to_string(now[0]->seq_no));
    refused.outcomes.emplace_back(std::move(conflict));
    co_return refused;  // the lease rolls back
  }
  DocumentWrite plain_write = *write;
  plain_write.if_seq_no.reset();
  if (plain_write.action == DocumentAction::kIndex) plain_write.action = DocumentAction::kUpdate;
  std::vector<const DocumentWrite*> only{&plain_write};
  auto committed = co_await write_on(scope, &*lease, std::move(only), true);
  co_return committed;
}

}  // namespace stele::views
