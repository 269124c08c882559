#include "postgres/replication/assembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stele::postgres {

namespace {

// More marks than this in one transaction come from somebody who plays with our prefix.
constexpr std::size_t kMarksMax = 1024;

Error out_of_order(std::string_view what) {
  return make_error(ErrorCode::kProtocol, fmt::format("replication stream out of order: {}", what));
}

}  // namespace

TransactionAssembler::TransactionAssembler(AssemblerLimits limits, SpoolFactory make_spool)
    : limits_(limits), make_spool_(std::move(make_spool)) {}

Result<std::optional<TransactionAssembler::Output>> TransactionAssembler::take(std::string_view payload) {
  STELE_TRY(const pgoutput::Message message, pgoutput::decode(payload, stream_xid_ != 0));
  payload_ = payload;
  return std::visit([this](const auto& one) { return on(one); }, message);
}

TransactionAssembler::Open* TransactionAssembler::open() {
  if (stream_xid_ != 0) return &streams_.find(stream_xid_)->second;
  return current_ ? &*current_ : nullptr;
}

const RelationPointer* TransactionAssembler::find_relation(Oid id) {
  if (stream_xid_ != 0) {
    const RelationMap& local = open()->relations;
    const auto found = local.find(id);
    if (found != local.end()) return &found->second.relation;
  }
  const auto found = relations_.find(id);
  return found == relations_.end() ? nullptr : &found->second.relation;
}

Result<void> TransactionAssembler::append(Xid xid, const RelationPointer& relation, char type,
                                          std::string_view rest) {
  ChangeLog& log = open()->log;
  const std::size_t before = log.memory_bytes();
  log.append(relation, xid, type, rest);
  memory_bytes_ += log.memory_bytes() - before;
  if (memory_bytes_ > limits_.memory_bytes_max) return keep_within_memory();
  return {};
}

Result<void> TransactionAssembler::keep_within_memory() {
  while (memory_bytes_ > limits_.memory_bytes_max) {
    ChangeLog* largest = current_ ? &current_->log : nullptr;
    for (auto& [xid, open] : streams_) {
      if (largest == nullptr || open.log.memory_bytes() > largest->memory_bytes()) largest = &open.log;
    }
    STELE_TRY(const std::size_t freed, largest->spill(make_spool_));
    memory_bytes_ -= freed;
  }
  return {};
}

TransactionAssembler::Output TransactionAssembler::finish(Open open) {
  memory_bytes_ -= open.log.memory_bytes();
  for (const Mark& mark : open.marks) open.head.marks.push_back(mark.mark);
  if (open.log.record_count() == 0 && open.head.marks.empty()) return Progress{open.head.commit_lsn};
  return std::make_unique<Transaction>(std::move(open.head), std::move(open.log), limits_.batch);
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Begin& begin) {
  if (open() != nullptr) return out_of_order("begin inside a transaction");
  current_.emplace();
  current_->head.xid = begin.xid;
  current_->head.commit_record_lsn = begin.final_lsn;
  current_->head.commit_time = begin.commit_time;
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Commit& commit) {
  if (!current_ || stream_xid_ != 0) return out_of_order("commit without begin");
  current_->head.commit_record_lsn = commit.commit_lsn;
  current_->head.commit_lsn = commit.end_lsn;
  current_->head.commit_time = commit.commit_time;
  Output output = finish(std::move(*current_));
  current_.reset();
  return output;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Origin&) {
  return std::nullopt;
}

// Types are known from pg_type: a name tells nothing more.
TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Type&) {
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Relation& message) {
  auto relation = std::make_shared<const Relation>(message);
  Open* const transaction = open();
  RelationMap& map = stream_xid_ != 0 ? transaction->relations : relations_;
  map.insert_or_assign(message.id, KnownRelation{relation, ++arrivals_});
  if (transaction != nullptr) {
    STELE_RETURN_IF_ERROR(append(message.xid, relation, 'R', {}));
  }
  return std::nullopt;
}

// Logs the message being taken, which is about one row of `relation`.
TransactionAssembler::Taken TransactionAssembler::append_row(Xid xid, Oid relation) {
  if (open() == nullptr) return out_of_order("a change outside a transaction");
  const RelationPointer* const known = find_relation(relation);
  if (known == nullptr) return out_of_order(fmt::format("relation {} was not described", relation));
  const std::size_t header = stream_xid_ != 0 ? 1 + sizeof(Xid) : 1;
  STELE_RETURN_IF_ERROR(append(xid, *known, payload_.front(), payload_.substr(header)));
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Insert& insert) {
  return append_row(insert.xid, insert.relation);
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Update& update) {
  return append_row(update.xid, update.relation);
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Delete& deleted) {
  return append_row(deleted.xid, deleted.relation);
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::Truncate& truncate) {
  if (open() == nullptr) return out_of_order("a truncation outside a transaction");
  const char options = static_cast<char>((truncate.cascade ? 1 : 0) | (truncate.restart_identity ? 2 : 0));
  for (const Oid id : truncate.relations) {
    const RelationPointer* const known = find_relation(id);
    if (known == nullptr) return out_of_order(fmt::format("relation {} was not described", id));
    STELE_RETURN_IF_ERROR(append(truncate.xid, *known, 'T', std::string_view(&options, 1)));
  }
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::LogicalMessage& message) {
  if (!message.transactional) {
    return FreeMessage{message.lsn, std::string(message.prefix), std::string(message.content)};
  }
  Open* const transaction = open();
  if (transaction == nullptr) return out_of_order("a transactional message outside a transaction");
  if (message.prefix != kWriteMarkPrefix) return std::nullopt;
  const Result<WriteMark> mark = parse_write_mark(message.content);
  if (mark.has_value() && transaction->marks.size() < kMarksMax) {
    transaction->marks.push_back({message.xid, *mark});
  }
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::StreamStart& start) {
  if (open() != nullptr || start.xid == 0) return out_of_order("a streamed block inside a transaction");
  const auto [at, is_new] = streams_.try_emplace(start.xid);
  if (is_new != start.first_segment) return out_of_order("first segment of a stream");
  at->second.head.xid = start.xid;
  stream_xid_ = start.xid;
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::StreamStop&) {
  if (stream_xid_ == 0) return out_of_order("end of a streamed block that was not begun");
  stream_xid_ = 0;
  return std::nullopt;
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::StreamCommit& commit) {
  const auto at = streams_.find(commit.xid);
  if (open() != nullptr || at == streams_.end()) return out_of_order("commit of an unknown stream");
  Open finished = std::move(at->second);
  streams_.erase(at);
  finished.head.commit_record_lsn = commit.commit_lsn;
  finished.head.commit_lsn = commit.end_lsn;
  finished.head.commit_time = commit.commit_time;
  // The server does not describe these relations again, unless something invalidated them since.
  for (auto& [id, described] : finished.relations) {
    KnownRelation& known = relations_[id];
    if (known.arrival < described.arrival) known = std::move(described);
  }
  return finish(std::move(finished));
}

TransactionAssembler::Taken TransactionAssembler::on(const pgoutput::StreamAbort& abort) {
  const auto at = streams_.find(abort.xid);
  // Not streamed yet, or streamed before this connection began: nothing of it is here.
  if (open() != nullptr) return out_of_order("an abort inside a transaction");
  if (at == streams_.end()) return std::nullopt;
  if (abort.subxid == abort.xid) {
    memory_bytes_ -= at->second.log.memory_bytes();
    streams_.erase(at);
  } else {
    at->second.log.drop(abort.subxid);
    std::erase_if(at->second.marks, [&](const Mark& mark) { return mark.subxid == abort.subxid; });
  }
  return std::nullopt;
}

}  // namespace stele::postgres
