#include "postgres/replication/change_log.h"

#include <algorithm>
#include <cstring>

namespace stele::postgres {

namespace {

constexpr std::size_t kHeaderSize = sizeof(ChangeLog::RecordHeader);

ChangeLog::RecordHeader load_header(const char* at) {
  ChangeLog::RecordHeader header;
  std::memcpy(&header, at, kHeaderSize);
  return header;
}

}  // namespace

std::uint32_t ChangeLog::index_of(const RelationPointer& relation) {
  if (last_index_ < relations_.size() && relations_[last_index_] == relation) return last_index_;
  const auto found = std::find(relations_.rbegin(), relations_.rend(), relation);
  if (found == relations_.rend()) {
    relations_.push_back(relation);
    last_index_ = static_cast<std::uint32_t>(relations_.size() - 1);
  } else {
    last_index_ = static_cast<std::uint32_t>(relations_.rend() - found - 1);
  }
  return last_index_;
}

void ChangeLog::append(const RelationPointer& relation, Xid subxid, char type, std::string_view rest) {
  const RecordHeader header{static_cast<std::uint32_t>(rest.size() + 1), index_of(relation), subxid};
  const std::size_t size = kHeaderSize + header.size;
  if (blocks_.empty() || blocks_.back().size() + size > kBlockBytes) {
    // The first one grows with its transaction, which is small mostly; what follows will be filled.
    const bool first = blocks_.empty() && !spool_;
    blocks_.emplace_back().reserve(first ? size : std::max(size, kBlockBytes));
  }
  std::string& block = blocks_.back();
  block.append(reinterpret_cast<const char*>(&header), kHeaderSize);
  block.push_back(type);
  block.append(rest);
  memory_bytes_ += size;
  ++record_count_;
}

Result<std::size_t> ChangeLog::spill(const SpoolFactory& make_spool) {
  if (blocks_.empty()) return std::size_t{0};
  if (!spool_) {
    STELE_TRY(spool_, make_spool());
  }
  const std::size_t size = blocks_.front().size();
  STELE_RETURN_IF_ERROR(spool_->append(blocks_.front()));
  blocks_.pop_front();
  memory_bytes_ -= size;
  return size;
}

// Takes whole records of `from`, from `at` on. True when the limits are reached, false when the bytes are
// used up but for the beginning of a record.
Result<bool> ChangeLog::Reader::take_records(const ChangeLog& log, std::string_view from, std::size_t& at,
                                             std::size_t records_max, std::size_t bytes_max,
                                             std::vector<Record>& out) const {
  const std::size_t begin = at;
  while (from.size() - at >= kHeaderSize) {
    const RecordHeader header = load_header(from.data() + at);
    if (from.size() - at - kHeaderSize < header.size) return false;
    if (header.relation >= log.relations_.size() || header.size == 0) {
      return make_error(ErrorCode::kCorruption, "a spooled change is damaged");
    }
    if (!log.dropped_.contains(header.subxid)) {
      out.push_back(
          {header.subxid, log.relations_[header.relation].get(), from.substr(at + kHeaderSize, header.size)});
    }
    at += kHeaderSize + header.size;
    if (!out.empty() && (out.size() >= records_max || at - begin >= bytes_max)) return true;
  }
  return false;
}

// Drops what was read of the chunk and reads on, far enough for at least one whole record.
Result<void> ChangeLog::Reader::fill(const ChangeLog& log, std::size_t bytes_max) {
  chunk_.erase(0, chunk_at_);
  chunk_at_ = 0;
  std::size_t wanted = std::max(bytes_max, kHeaderSize);
  if (chunk_.size() >= kHeaderSize) wanted = std::max(wanted, kHeaderSize + load_header(chunk_.data()).size);
  const std::uint64_t left = log.spool_->size() - spool_offset_;
  if (left == 0 || wanted <= chunk_.size()) {
    return make_error(ErrorCode::kCorruption, "a spool ends inside a change");
  }
  const std::size_t before = chunk_.size();
  const std::size_t size = std::min<std::uint64_t>(wanted - before, left);
  chunk_.resize(before + size);
  STELE_TRY(const std::size_t taken, log.spool_->read(spool_offset_, chunk_.data() + before, size));
  if (taken != size) return make_error(ErrorCode::kCorruption, "a spool is shorter than what was written");
  spool_offset_ += size;
  return {};
}

Result<void> ChangeLog::Reader::next(const ChangeLog& log, std::size_t records_max, std::size_t bytes_max,
                                     std::vector<Record>& out) {
  out.clear();
  while (log.spool_ && (spool_offset_ < log.spool_->size() || chunk_at_ < chunk_.size())) {
    STELE_TRY(const bool reached, take_records(log, chunk_, chunk_at_, records_max, bytes_max, out));
    // A refill moves the chunk beneath the records taken so far.
    if (reached || !out.empty()) return {};
    if (spool_offset_ < log.spool_->size() || chunk_at_ < chunk_.size()) {
      STELE_RETURN_IF_ERROR(fill(log, bytes_max));
    }
  }
  for (; block_ < log.blocks_.size(); ++block_, block_at_ = 0) {
    const std::size_t before = block_at_;
    STELE_TRY(const bool reached,
              take_records(log, log.blocks_[block_], block_at_, records_max, bytes_max, out));
    if (reached) return {};
    bytes_max -= std::min(bytes_max, block_at_ - before);
  }
  return {};
}

}  // namespace stele::postgres
