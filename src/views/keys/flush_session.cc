#include "views/keys/flush_session.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "net/reactor.h"
#include "views/keys/key_rows.h"
#include "views/session.h"

namespace stele::views {
namespace {

using keyspace::DirtyObject;
using keyspace::ObjectId;

constexpr Logger kLog("keys");
constexpr std::size_t kBatchBytes = 4U << 20;
constexpr Duration kTimeout = std::chrono::seconds(10);
constexpr Duration kFlushTimeout = std::chrono::minutes(2);
constexpr Duration kRetry = std::chrono::milliseconds(50);

// The plans are the same whatever the arrays hold: by the keys' indexes.
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"synchronous_commit", "on"},
    {"plan_cache_mode", "force_generic_plan"},
    {"enable_seqscan", "off"},
    {"enable_hashjoin", "off"},
    {"enable_mergejoin", "off"},
    {"enable_material", "off"},
    {"jit", "off"},
};

postgres::Statement plain(std::string sql) {
  postgres::Statement statement;
  statement.sql = std::move(sql);
  return statement;
}

// The first error that is not the consequence of another.
Result<void> all_done(const std::vector<Result<postgres::ResultSet>>& results) {
  const Error* found = nullptr;
  for (const auto& result : results)
    if (!result && (found == nullptr || found->code == ErrorCode::kCancelled)) found = &result.error();
  if (found != nullptr) return *found;
  return {};
}

Error not_owner() {
  return make_error(ErrorCode::kFailedPrecondition, "another node writes the durable keys now");
}

}  // namespace

net::Task<Result<void>> FlushSession::connect(TimePoint deadline) {
  if (connection_ != nullptr && !connection_->is_broken()) co_return Result<void>();
  connection_.reset();
  postgres::ConnectOptions options = options_.postgres;
  for (const auto& [name, value] : kSettings) options.settings.emplace_back(name, value);
  const auto lock_ms = std::chrono::duration_cast<std::chrono::milliseconds>(options_.lock_timeout).count();
  options.settings.emplace_back("lock_timeout", std::to_string(lock_ms));
  auto connected = co_await connect_session(std::move(options), deadline);
  STELE_CO_TRY(connection_, std::move(connected));
  co_return Result<void>();
}

net::Task<Result<std::optional<Lsn>>> FlushSession::claim() {
  const TimePoint deadline = net::Reactor::current()->now() + kTimeout;
  auto connected = co_await connect(deadline);
  STELE_CO_RETURN_IF_ERROR(connected);
  const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(options_.owner_silence).count();
  std::vector<postgres::Statement> statements;
  statements.push_back(plain(
      "INSERT INTO stele.key_owner AS o (node, epoch) VALUES ($1::text, 1) ON CONFLICT (one) DO UPDATE SET "
      "node = EXCLUDED.node, epoch = o.epoch + 1, flush = 0, seen = now() WHERE o.node = EXCLUDED.node OR "
      "o.seen < clock_timestamp() - $2::bigint * interval '1 ms' RETURNING epoch"));
  statements.back().parameters.text(options_.node).text(std::to_string(silence));
  statements.push_back(plain("SELECT pg_catalog.pg_current_wal_flush_lsn()"));
  auto sent = co_await connection_->pipeline(std::move(statements), postgres::PipelineMode::kEach, deadline);
  STELE_CO_RETURN_IF_ERROR(sent);
  STELE_CO_RETURN_IF_ERROR(all_done(*sent));
  const postgres::wire::Cell epoch = (*sent)[0]->value();
  if (!epoch) co_return std::nullopt;
  STELE_CO_TRY(const Lsn committed, Lsn::parse((*sent)[1]->value().value_or("")));
  epoch_ = std::stoull(std::string(*epoch));
  kLog.info("this node writes the durable keys epoch={}", epoch_);
  co_return committed;
}

net::Task<Result<void>> FlushSession::heartbeat() {
  const TimePoint deadline = net::Reactor::current()->now() + kTimeout;
  auto connected = co_await connect(deadline);
  STELE_CO_RETURN_IF_ERROR(connected);
  auto ran =
      co_await run(connection_.get(), "UPDATE stele.key_owner SET seen = now() WHERE epoch = $1::bigint",
                   {std::to_string(epoch_)}, deadline);
  STELE_CO_RETURN_IF_ERROR(ran);
  if (ran->affected_rows() == 1) co_return Result<void>();
  epoch_ = 0;
  co_return not_owner();
}

net::Task<Result<void>> FlushSession::begin(std::uint64_t number, TimePoint deadline) {
  std::vector<postgres::Statement> statements;
  statements.push_back(plain("BEGIN"));
  statements.push_back(plain("SELECT pg_catalog.pg_logical_emit_message(true, 'stele', $1::text)"));
  statements.back().parameters.text(freshness_.message(WriteNumber(number)));
  statements.push_back(
      plain("UPDATE stele.key_owner SET flush = $1::bigint, seen = now() WHERE epoch = $2::bigint"));
  statements.back().parameters.text(std::to_string(number)).text(std::to_string(epoch_));
  auto sent = co_await connection_->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction,
                                             deadline);
  STELE_CO_RETURN_IF_ERROR(sent);
  STELE_CO_RETURN_IF_ERROR(all_done(*sent));
  if (sent->back()->affected_rows() == 1) co_return Result<void>();
  epoch_ = 0;
  co_return not_owner();
}

net::Task<Result<void>> FlushSession::send(FlushBatch* batch, std::vector<ObjectId>* found,
                                           TimePoint deadline) {
  std::vector<postgres::Statement> statements = batch->statements();
  if (statements.empty()) co_return Result<void>();
  const std::size_t updating = batch->updating_statement();
  const bool updates = batch->rows_expected() > 0;
  if (updates) statements[updating].result_format = postgres::wire::Format::kBinary;
  auto sent = co_await connection_->pipeline(std::move(statements), postgres::PipelineMode::kOneTransaction,
                                             deadline);
  STELE_CO_RETURN_IF_ERROR(sent);
  STELE_CO_RETURN_IF_ERROR(all_done(*sent));
  if (!updates) co_return Result<void>();
  for (const postgres::ResultSet::Row row : *(*sent)[updating])
    found->push_back(ObjectId(load_big_endian<std::uint64_t>(row[0]->data())));
  co_return Result<void>();
}

net::Task<Result<void>> FlushSession::write_elements(FlushBatch* batch, const DirtyObject* object,
                                                     std::vector<ObjectId>* found, TimePoint deadline) {
  if (object->value_changed) {
    std::size_t done = 0;
    // Also nothing after half a chunk: the rest of it goes.
    const bool cuts_chunk = object->string_from % kChunkBytes != 0;
    while (done < object->string.size() || (done == 0 && cuts_chunk)) {
      done = batch->add_chunk(*object, done);
      if (object->string.empty()) break;
      if (batch->bytes() < kBatchBytes) continue;
      auto sent = co_await send(batch, found, deadline);
      STELE_CO_RETURN_IF_ERROR(sent);
    }
    batch->end_string(*object);
  }
  for (const auto& positions : object->positions_removed) batch->add_removed_positions(*object, positions);
  for (const keyspace::ListElement& element : object->elements_set) {
    batch->add_element(*object, element);
    if (batch->bytes() < kBatchBytes) continue;
    auto sent = co_await send(batch, found, deadline);
    STELE_CO_RETURN_IF_ERROR(sent);
  }
  for (const std::string& name : object->fields_removed) batch->add_removed_field(*object, name);
  for (const keyspace::Field& field : object->fields_set) {
    batch->add_field(*object, field);
    if (batch->bytes() < kBatchBytes) continue;
    auto sent = co_await send(batch, found, deadline);
    STELE_CO_RETURN_IF_ERROR(sent);
  }
  co_return Result<void>();
}

net::Task<Result<void>> FlushSession::write_all(const std::vector<const DirtyObject*>* objects,
                                                std::vector<ObjectId>* missing, TimePoint deadline) {
  FlushBatch batch;
  std::vector<ObjectId> found;
  for (const DirtyObject* object : *objects) {
    batch.add(*object);
    if (!object->removed) {
      auto written = co_await write_elements(&batch, object, &found, deadline);
      STELE_CO_RETURN_IF_ERROR(written);
    }
    if (batch.bytes() < kBatchBytes) continue;
    auto sent = co_await send(&batch, &found, deadline);
    STELE_CO_RETURN_IF_ERROR(sent);
  }
  auto sent = co_await send(&batch, &found, deadline);
  STELE_CO_RETURN_IF_ERROR(sent);
  std::ranges::sort(found);
  for (const DirtyObject* object : *objects) {
    if (object->removed || object->whole) continue;
    if (!std::ranges::binary_search(found, object->id)) missing->push_back(object->id);
  }
  if (!missing->empty()) co_return make_error(ErrorCode::kNotFound, "SQL has deleted the key's row");
  co_return Result<void>();
}

net::Task<Result<void>> FlushSession::write(std::vector<const DirtyObject*> objects,
                                            std::vector<ObjectId>* missing) {
  const TimePoint deadline = net::Reactor::current()->now() + kFlushTimeout;
  auto connected = co_await connect(deadline);
  STELE_CO_RETURN_IF_ERROR(connected);
  // Nobody waits for its message: its echo is told from others by the book.
  const WriteNumber number = freshness_.begin_write();
  freshness_.forget_write(number);
  auto begun = co_await begin(number.value(), deadline);
  if (begun) begun = co_await write_all(&objects, missing, deadline);
  if (!begun) {
    co_await roll_back();
    co_return begun.error();
  }
  EchoBook::Written written;
  written.reserve(objects.size());
  for (const DirtyObject* object : objects) written.emplace_back(object->id, object->generation);
  echoes_.add(number.value(), std::move(written));
  auto committed = co_await commit(number.value(), deadline);
  if (!committed && committed.error().code != ErrorCode::kUnknownOutcome) echoes_.erase(number.value());
  co_return committed;
}

net::Task<Result<void>> FlushSession::commit(std::uint64_t number, TimePoint deadline) {
  auto committed = co_await connection_->query("COMMIT", deadline);
  if (committed) co_return Result<void>();
  if (committed.error().code == ErrorCode::kDatabase && !connection_->is_broken())
    co_return committed.error();
  kLog.warn("connection lost while committing flush={}: {}", number, committed.error().message);
  connection_->interrupt(committed.error());
  connection_.reset();
  net::Reactor* const reactor = net::Reactor::current();
  while (!given_up_) {
    auto known = co_await is_committed(number);
    if (known && *known) co_return Result<void>();
    if (known) co_return make_error(ErrorCode::kUnavailable, "PostgreSQL rolled the flush back");
    if (known.error().code == ErrorCode::kFailedPrecondition) co_return known.error();
    co_await reactor->sleep_for(kRetry);
  }
  co_return make_error(ErrorCode::kUnknownOutcome,
                       "the node stops before PostgreSQL says what became of a flush");
}

net::Task<Result<bool>> FlushSession::is_committed(std::uint64_t number) {
  const TimePoint deadline = net::Reactor::current()->now() + kTimeout;
  auto connected = co_await connect(deadline);
  STELE_CO_RETURN_IF_ERROR(connected);
  // The row is locked by a transaction that is still under way: this waits for its end.
  auto ran =
      co_await run(connection_.get(), "SELECT flush FROM stele.key_owner WHERE epoch = $1::bigint FOR UPDATE",
                   {std::to_string(epoch_)}, deadline);
  STELE_CO_TRY(const postgres::ResultSet rows, std::move(ran));
  if (rows.empty()) {
    epoch_ = 0;
    co_return not_owner();
  }
  co_return rows.value() == std::to_string(number);
}

void FlushSession::give_up() {
  given_up_ = true;
  if (connection_ != nullptr) connection_->interrupt(make_error(ErrorCode::kCancelled, "the node stops"));
}

net::Task<void> FlushSession::roll_back() {
  if (connection_ == nullptr || connection_->is_broken()) co_return;
  const TimePoint deadline = net::Reactor::current()->now() + kTimeout;
  auto rolled_back = co_await connection_->query("ROLLBACK", deadline);
  if (!rolled_back) connection_.reset();
}

net::Task<void> FlushSession::close() {
  if (connection_ != nullptr && !connection_->is_broken())
    co_await connection_->close(net::Reactor::current()->now() + kTimeout);
  connection_.reset();
}

}  // namespace stele::views
