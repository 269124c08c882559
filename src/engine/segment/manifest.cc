#include "engine/segment/manifest.h"

#include "engine/postings/varint.h"
#include "io/checksum.h"

namespace stele::engine {
namespace {

constexpr std::string_view kMagic = "STELEMAN";
constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 56;
constexpr std::size_t kEntryBytes = 40;
constexpr std::size_t kChecksumBytes = 8;

Error corrupted(std::string_view what) {
  return make_error(ErrorCode::kCorruption, "manifest: " + std::string(what));
}

std::uint64_t take(std::string_view& bytes) {
  const auto value = load_le<std::uint64_t>(bytes.data());
  bytes.remove_prefix(8);
  return value;
}

}  // namespace

std::string Manifest::bytes() const {
  std::string bytes(kMagic);
  for (const std::uint64_t value :
       {kFormat, lsn.value(), next_sequence, next_number, schema, std::uint64_t{segments.size()}})
    append_le(bytes, value);
  for (const SegmentFile& file : segments) {
    for (const std::uint64_t value :
         {file.number, file.bytes, file.checksum, file.documents, std::uint64_t{file.dead.size()}})
      append_le(bytes, value);
    bytes.append(file.dead);
  }
  append_le(bytes, io::checksum(bytes));
  return bytes;
}

Result<Manifest> Manifest::read(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes + kChecksumBytes || !bytes.starts_with(kMagic))
    return corrupted("no header");
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (load_le<std::uint64_t>(bytes.data() + content.size()) != io::checksum(content))
    return corrupted("wrong checksum");
  std::string_view rest = content.substr(kMagic.size());
  if (take(rest) != kFormat) return corrupted("another format");
  Manifest manifest;
  manifest.lsn = Lsn(take(rest));
  manifest.next_sequence = take(rest);
  manifest.next_number = take(rest);
  manifest.schema = take(rest);
  const std::uint64_t count = take(rest);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (rest.size() < kEntryBytes) return corrupted("fewer segments than it says");
    SegmentFile& file = manifest.segments.emplace_back();
    file.number = take(rest);
    file.bytes = take(rest);
    file.checksum = take(rest);
    file.documents = take(rest);
    const std::uint64_t dead = take(rest);
    if (dead > rest.size()) return corrupted("a set of the dead beyond its end");
    file.dead = take_bytes(rest, dead);
  }
  if (!rest.empty()) return corrupted("more than it says");
  return manifest;
}

}  // namespace stele::engine
