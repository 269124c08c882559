#include "engine/segment/segment_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/columns/document_set.h"

namespace stele::engine {
namespace {

constexpr std::string_view kManifest = "manifest";
constexpr std::string_view kPrefix = "segment-";

std::string file_name(std::uint64_t number) {
  return fmt::format("{}{}", kPrefix, number);
}

bool is_segment_file(std::string_view name) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

Error corrupted(std::string reason) {
  return make_error(ErrorCode::kCorruption, std::move(reason));
}

// Of what is not there, or not what it was, the collection can be built anew; other errors may pass.
bool is_damage(const Error& error) {
  return error.code == ErrorCode::kCorruption || error.code == ErrorCode::kNotFound;
}

// The versions that are dead at `lsn`, as a set.
std::string dead_at(const SealedSegment& segment, Lsn lsn) {
  std::vector<DocOrdinal> dead;
  if (segment.versions().dead_count() > 0)
    for (DocOrdinal i = 0; i < segment.size(); ++i)
      if (segment.versions().died(i) <= lsn.value()) dead.push_back(i);
  std::string set;
  DocumentSet::append(set, dead, segment.size());
  return set;
}

}  // namespace

Result<std::unique_ptr<SegmentStore>> SegmentStore::open(std::unique_ptr<io::Directory> directory,
                                                         Options options) {
  std::unique_ptr<SegmentStore> store(new SegmentStore(std::move(directory)));
  STELE_RETURN_IF_ERROR(store->load(options));
  return store;
}

Result<void> SegmentStore::load(Options options) {
  // Numbers go on behind all that is there, named by a manifest or not.
  STELE_TRY(const std::vector<io::Entry> entries, directory_->list());
  for (const io::Entry& entry : entries) {
    if (!is_segment_file(entry.name)) continue;
    std::uint64_t number = 0;
    std::from_chars(entry.name.data() + kPrefix.size(), entry.name.data() + entry.name.size(), number);
    next_number_ = std::max(next_number_, number + 1);
  }
  auto bytes = io::read_all(*directory_, kManifest);
  if (!bytes) {
    if (bytes.error().code != ErrorCode::kNotFound) return std::move(bytes).error();
    remove_others();
    return {};
  }
  auto manifest = Manifest::read(*bytes);
  if (!manifest) return put_aside(std::string(kManifest), manifest.error().message);
  next_number_ = std::max(next_number_, manifest->next_number);
  manifest_ = *std::move(manifest);
  for (const Manifest::SegmentFile& file : manifest_.segments) {
    auto segment = load_segment(file, options);
    if (segment) {
      segments_.push_back(*std::move(segment));
      continue;
    }
    if (!is_damage(segment.error())) return std::move(segment).error();
    STELE_RETURN_IF_ERROR(put_aside(file_name(file.number), segment.error().message));
  }
  if (!damage_.empty()) {
    segments_.clear();
    manifest_ = {};
    return {};
  }
  remove_others();
  return {};
}

Result<std::shared_ptr<SealedSegment>> SegmentStore::load_segment(const Manifest::SegmentFile& file,
                                                                  Options options) {
  STELE_TRY(std::shared_ptr<const io::Mapping> mapping, directory_->map(file_name(file.number)));
  if (mapping->bytes().size() != file.bytes)
    return corrupted(fmt::format("segment: {} bytes for {}", mapping->bytes().size(), file.bytes));
  STELE_TRY(const SectionReader sections, SectionReader::open(mapping->bytes()));
  if (sections.directory_checksum() != file.checksum) return corrupted("segment: another one of its size");
  if (options.verify) STELE_RETURN_IF_ERROR(sections.verify());
  if (file.documents > SealedSegment::kDocumentsMax) return corrupted("segment: more documents than fit");
  STELE_TRY(std::shared_ptr<SealedSegment> segment,
            SealedSegment::open(std::move(mapping), Versions(file.documents, manifest_.lsn)));
  std::vector<DocOrdinal> dead;
  DocumentSet(file.dead, file.documents).append_members(dead);
  for (const DocOrdinal ordinal : dead) segment->kill(ordinal, manifest_.lsn);
  return segment;
}

Result<bool> SegmentStore::verify() {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const auto sections = SectionReader::open(segments_[i]->bytes());
    const Result<void> same = sections ? sections->verify() : Result<void>(sections.error());
    if (!same)
      STELE_RETURN_IF_ERROR(put_aside(file_name(manifest_.segments[i].number), same.error().message));
  }
  return damage_.empty();
}

Result<void> SegmentStore::put_aside(const std::string& name, const std::string& reason) {
  std::string kept = fmt::format("{}.damaged-{}", name, next_number_++);
  Result<void> renamed = directory_->rename(name, kept);
  if (!renamed && renamed.error().code != ErrorCode::kNotFound) return renamed;
  if (!renamed) kept.clear();
  damage_.push_back({name, reason, std::move(kept)});
  return directory_->sync();
}

Result<Manifest::SegmentFile> SegmentStore::write_segment(const SealedSegment& segment) {
  STELE_TRY(const SectionReader sections, SectionReader::open(segment.bytes()));
  Manifest::SegmentFile file;
  file.number = next_number_++;
  file.bytes = segment.bytes().size();
  file.checksum = sections.directory_checksum();
  file.documents = segment.size();
  STELE_TRY(const std::unique_ptr<io::File> out,
            directory_->open(file_name(file.number), io::OpenMode::kCreate));
  STELE_RETURN_IF_ERROR(out->append(segment.bytes()));
  STELE_RETURN_IF_ERROR(out->sync());
  return file;
}

Result<void> SegmentStore::commit(const Checkpoint& checkpoint) {
  Manifest next{checkpoint.lsn, checkpoint.next_sequence, 0, checkpoint.schema, {}};
  std::vector<std::size_t> fresh;
  for (std::size_t i = 0; i < checkpoint.segments.size(); ++i) {
    const SealedSegment& segment = *checkpoint.segments[i];
    if (segment.versions().last_born() > checkpoint.lsn)
      return make_error(ErrorCode::kInvalidArgument,
                        fmt::format("segments: a version of {} in a checkpoint at {}",
                                    segment.versions().last_born().to_string(), checkpoint.lsn.to_string()));
    const auto known = std::find(segments_.begin(), segments_.end(), checkpoint.segments[i]);
    if (known != segments_.end()) {
      next.segments.push_back(manifest_.segments[static_cast<std::size_t>(known - segments_.begin())]);
    } else {
      STELE_TRY(Manifest::SegmentFile file, write_segment(segment));
      next.segments.push_back(std::move(file));
      fresh.push_back(i);
    }
    next.segments.back().dead = dead_at(segment, checkpoint.lsn);
  }
  next.next_number = next_number_;
  // The files' names are on disk before the manifest that names them.
  if (!fresh.empty()) STELE_RETURN_IF_ERROR(directory_->sync());
  STELE_RETURN_IF_ERROR(io::write_atomically(*directory_, kManifest, next.bytes()));
  std::vector<std::shared_ptr<SealedSegment>> segments = checkpoint.segments;
  manifest_ = std::move(next);
  for (const std::size_t i : fresh) {
    auto mapping = directory_->map(file_name(manifest_.segments[i].number));
    if (!mapping || (*mapping)->bytes() != segments[i]->bytes()) continue;  // what is in memory goes on
    auto mapped = SealedSegment::open(*std::move(mapping), segments[i]->versions().copy());
    if (mapped) segments[i] = *std::move(mapped);
  }
  segments_ = std::move(segments);
  damage_.clear();
  remove_others();
  return {};
}

// What no manifest names: of commits that did not come to their end, or of segments that were joined. What
// cannot be removed now is tried again.
void SegmentStore::remove_others() {
  std::set<std::string, std::less<>> named;
  for (const Manifest::SegmentFile& file : manifest_.segments) named.insert(file_name(file.number));
  const auto entries = directory_->list();
  if (!entries) return;
  for (const io::Entry& entry : *entries)
    if (!entry.is_directory && is_segment_file(entry.name) && !named.contains(entry.name))
      (void)directory_->remove(entry.name);
}

}  // namespace stele::engine
