#include "views/change_spool.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace stele::views {
namespace {

constexpr std::size_t kSizeBytes = sizeof(std::uint32_t);
constexpr std::size_t kChunkBytes = 1U << 20;

void append_row(std::string& out, const postgres::Tuple& row) {
  postgres::append_tuple_count(out, static_cast<std::uint16_t>(row.size()));
  out.append(row.bytes());
}

}  // namespace

std::uint32_t ChangeSpool::relation_index(const postgres::Relation& relation) {
  if (relations_.empty() || !(*relations_.back() == relation))
    relations_.push_back(std::make_shared<const postgres::Relation>(relation));
  return static_cast<std::uint32_t>(relations_.size() - 1);
}

Result<void> ChangeSpool::append(Lsn commit, const postgres::Change& change) {
  const std::size_t start = memory_.size();
  append_big_endian(memory_, std::uint32_t{0});
  append_big_endian(memory_, commit.value());
  append_big_endian(memory_, relation_index(*change.relation));
  memory_.push_back(static_cast<char>(change.kind));
  memory_.push_back(static_cast<char>(change.old_kind));
  append_row(memory_, change.old_row);
  append_row(memory_, change.row);
  const auto size = byte_swap_to_big(static_cast<std::uint32_t>(memory_.size() - start - kSizeBytes));
  std::memcpy(memory_.data() + start, &size, kSizeBytes);
  ++appended_;
  if (memory_.size() - memory_at_ <= memory_bytes_max_) return {};
  if (spool_ == nullptr) {
    STELE_TRY(spool_, make_spool_());
  }
  STELE_RETURN_IF_ERROR(spool_->append(std::string_view(memory_).substr(memory_at_)));
  memory_.clear();
  memory_at_ = 0;
  return {};
}

Result<void> ChangeSpool::fill(std::size_t wanted) {
  chunk_.erase(0, chunk_at_);
  chunk_at_ = 0;
  while (chunk_.size() < wanted) {
    const std::size_t had = chunk_.size();
    chunk_.resize(had + std::max(kChunkBytes, wanted - had));
    auto read = spool_->read(spool_at_, chunk_.data() + had, chunk_.size() - had);
    if (!read) return read.error();
    chunk_.resize(had + *read);
    spool_at_ += *read;
    if (*read == 0) return make_error(ErrorCode::kCorruption, "the spool of a copy ends within a record");
  }
  return {};
}

Result<std::string_view> ChangeSpool::front() {
  const bool from_spool = spool_ != nullptr && (chunk_at_ < chunk_.size() || spool_at_ < spool_->size());
  if (!from_spool) {
    const auto size = load_big_endian<std::uint32_t>(memory_.data() + memory_at_);
    const std::string_view record = std::string_view(memory_).substr(memory_at_ + kSizeBytes, size);
    memory_at_ += kSizeBytes + size;
    return record;
  }
  if (chunk_.size() - chunk_at_ < kSizeBytes) STELE_RETURN_IF_ERROR(fill(kSizeBytes));
  const auto size = load_big_endian<std::uint32_t>(chunk_.data() + chunk_at_);
  if (chunk_.size() - chunk_at_ < kSizeBytes + size) STELE_RETURN_IF_ERROR(fill(kSizeBytes + size));
  const std::string_view record = std::string_view(chunk_).substr(chunk_at_ + kSizeBytes, size);
  chunk_at_ += kSizeBytes + size;
  return record;
}

Result<std::optional<ChangeSpool::Record>> ChangeSpool::take() {
  if (empty()) return std::optional<Record>();
  // Nobody looks at what was taken before.
  if (memory_at_ == memory_.size()) {
    memory_.clear();
    memory_at_ = 0;
  }
  STELE_TRY(const std::string_view bytes, front());
  ++taken_;
  ByteReader reader(bytes);
  Record record;
  record.commit = Lsn(reader.big_endian<std::uint64_t>());
  const auto relation = reader.big_endian<std::uint32_t>();
  record.change.kind = static_cast<postgres::ChangeKind>(reader.big_endian<char>());
  record.change.old_kind = static_cast<postgres::pgoutput::OldTuple>(reader.big_endian<char>());
  record.change.old_row = postgres::Tuple::read(reader);
  record.change.row = postgres::Tuple::read(reader);
  if (!reader.ok() || relation >= relations_.size())
    return make_error(ErrorCode::kCorruption, "a record of a copy's spool is damaged");
  record.change.relation = relations_[relation].get();
  return std::optional<Record>(record);
}

}  // namespace stele::views
