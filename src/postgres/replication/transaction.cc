#include "postgres/replication/transaction.h"

#include <utility>

namespace stele::postgres {

namespace {

using pgoutput::Message;

// Turns one logged message into changes; false if its bytes are damaged.
bool append_changes(const ChangeLog::Record& record, std::vector<Change>& batch) {
  const char type = record.message.front();
  if (type == 'R') {
    batch.push_back({.kind = ChangeKind::kRelation, .relation = record.relation});
    return true;
  }
  if (type == 'T') {
    if (record.message.size() != 2) return false;
    batch.push_back({.kind = ChangeKind::kTruncate,
                     .cascade = (record.message[1] & 1) != 0,
                     .restart_identity = (record.message[1] & 2) != 0,
                     .relation = record.relation});
    return true;
  }
  const Result<Message> message = pgoutput::decode(record.message, false);
  if (!message.has_value()) return false;
  if (const auto* insert = std::get_if<pgoutput::Insert>(&*message)) {
    batch.push_back({.kind = ChangeKind::kInsert, .relation = record.relation, .row = insert->row});
  } else if (const auto* update = std::get_if<pgoutput::Update>(&*message)) {
    batch.push_back({.kind = ChangeKind::kUpdate,
                     .old_kind = update->old_kind,
                     .relation = record.relation,
                     .old_row = update->old_row,
                     .row = update->row});
  } else if (const auto* deleted = std::get_if<pgoutput::Delete>(&*message)) {
    batch.push_back({.kind = ChangeKind::kDelete,
                     .old_kind = deleted->old_kind,
                     .relation = record.relation,
                     .old_row = deleted->old_row});
  } else {
    return false;
  }
  return true;
}

}  // namespace

Transaction::Transaction(Head head, ChangeLog log, BatchLimits limits)
    : head_(std::move(head)), log_(std::move(log)), limits_(limits) {}

Result<std::span<const Change>> Transaction::next_batch() {
  STELE_RETURN_IF_ERROR(reader_.next(log_, limits_.changes, limits_.bytes, records_));
  batch_.clear();
  for (const ChangeLog::Record& record : records_) {
    if (!append_changes(record, batch_)) {
      return make_error(ErrorCode::kCorruption, "a spooled change is damaged");
    }
  }
  return std::span<const Change>(batch_);
}

}  // namespace stele::postgres
