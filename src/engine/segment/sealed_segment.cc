#include "engine/segment/sealed_segment.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "engine/segment/document_record.h"

namespace stele::engine {
namespace {

constexpr unsigned kOrdinalBits = 24;
constexpr std::uint32_t kOrdinalMask = (1U << kOrdinalBits) - 1;

std::uint32_t slot_tag(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 56U) << kOrdinalBits;
}

}  // namespace

std::string make_key_slots(std::size_t documents, const std::vector<std::uint64_t>& hashes) {
  STELE_CHECK(documents <= SealedSegment::kDocumentsMax && hashes.size() == documents);
  std::vector<std::uint32_t> slots(std::bit_ceil(documents + documents / 2 + 1));
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = documents; i-- > 0;) {
    std::size_t at = hashes[i] & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = slot_tag(hashes[i]) | static_cast<std::uint32_t>(i + 1);
  }
  return std::string(reinterpret_cast<const char*>(slots.data()), slots.size() * 4);
}

Result<std::shared_ptr<SealedSegment>> SealedSegment::open(std::shared_ptr<const io::Mapping> bytes,
                                                           Versions versions) {
  std::shared_ptr<SealedSegment> segment(new SealedSegment(std::move(bytes), std::move(versions)));
  STELE_RETURN_IF_ERROR(segment->read_sections());
  return segment;
}

Result<void> SealedSegment::read_sections() {
  STELE_TRY(const SectionReader sections, SectionReader::open(bytes()));
  const auto of_segment = [&](SectionKind kind) { return sections.find(kSegmentSections, kind); };
  documents_ = of_segment(SectionKind::kDocuments);
  document_offsets_ = PackedIntegers(of_segment(SectionKind::kDocumentOffsets), size() + 1);
  sequences_ = PackedIntegers(of_segment(SectionKind::kSequences), size());
  slots_ = of_segment(SectionKind::kKeySlots);
  slot_count_ = slots_.size() / 4;
  const bool fits = document_offsets_.size() == size() + 1 && sequences_.size() == size() &&
                    std::has_single_bit(slot_count_) && slot_count_ > size();
  if (!fits) return make_error(ErrorCode::kCorruption, "segment: sections of other sizes than its documents");
  for (const auto& [name, section] : sections.all()) {
    if (name.second != static_cast<std::uint32_t>(SectionKind::kField)) continue;
    if (name.first > 100'000) return make_error(ErrorCode::kCorruption, "segment: a field beyond any schema");
    STELE_TRY(SealedField field, SealedField::open(sections, name.first, size()));
    if (fields_.size() <= name.first) fields_.resize(name.first + 1U);
    fields_[name.first] = std::make_unique<const SealedField>(std::move(field));
  }
  return {};
}

std::string_view SealedSegment::record(DocOrdinal ordinal) const {
  const std::uint64_t begin = std::min<std::uint64_t>(document_offsets_[ordinal], documents_.size());
  const std::uint64_t end =
      std::clamp<std::uint64_t>(document_offsets_[ordinal + 1U], begin, documents_.size());
  return documents_.substr(begin, end - begin);
}

DocumentPtr SealedSegment::document(DocOrdinal ordinal) const {
  auto read = read_record(record(ordinal));
  // The bytes are ours and in memory: what files hold is checked where they are opened.
  STELE_CHECK(read.has_value());
  auto document = std::make_shared<Document>(*std::move(read));
  for (std::uint32_t id = 0; id < fields_.size(); ++id) {
    if (!fields_[id] || fields_[id]->type() != FieldType::kDenseVector) continue;
    const VectorRows rows = fields_[id]->vectors();
    const auto found = std::lower_bound(rows.documents.begin(), rows.documents.end(), ordinal);
    if (found == rows.documents.end() || *found != ordinal) continue;
    const auto vector = rows.vector(static_cast<std::size_t>(found - rows.documents.begin()));
    document->vectors.push_back({FieldId(id), {vector.begin(), vector.end()}});
  }
  return document;
}

DocKey SealedSegment::key(DocOrdinal ordinal) const {
  auto key = DocKey::from_bytes(record_key(record(ordinal)));
  STELE_CHECK(key.has_value());
  return *std::move(key);
}

std::size_t SealedSegment::content_bytes() const {
  return sizeof(*this) + bytes_->memory_bytes() + fields_.size() * (sizeof(SealedField) + sizeof(void*));
}

bool SealedSegment::find_versions(const DocKey& key, std::uint64_t hash, AcceptCall call,
                                  void* target) const {
  const std::size_t mask = slot_count_ - 1;
  const std::uint32_t tag = slot_tag(hash);
  std::size_t at = hash & mask;
  for (std::size_t walked = 0; walked < slot_count_; ++walked, at = (at + 1) & mask) {
    const auto slot = load_le<std::uint32_t>(slots_.data() + at * 4);
    if (slot == 0) return false;
    const DocOrdinal ordinal = (slot & kOrdinalMask) - 1;
    if ((slot & ~kOrdinalMask) != tag || ordinal >= size()) continue;
    if (record_key(record(ordinal)) == key.bytes() && call(target, ordinal)) return true;
  }
  return false;
}

}  // namespace stele::engine
