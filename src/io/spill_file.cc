#include "io/spill_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/bytes.h"
#include "io/checksum.h"

namespace stele::io {
namespace {

// Before each record: its size and the low half of its checksum, both big-endian.
constexpr std::size_t kHeaderBytes = 8;

std::uint32_t short_checksum(std::string_view record) {
  return static_cast<std::uint32_t>(checksum(record));
}

}  // namespace

Result<SpillFile> SpillFile::create(Directory& directory, std::string_view name, std::uint64_t bytes_max) {
  STELE_TRY(std::unique_ptr<File> file, directory.open(name, OpenMode::kCreate));
  STELE_RETURN_IF_ERROR(directory.remove(name));
  return SpillFile(std::move(file), bytes_max);
}

Result<> SpillFile::append(std::string_view record) {
  const std::uint64_t size = kHeaderBytes + record.size();
  if (size > bytes_max_ - bytes_ || record.size() > std::numeric_limits<std::uint32_t>::max())
    return make_error(ErrorCode::kResourceExhausted,
                      fmt::format("a spill file is full: {} bytes", bytes_max_))
        .with("limit", std::to_string(bytes_max_));
  // First what is due, so that a failed write leaves this record out and the others in.
  if (buffer_.size() + size > kBufferBytes && !buffer_.empty()) {
    STELE_RETURN_IF_ERROR(file_->write_at(written_, buffer_));
    written_ += buffer_.size();
    buffer_.clear();
  }
  append_big_endian(buffer_, static_cast<std::uint32_t>(record.size()));
  append_big_endian(buffer_, short_checksum(record));
  buffer_.append(record);
  bytes_ += size;
  ++records_;
  return {};
}

Result<> SpillFile::Reader::fill(std::size_t size) {
  if (buffer_.size() - buffer_at_ >= size) return {};
  buffer_.erase(0, buffer_at_);
  buffer_at_ = 0;
  while (buffer_.size() < size) {
    if (file_at_ >= file_.written_) {  // the rest still stands in the writer's buffer
      const std::size_t from = file_at_ - file_.written_;
      buffer_.append(file_.buffer_, std::min(from, file_.buffer_.size()), std::string::npos);
      file_at_ = file_.written_ + file_.buffer_.size();
      break;
    }
    const std::size_t had = buffer_.size();
    const std::size_t wanted =
        std::min<std::uint64_t>(std::max(size - had, kBufferBytes), file_.written_ - file_at_);
    buffer_.resize(had + wanted);
    STELE_TRY(const std::size_t got, file_.file_->read_at(file_at_, buffer_.data() + had, wanted));
    buffer_.resize(had + got);
    file_at_ += got;
    if (got == 0) break;
  }
  if (buffer_.size() < size)
    return make_error(ErrorCode::kCorruption, "a spill file is shorter than written");
  return {};
}

Result<std::optional<std::string_view>> SpillFile::Reader::next() {
  if (records_read_ == file_.records_) return std::optional<std::string_view>();
  STELE_RETURN_IF_ERROR(fill(kHeaderBytes));
  const auto size = load_big_endian<std::uint32_t>(buffer_.data() + buffer_at_);
  const auto expected = load_big_endian<std::uint32_t>(buffer_.data() + buffer_at_ + 4);
  // A damaged size must not make us ask for memory that no record can need.
  if (size > file_.bytes_) return make_error(ErrorCode::kCorruption, "a record of a spill file is damaged");
  STELE_RETURN_IF_ERROR(fill(kHeaderBytes + size));
  const std::string_view record = std::string_view(buffer_).substr(buffer_at_ + kHeaderBytes, size);
  if (short_checksum(record) != expected)
    return make_error(ErrorCode::kCorruption, "a record of a spill file is damaged");
  buffer_at_ += kHeaderBytes + size;
  ++records_read_;
  return std::optional(record);
}

}  // namespace stele::io
