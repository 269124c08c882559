#include "protocols/elastic/document/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <set>

#include "net/reactor.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/services.h"

namespace stele::elastic {
namespace {

constexpr std::size_t kIdBytesMax = 512;
constexpr std::size_t kYieldEvery = 64;    // documents checked in one go on the reactor
constexpr std::size_t kItemsAtOnce = 256;  // operations that are only looked at

Outcome<> check_operation(const Operation& operation) {
  if (operation.index.empty()) return validation_failure({"index is missing"});
  if (operation.id.size() > kIdBytesMax)
    return validation_failure(
        {fmt::format("id [{}] is too long, must be no longer than 512 bytes but was: {}", operation.id,
                     operation.id.size())});
  if (operation.id.empty() &&
      (operation.type == OperationType::kUpdate || operation.type == OperationType::kDelete))
    return validation_failure({"id is missing"});
  if (operation.if_seq_no && !operation.if_primary_term)
    return validation_failure({"ifSeqNo is set, but primary term is [0]"});
  if (!operation.if_seq_no && operation.if_primary_term)
    return validation_failure(
        {fmt::format("ifSeqNo is unassigned, but primary term is [{}]", *operation.if_primary_term)});
  return {};
}

Failure conflict(const views::CollectionEntry& index, const Operation& operation, const Error& error) {
  std::string reason;
  const std::string_view current = error.detail("seq_no");
  if (operation.type == OperationType::kCreate && !operation.if_seq_no) {
    const std::string_view version = error.detail("version");
    reason = fmt::format("[{}]: version conflict, document already exists (current version [{}])",
                         operation.id, version.empty() ? "1" : version);
  } else if (current.empty()) {
    reason = fmt::format(
        "[{}]: version conflict, required seqNo [{}], primary term [{}]. but no document was found",
        operation.id, operation.if_seq_no.value_or(0), operation.if_primary_term.value_or(1));
  } else {
    reason = fmt::format(
        "[{}]: version conflict, required seqNo [{}], primary term [{}]. current document has "
        "seqNo [{}] and primary term [1]",
        operation.id, operation.if_seq_no.value_or(0), operation.if_primary_term.value_or(1), current);
  }
  return on_index({409, "version_conflict_engine_exception", std::move(reason)}, index);
}

Failure document_missing(const views::CollectionEntry& index, std::string_view id) {
  return on_index({404, "document_missing_exception", fmt::format("[{}]: document missing", id)}, index);
}

// One operation on its way: where it goes and what is written.
struct Pending {
  std::size_t number = 0;  // in the request
  const Operation* operation = nullptr;
  Index index;
  std::optional<UpdateBody> update = {};
  std::optional<views::DocumentWrite> write = {};
  std::string new_source = {};
};

// Executes a run of operations in which no updated document occurs twice.
class Run {
 public:
  Run(Call* call, Preparation* preparation, OperationsReply* reply)
      : call_(call), preparation_(preparation), reply_(reply) {}

  bool empty() const { return pending_.empty(); }
  void add(Pending pending) { pending_.push_back(std::move(pending)); }

  net::Task<void> execute() {
    co_await read_for_updates();
    std::vector<views::DocumentWrite> writes;
    std::vector<Pending*> written;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      Pending& pending = pending_[i];
      if (i % kYieldEvery == kYieldEvery - 1) co_await net::Reactor::current()->yield();
      if (reply_->results[pending.number].has_value() == false && failed(pending)) continue;
      if (!pending.write) continue;
      if (pending.write->action != views::DocumentAction::kDelete) {
        auto checked =
            co_await preparation_->source(pending.index, &pending.write->source, pending.write->id);
        if (!checked) {
          fail(pending, std::move(checked).error());
          continue;
        }
        pending.index = *checked;
        pending.write->target = pending.index;
      }
      if (pending.operation->want_source) pending.new_source = pending.write->source;
      writes.push_back(std::move(*pending.write));
      written.push_back(&pending);
    }
    if (!writes.empty()) {
      auto outcome =
          co_await call_->services->writer().write(call_->principal, std::move(writes), call_->deadline);
      co_await settle(&written, &outcome);
    }
    pending_.clear();
  }

 private:
  bool failed(const Pending& pending) const { return !failed_.empty() && failed_.contains(pending.number); }
  void fail(const Pending& pending, Failure failure) {
    failed_.insert(pending.number);
    reply_->results[pending.number] = std::move(failure);
  }

  // Current sources of the documents to be updated, one read an index.
  net::Task<void> read_for_updates() {
    std::vector<bool> done(pending_.size(), false);
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if (done[i] || !pending_[i].update) continue;
      std::vector<std::size_t> group;
      std::vector<std::string> ids;
      for (std::size_t j = i; j < pending_.size(); ++j) {
        if (!pending_[j].update || pending_[j].index->id != pending_[i].index->id) continue;
        done[j] = true;
        group.push_back(j);
        ids.push_back(pending_[j].operation->id);
      }
      auto stored = co_await call_->services->writer().read(call_->principal, pending_[i].index,
                                                            std::move(ids), call_->deadline);
      for (std::size_t k = 0; k < group.size(); ++k) {
        if (!stored) {
          fail(pending_[group[k]], Failure::from(stored.error()));
        } else {
          merge(pending_[group[k]], (*stored)[k]);
        }
      }
    }
  }

  void merge(Pending& pending, const std::optional<views::StoredDocument>& stored) {
    const Operation& operation = *pending.operation;
    const UpdateBody& update = *pending.update;
    views::DocumentWrite write;
    write.target = pending.index;
    write.id = operation.id;
    write.routing = operation.routing;
    if (!stored) {
      if (!update.upsert && !update.doc_as_upsert)
        return fail(pending, document_missing(*pending.index, operation.id));
      write.action = views::DocumentAction::kCreate;
      write.source = update.upsert && !update.doc_as_upsert ? *update.upsert : *update.doc;
      pending.write = std::move(write);
      return;
    }
    if (operation.if_seq_no && *operation.if_seq_no != stored->seq_no) {
      Error error;
      error.with("seq_no", fmt::format("{}", stored->seq_no));
      return fail(pending, conflict(*pending.index, operation, error));
    }
    Result<json::Document> original = json::Document::parse_borrowed(stored->source);
    Result<json::Document> patch = json::Document::parse_borrowed(*update.doc);
    if (!original || !patch)
      return fail(pending, illegal_argument("the stored document is not a JSON object"));
    MergedSource merged = merge_sources(original->root(), patch->root());
    if (!merged.changed && update.detect_noop) {
      failed_.insert(pending.number);
      OperationResult result{pending.index, operation.id,    views::DocumentResult::kUpdated,
                             true,          stored->version, stored->seq_no};
      if (operation.want_source) result.source = std::move(merged.source);
      reply_->results[pending.number] = std::move(result);
      return;
    }
    write.action = views::DocumentAction::kUpdate;
    write.source = std::move(merged.source);
    write.if_seq_no = stored->seq_no;
    if (!write.routing) write.routing = stored->routing;
    pending.write = std::move(write);
  }

  net::Task<void> settle(const std::vector<Pending*>* written, views::WriteReply* outcome) {
    if (!outcome->lsn.is_none())
      reply_->lsn = reply_->lsn ? std::max(*reply_->lsn, outcome->lsn) : outcome->lsn;
    reply_->not_applied |= !outcome->applied;
    for (std::size_t i = 0; i < written->size(); ++i) {
      if (i % kItemsAtOnce == kItemsAtOnce - 1) co_await net::Reactor::current()->yield();
      Pending& pending = *(*written)[i];
      const Operation& operation = *pending.operation;
      Result<views::DocumentOutcome>& result = outcome->outcomes[i];
      if (result) {
        OperationResult told{pending.index, operation.id,    result->result,
                             false,         result->version, result->seq_no};
        told.source = std::move(pending.new_source);
        reply_->results[pending.number] = std::move(told);
      } else if (result.error().code == ErrorCode::kConflict) {
        reply_->results[pending.number] = conflict(*pending.index, operation, result.error());
      } else if (result.error().code == ErrorCode::kNotFound) {
        reply_->results[pending.number] = document_missing(*pending.index, operation.id);
      } else {
        reply_->results[pending.number] = Failure::from(result.error());
      }
    }
  }

  Call* call_;
  Preparation* preparation_;
  OperationsReply* reply_;
  std::vector<Pending> pending_;
  std::set<std::size_t> failed_;
};

// Copies of each document, by the index' settings. The last index asked for is remembered: a bulk asks again
// and again.
std::int64_t copies_of(const views::CollectionEntry& index) {
  thread_local std::shared_ptr<const views::CollectionDefinition> last;
  thread_local std::int64_t copies = 1;
  if (last != index.definition) {
    copies = 1 + IndexMetadata::of(index).number("index.number_of_replicas", 0);
    last = index.definition;
  }
  return copies;
}

views::DocumentWrite plain_write(const Operation& operation, const Index& index) {
  views::DocumentWrite write;
  write.target = index;
  write.action = operation.type == OperationType::kCreate   ? views::DocumentAction::kCreate
                 : operation.type == OperationType::kDelete ? views::DocumentAction::kDelete
                                                            : views::DocumentAction::kIndex;
  write.id = operation.id;
  write.source = operation.source;
  write.routing = operation.routing;
  write.if_seq_no = operation.if_seq_no;
  return write;
}

bool may_retry(const Operation& operation, const Outcome<OperationResult>& result) {
  return operation.type == OperationType::kUpdate && operation.retry_on_conflict > 0 &&
         !operation.if_seq_no && !result && result.error().status == 409;
}

// All operations once, in runs.
net::Task<void> execute_once(Call* call, std::vector<Operation>* operations, std::vector<std::size_t> numbers,
                             OperationsReply* reply) {
  Preparation preparation(call);
  Run run(call, &preparation, reply);
  std::set<std::pair<std::string, std::string>> seen;
  std::set<std::pair<std::string, std::string>> updated;
  std::size_t looked_at = 0;
  for (const std::size_t number : numbers) {
    if (++looked_at % kItemsAtOnce == 0) co_await net::Reactor::current()->yield();
    Operation& operation = (*operations)[number];
    reply->results[number] = illegal_argument("not executed");
    if (Outcome<> valid = check_operation(operation); !valid) {
      reply->results[number] = valid.error();
      continue;
    }
    if (operation.id.empty()) operation.id = make_document_id();
    Pending pending;
    pending.number = number;
    pending.operation = &operation;
    auto index = co_await preparation.index(&operation);
    if (!index) {
      reply->results[number] = std::move(index).error();
      continue;
    }
    pending.index = *index;
    if (operation.if_primary_term && *operation.if_primary_term != 1) {
      Error none;
      reply->results[number] = conflict(*pending.index, operation, none);
      continue;
    }
    const std::pair<std::string, std::string> key(pending.index->name, operation.id);
    if (operation.type == OperationType::kUpdate) {
      Outcome<UpdateBody> body = parse_update_body(operation.source);
      if (!body) {
        reply->results[number] = body.error();
        continue;
      }
      if (operation.if_seq_no && (body->upsert || body->doc_as_upsert)) {
        reply->results[number] =
            validation_failure({"upsert requests don't support `if_seq_no` and `if_primary_term`"});
        continue;
      }
      operation.want_source |= body->want_source;
      pending.update = *std::move(body);
    } else {
      pending.write = plain_write(operation, pending.index);
    }
    // An update reads what the operations before it wrote.
    const bool again = pending.update ? seen.contains(key) : updated.contains(key);
    if (again) {
      co_await run.execute();
      seen.clear();
      updated.clear();
    }
    seen.insert(key);
    if (pending.update) updated.insert(key);
    run.add(std::move(pending));
  }
  co_await run.execute();
}

}  // namespace

std::string_view to_string(OperationType type) {
  switch (type) {
    case OperationType::kIndex:
      return "index";
    case OperationType::kCreate:
      return "create";
    case OperationType::kUpdate:
      return "update";
    case OperationType::kDelete:
      return "delete";
  }
  return "index";
}

int OperationResult::status() const {
  if (noop) return 200;
  if (result == views::DocumentResult::kCreated) return 201;
  return result == views::DocumentResult::kNotFound ? 404 : 200;
}

std::string_view OperationResult::text() const {
  if (noop) return "noop";
  switch (result) {
    case views::DocumentResult::kCreated:
      return "created";
    case views::DocumentResult::kUpdated:
      return "updated";
    case views::DocumentResult::kDeleted:
      return "deleted";
    case views::DocumentResult::kNotFound:
      return "not_found";
  }
  return "updated";
}

net::Task<OperationsReply> execute(Call* call, std::vector<Operation> operations) {
  OperationsReply reply;
  reply.results.resize(operations.size(), illegal_argument("not executed"));
  std::vector<std::size_t> numbers(operations.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  while (!numbers.empty()) {
    co_await execute_once(call, &operations, numbers, &reply);
    std::vector<std::size_t> again;
    for (const std::size_t number : numbers) {
      if (!may_retry(operations[number], reply.results[number])) continue;
      --operations[number].retry_on_conflict;
      again.push_back(number);
    }
    numbers = std::move(again);
  }
  co_return reply;
}

void write_operation_result(json::Writer& out, const OperationResult& result, bool forced_refresh) {
  out.member("_index", result.index->name);
  out.member("_id", result.id);
  out.member("_version", result.version);
  out.member("result", result.text());
  if (forced_refresh && !result.noop) out.member("forced_refresh", true);
  out.key("_shards").begin_object();
  if (result.noop) {
    out.member("total", 0).member("successful", 0).member("failed", 0);
  } else {
    out.member("total", copies_of(*result.index)).member("successful", 1).member("failed", 0);
  }
  out.end_object();
  out.member("_seq_no", result.seq_no);
  out.member("_primary_term", 1);
}

std::string make_document_id() {
  static std::atomic<std::uint32_t> counter{std::random_device()()};
  thread_local std::mt19937_64 random((std::uint64_t{std::random_device()()} << 32U) ^
                                      std::random_device()());
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock().wall().time_since_epoch()).count();
  unsigned char bytes[15];
  for (int i = 0; i < 6; ++i)
    bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(now) >> (8 * (5 - i)));
  const std::uint32_t count = counter.fetch_add(1, std::memory_order_relaxed);
  for (int i = 0; i < 3; ++i) bytes[6 + i] = static_cast<unsigned char>(count >> (8 * (2 - i)));
  const std::uint64_t noise = random();
  for (int i = 0; i < 6; ++i) bytes[9 + i] = static_cast<unsigned char>(noise >> (8 * i));
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string id;
  for (int i = 0; i < 15; i += 3) {
    const std::uint32_t group =
        (std::uint32_t{bytes[i]} << 16U) | (std::uint32_t{bytes[i + 1]} << 8U) | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6)
      id += kAlphabet[(group >> static_cast<unsigned>(shift)) & 63U];
  }
  return id;
}

}  // namespace stele::elastic
