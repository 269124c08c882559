#include "engine/segment/segment_writer.h"

#include "base/check.h"
#include "engine/segment/document_record.h"
#include "engine/segment/field_writer.h"
#include "engine/segment/hash.h"

namespace stele::engine {
namespace {

// The documents that go on, and what of them stands beside the fields.
struct Kept {
  std::vector<std::vector<DocOrdinal>> renumbered;  // by part
  std::vector<std::uint64_t> born;
  std::vector<std::uint64_t> sequences;
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint64_t> hashes;
  std::string records;
};

void keep(const Segment& segment, Lsn oldest, Kept& kept) {
  std::vector<DocOrdinal>& numbers = kept.renumbered.emplace_back(segment.size(), kDropped);
  const auto* sealed = dynamic_cast<const SealedSegment*>(&segment);
  for (DocOrdinal i = 0; i < segment.size(); ++i) {
    if (segment.versions().died(i) <= oldest.value()) continue;
    numbers[i] = static_cast<DocOrdinal>(kept.sequences.size());
    kept.sequences.push_back(segment.sequence(i));
    kept.born.push_back(segment.versions().born(i));
    const std::size_t start = kept.records.size();
    if (sealed != nullptr)
      kept.records.append(sealed->record(i));
    else
      append_record(kept.records, *segment.document(i));
    kept.hashes.push_back(hash_bytes(record_key(std::string_view(kept.records).substr(start))));
    kept.offsets.push_back(kept.records.size());
  }
}

}  // namespace

std::shared_ptr<SealedSegment> seal(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                    Lsn oldest, bool index_vectors) {
  Kept kept;
  for (const auto& part : parts) keep(*part, oldest, kept);
  const std::size_t documents = kept.sequences.size();
  SectionWriter sections;
  const auto add = [&](SectionKind kind, std::string_view bytes) {
    sections.add(kSegmentSections, kind, bytes);
  };
  add(SectionKind::kDocuments, kept.records);
  kept.records = std::string();
  std::string packed;
  PackedIntegers::append(packed, kept.offsets);
  add(SectionKind::kDocumentOffsets, packed);
  packed.clear();
  PackedIntegers::append(packed, kept.sequences);
  add(SectionKind::kSequences, packed);
  add(SectionKind::kKeySlots, make_key_slots(documents, kept.hashes));
  for (std::uint32_t id = 0; id < schema.size(); ++id) {
    std::vector<FieldPart> fields;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (const FieldReader* field = parts[i]->field(FieldId(id)))
        fields.push_back({field, kept.renumbered[i]});
    if (fields.empty()) continue;
    FieldWriter(schema.field(FieldId(id)), std::move(fields), documents, index_vectors).write(id, sections);
  }
  Versions versions(std::move(kept.born));
  versions.forget_births(oldest);
  auto sealed = SealedSegment::open(io::mapping_of(sections.finish()), std::move(versions));
  STELE_CHECK_MESSAGE(sealed.has_value(), sealed ? "" : sealed.error().message);
  return *std::move(sealed);
}

}  // namespace stele::engine
