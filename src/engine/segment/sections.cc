#include "engine/segment/sections.h"

#include <fmt/format.h>

#include "engine/postings/varint.h"
#include "io/checksum.h"

namespace stele::engine {
namespace {

// Directory: field, kind (4 bytes each), offset, size, checksum (8 each). Behind it: its own checksum, the
// number of entries, the format's number, "STELESEG".
constexpr std::size_t kEntryBytes = 32;
constexpr std::size_t kFooterBytes = 32;
constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kMagic = "STELESEG";
constexpr std::size_t kAlignment = 64;

Error corrupted(std::string_view what) {
  return make_error(ErrorCode::kCorruption, "segment: " + std::string(what));
}

}  // namespace

void SectionWriter::add(std::uint32_t field, SectionKind kind, std::string_view bytes) {
  bytes_.append((kAlignment - bytes_.size() % kAlignment) % kAlignment, '\0');
  append_le(directory_, field);
  append_le(directory_, static_cast<std::uint32_t>(kind));
  append_le(directory_, static_cast<std::uint64_t>(bytes_.size()));
  append_le(directory_, static_cast<std::uint64_t>(bytes.size()));
  append_le(directory_, io::checksum(bytes));
  bytes_.append(bytes);
}

std::string SectionWriter::finish() {
  bytes_.append(directory_);
  append_le(bytes_, io::checksum(directory_));
  append_le(bytes_, static_cast<std::uint64_t>(directory_.size() / kEntryBytes));
  append_le(bytes_, kFormat);
  bytes_.append(kMagic);
  return std::move(bytes_);
}

Result<SectionReader> SectionReader::open(std::string_view bytes) {
  if (bytes.size() < kFooterBytes || !bytes.ends_with(kMagic)) return corrupted("no footer");
  const char* footer = bytes.data() + bytes.size() - kFooterBytes;
  if (load_le<std::uint64_t>(footer + 16) != kFormat) return corrupted("another format");
  const auto count = load_le<std::uint64_t>(footer + 8);
  const std::size_t before = bytes.size() - kFooterBytes;
  if (count > before / kEntryBytes) return corrupted("a directory longer than the file");
  std::string_view directory = bytes.substr(before - count * kEntryBytes, count * kEntryBytes);
  if (io::checksum(directory) != load_le<std::uint64_t>(footer))
    return corrupted("directory: wrong checksum");
  SectionReader reader;
  for (; !directory.empty(); directory.remove_prefix(kEntryBytes)) {
    const auto field = load_le<std::uint32_t>(directory.data());
    const auto kind = load_le<std::uint32_t>(directory.data() + 4);
    const auto offset = load_le<std::uint64_t>(directory.data() + 8);
    const auto size = load_le<std::uint64_t>(directory.data() + 16);
    if (offset > before || size > before - offset) return corrupted("a section outside of the file");
    reader.sections_[{field, kind}] = bytes.substr(offset, size);
    reader.checksums_[{field, kind}] = load_le<std::uint64_t>(directory.data() + 24);
  }
  reader.directory_checksum_ = load_le<std::uint64_t>(footer);
  return reader;
}

Result<void> SectionReader::verify() const {
  for (const auto& [name, bytes] : sections_) {
    if (io::checksum(bytes) == checksums_.at(name)) continue;
    const std::string of = name.first == kSegmentSections ? "" : fmt::format(" of field {}", name.first);
    return corrupted(fmt::format("section {}{}: wrong checksum", name.second, of));
  }
  return {};
}

std::string_view SectionReader::find(std::uint32_t field, SectionKind kind) const {
  const auto found = sections_.find({field, static_cast<std::uint32_t>(kind)});
  return found == sections_.end() ? std::string_view() : found->second;
}

}  // namespace stele::engine
