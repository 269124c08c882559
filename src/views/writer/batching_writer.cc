#include "views/writer/batching_writer.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "base/log.h"
#include "engine/collection.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "postgres/pool.h"
#include "views/writer/array_parameter.h"
#include "views/writer/pending_write.h"
#include "views/writer/row_reading.h"
#include "views/writer/statements.h"
#include "views/writer/write_transaction.h"

namespace stele::views {
namespace {

constexpr std::size_t kQueuedAtOnce = 256;  // documents of one call, between which others run
constexpr int kRetriesMax = 3;  // of one document, where the server asks for it (deadlock, serialization)

// Where writes wait for each other: one role's writes to one table.
struct LaneKey {
  std::string role;
  std::int64_t collection = 0;
  auto operator<=>(const LaneKey&) const = default;
};
struct Lane {
  std::deque<PendingWrite> queue;
  std::size_t under_way = 0;
};
// What goes in one transaction.
struct Batch {
  std::vector<PendingWrite> writes;
  std::vector<std::shared_ptr<WriteCall>> calls;  // each counts this batch
};

// By id, so that transactions lock in one order; a document's writes keep theirs.
std::vector<PendingWrite> sorted(std::vector<PendingWrite> batch) {
  std::vector<std::size_t> order(batch.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const int compared = batch[a].write.id.compare(batch[b].write.id);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<PendingWrite> result;
  result.reserve(batch.size());
  for (const std::size_t i : order) result.push_back(std::move(batch[i]));
  return result;
}

bool may_retry(const Error& error) {
  const std::string_view state = error.detail("sqlstate");
  return error.code == ErrorCode::kDatabase && (state == "40P01" || state == "40001" || state == "55P03");
}

bool goes_alone(const DocumentWrite& write) {
  return write.if_seq_no.has_value() && write.target->kind != CollectionKind::kElastic;
}

std::vector<const DocumentWrite*> pointers(std::span<PendingWrite> batch) {
  std::vector<const DocumentWrite*> writes;
  writes.reserve(batch.size());
  for (const PendingWrite& pending : batch) writes.push_back(&pending.write);
  return writes;
}

class BatchingWriter final : public Writer {
 public:
  BatchingWriter(WriterOptions options, const Catalog& catalog, Freshness& freshness,
                 engine::VisibleLsn& visible, MetricRegistry& metrics)
      : options_(std::move(options)),
        catalog_(catalog),
        freshness_(freshness),
        visible_(visible),
        pool_(std::make_unique<postgres::Pool>(pool_options(options_, options_.connections_max))),
        push_pool_(std::make_unique<postgres::Pool>(pool_options(options_, 1))),
        open_lanes_(metrics.gauge("stele_writer_lanes",
                                  "Tables, by role, with documents on their way to PostgreSQL.")),
        documents_(metrics.counter("stele_writer_documents_total", "Documents written to PostgreSQL.")),
        transactions_(metrics.counter("stele_writer_transactions_total", "Transactions of the writers.")),
        retries_(metrics.counter("stele_writer_splits_total", "Batches that failed and were split.")),
        not_applied_(metrics.counter("stele_writer_not_applied_total",
                                     "Writes answered before the views showed them.")) {}

  ~BatchingWriter() override {
    // Without stop() the connections are closed by the reactor's next rounds.
    if (pool_) net::spawn(stop_pool(std::move(pool_)));
    if (push_pool_) net::spawn(stop_pool(std::move(push_pool_)));
    open_lanes_.add(-static_cast<std::int64_t>(lanes_.size()));
  }

  net::Task<WriteReply> write(access::Principal principal, std::vector<DocumentWrite> writes,
                              TimePoint deadline) override {
    auto call = std::make_shared<WriteCall>();
    call->reply.outcomes.resize(writes.size(),
                                Result<DocumentOutcome>(make_error(ErrorCode::kInternal, "not answered")));
    if (writes.empty()) co_return std::move(call->reply);
    if (Result<void> room = make_room(writes); !room) {
      for (Result<DocumentOutcome>& outcome : call->reply.outcomes) outcome = room.error();
      co_return std::move(call->reply);
    }
    call->open = writes.size();
    co_await enqueue(role_of(principal), std::move(writes), call, deadline, gate_.hold());
    co_await call->done.wait();
    co_return std::move(call->reply);
  }

  net::Task<Result<std::vector<std::optional<StoredDocument>>>> read(
      access::Principal principal, std::shared_ptr<const CollectionEntry> from, std::vector<std::string> ids,
      TimePoint deadline) override {
    net::Gate::Holder holder = gate_.hold();
    if (!holder) co_return make_error(ErrorCode::kCancelled, "the writer is stopped");
    ReadScope scope = read_scope(role_of(principal), deadline);
    if (from->kind == CollectionKind::kElastic) {
      auto rows = co_await read_elastic_rows(scope, from, std::move(ids));
      co_return rows;
    }
    auto rows = co_await read_view_rows(scope, from, std::move(ids));
    co_return rows;
  }

  net::Task<void> stop() override {
    for (auto& [key, lane] : lanes_)
      for (PendingWrite& pending : lane.queue)
        release(pending, make_error(ErrorCode::kCancelled, "the node stops"), {}, true);
    for (auto& [key, lane] : lanes_) lane.queue.clear();
    // These end what the batches wait for at the server.
    co_await pool_->stop();
    co_await push_pool_->stop();
    co_await gate_.close();
    pool_.reset();
    push_pool_.reset();
  }

 private:
  static net::Task<void> stop_pool(std::unique_ptr<postgres::Pool> pool) { co_await pool->stop(); }
  static postgres::PoolOptions pool_options(const WriterOptions& options, std::size_t connections_max) {
    postgres::PoolOptions pool;
    pool.connect = options.postgres;
    // Decoding sees flushed WAL only: an asynchronous commit would be shown late.
    pool.connect.settings.emplace_back("synchronous_commit", "on");
    pool.connections_max = connections_max;
    return pool;
  }

  std::string role_of(const access::Principal& principal) const {
    return principal.role == options_.postgres.user ? std::string() : principal.role;
  }

  ReadScope read_scope(std::string role, TimePoint deadline) {
    return {pool_.get(), push_pool_.get(), &freshness_, &visible_, &catalog_, std::move(role), deadline};
  }

  // Counts them as queued.
  Result<void> make_room(const std::vector<DocumentWrite>& writes) {
    if (gate_.is_closed()) return make_error(ErrorCode::kCancelled, "the node stops");
    std::size_t bytes = 0;
    for (const DocumentWrite& write : writes) bytes += queued_bytes(write);
    if (queued_documents_ + writes.size() > options_.queue_documents_max ||
        queued_bytes_ + bytes > options_.queue_bytes_max)
      return make_error(ErrorCode::kResourceExhausted, "rejected execution: the queue of writes is full (" +
                                                           std::to_string(queued_documents_) +
                                                           " documents, " + std::to_string(queued_bytes_) +
                                                           " bytes)");
    queued_documents_ += writes.size();
    queued_bytes_ += bytes;
    return {};
  }

  Lane& lane(const LaneKey& key) {
    const auto [found, made] = lanes_.try_emplace(key);
    if (made) open_lanes_.add(1);
    return found->second;
  }

  // Into the lanes, for which room was made. Others run meanwhile; stop() waits for the last one.
  net::Task<void> enqueue(std::string role, std::vector<DocumentWrite> writes,
                          std::shared_ptr<WriteCall> call, TimePoint deadline,
                          [[maybe_unused]] net::Gate::Holder inside) {
    std::vector<LaneKey> keys;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (i > 0 && i % kQueuedAtOnce == 0) co_await net::Reactor::current()->yield();
      LaneKey key{role, writes[i].target->id};
      PendingWrite pending{std::move(writes[i]), call, i, deadline};
      if (gate_.is_closed()) {
        release(pending, make_error(ErrorCode::kCancelled, "the node stops"), {}, true);
        continue;
      }
      lane(key).queue.push_back(std::move(pending));
      if (keys.empty() || keys.back() != key) keys.push_back(std::move(key));
    }
    for (const LaneKey& key : keys) start(key);
  }

  // Sends what waits in a lane, unless enough is under way: then it goes with the next batch. A lane where
  // nothing is left goes.
  void start(const LaneKey& key) {
    // A batch that ends at once may have taken the lane away.
    for (auto found = lanes_.find(key); found != lanes_.end(); found = lanes_.find(key)) {
      Lane& open = found->second;
      if (open.queue.empty() && open.under_way == 0) {
        lanes_.erase(found);
        open_lanes_.add(-1);
        return;
      }
      if (open.queue.empty() || open.under_way >= options_.transactions_per_table_max) return;
      // The rest of a call waits for its beginning, so that their order is kept.
      if (open.under_way > 0 && open.queue.front().call->batches_under_way > 0) return;
      net::Gate::Holder holder = gate_.hold();
      if (!holder) return;
      ++open.under_way;
      net::spawn(run_batch(key, take_batch(open), std::move(holder)));
    }
  }

  Batch take_batch(Lane& lane) const {
    Batch batch;
    std::size_t bytes = 0;
    while (!lane.queue.empty() && batch.writes.size() < options_.batch_documents_max &&
           bytes < options_.batch_bytes_max) {
      PendingWrite& next = lane.queue.front();
      // A row of a user's table under a condition is a transaction of its own.
      const bool alone = goes_alone(next.write);
      if (alone && !batch.writes.empty()) break;
      bytes += next.bytes();
      if (batch.calls.empty() || batch.calls.back() != next.call) {
        ++next.call->batches_under_way;
        batch.calls.push_back(next.call);
      }
      batch.writes.push_back(std::move(next));
      lane.queue.pop_front();
      if (alone) break;
    }
    batch.writes = sorted(std::move(batch.writes));
    return batch;
  }

  net::Task<void> run_batch(LaneKey key, Batch batch, [[maybe_unused]] net::Gate::Holder holder) {
    std::vector<PendingWrite> live;
    live.reserve(batch.writes.size());
    for (PendingWrite& pending : batch.writes) {
      if (pending.deadline <= net::Reactor::current()->now()) {
        release(pending,
                make_error(ErrorCode::kDeadlineExceeded, "the write waited too long; it was not sent"), {},
                true);
      } else {
        live.push_back(std::move(pending));
      }
    }
    // Parts still to be written, the next one last.
    std::vector<std::vector<PendingWrite>> parts;
    if (!live.empty()) parts.push_back(std::move(live));
    while (!parts.empty()) {
      std::vector<PendingWrite> part = std::move(parts.back());
      parts.pop_back();
      auto committed = co_await attempt(key, &part);
      if (committed) {
        // The next batch goes while this one is waited for.
        if (net::Gate::Holder waiting = gate_.hold()) {
          net::spawn(answer(*std::move(committed), std::move(part), std::move(waiting)));
        } else {
          co_await answer(*std::move(committed), std::move(part), {});
        }
        continue;
      }
      const bool split = committed.error().code == ErrorCode::kDatabase && part.size() > 1;
      if (!split) {
        for (PendingWrite& pending : part) release(pending, committed.error(), {}, true);
        continue;
      }
      // One of them is at fault: halves find it, and the others get through.
      retries_.add();
      const std::size_t half = part.size() / 2;
      std::vector<PendingWrite> second(
          std::make_move_iterator(part.begin() + static_cast<std::ptrdiff_t>(half)),
          std::make_move_iterator(part.end()));
      part.resize(half);
      parts.push_back(std::move(second));
      parts.push_back(std::move(part));
    }
    for (const auto& call : batch.calls) --call->batches_under_way;
    --lane(key).under_way;
    start(key);
  }

  net::Task<Result<CommittedWrites>> attempt(LaneKey key, std::vector<PendingWrite>* part) {
    for (int tried = 0;; ++tried) {
      TransactionScope scope{pool_.get(),      &freshness_,
                             key.role,         net::Reactor::current()->now() + options_.transaction_timeout,
                             push_pool_.get(), options_.settle_timeout};
      Result<CommittedWrites> committed = make_error(ErrorCode::kInternal, "not tried");
      const DocumentWrite& first = part->front().write;
      if (goes_alone(first)) {
        const ReadScope reading = read_scope(key.role, scope.deadline);
        committed = co_await write_row_conditionally(scope, reading, &first);
      } else {
        committed = co_await write_transaction(scope, pointers(*part));
      }
      transactions_.add();
      if (committed || !may_retry(committed.error()) || part->size() > 1 || tried >= kRetriesMax)
        co_return committed;
    }
  }

  // Tells the callers once the views show it, or after a second.
  net::Task<void> answer(CommittedWrites committed, std::vector<PendingWrite> part,
                         [[maybe_unused]] net::Gate::Holder holder) {
    if (committed.empty) {
      for (std::size_t i = 0; i < part.size(); ++i)
        release(part[i], std::move(committed.outcomes[i]), {}, true);
      co_return;
    }
    const TimePoint until = net::Reactor::current()->now() + options_.applied_timeout;
    Result<Lsn> lsn = committed.visible;
    if (committed.visible.is_none()) lsn = co_await freshness_.wait_write(committed.number, until);
    Lsn position;
    if (lsn) {
      position = *lsn;
    } else {
      not_applied_.add();
      auto flushed =
          co_await flush_position(pool_.get(), net::Reactor::current()->now() + options_.applied_timeout);
      if (flushed) position = *flushed;
    }
    documents_.add(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      Result<DocumentOutcome>& outcome = committed.outcomes[i];
      // A published table's documents bear their commit's position.
      if (outcome && part[i].write.target->kind != CollectionKind::kElastic)
        outcome->seq_no = position.value();
      release(part[i], std::move(outcome), position, lsn.has_value());
    }
  }

  void release(PendingWrite& pending, Result<DocumentOutcome> outcome, Lsn lsn, bool applied) {
    queued_bytes_ -= pending.bytes();
    --queued_documents_;
    pending.answer(std::move(outcome), lsn, applied);
  }

  const WriterOptions options_;
  const Catalog& catalog_;
  Freshness& freshness_;
  engine::VisibleLsn& visible_;
  std::unique_ptr<postgres::Pool> pool_;
  std::unique_ptr<postgres::Pool> push_pool_;  // see wait_for_position()
  net::Gate gate_;
  std::map<LaneKey, Lane> lanes_;  // those with something on its way
  std::size_t queued_documents_ = 0;
  std::size_t queued_bytes_ = 0;
  Gauge& open_lanes_;
  Counter& documents_;
  Counter& transactions_;
  Counter& retries_;
  Counter& not_applied_;
};

}  // namespace

std::unique_ptr<Writer> make_batching_writer(WriterOptions options, const Catalog& catalog,
                                             Freshness& freshness, engine::VisibleLsn& visible,
                                             MetricRegistry& metrics) {
  return std::make_unique<BatchingWriter>(std::move(options), catalog, freshness, visible, metrics);
}

}  // namespace stele::views
