#include "engine/segment/sealing_segments.h"

#include "engine/reference/memory_segment.h"
#include "engine/segment/segment_writer.h"
#include "engine/vectors/vector_index.h"

namespace stele::engine {

using reference::MemorySegment;

std::shared_ptr<Segment> SealingSegments::build(const Schema& schema, std::vector<DocumentPtr> documents,
                                                std::vector<std::uint64_t> sequences) const {
  std::shared_ptr<Segment> built = MemorySegment::build(schema, std::move(documents), std::move(sequences));
  if (built->size() < seal_documents_ && built->content_bytes() < seal_bytes_) return built;
  // Nothing of it is dead, nor seen by anybody yet.
  // The writer is waiting: its vectors are indexed by a join, later.
  return seal(schema, std::span(&built, 1), Lsn(), false);
}

std::shared_ptr<Segment> SealingSegments::join(const Schema& schema,
                                               std::span<const std::shared_ptr<Segment>> parts,
                                               Lsn oldest) const {
  std::size_t documents = 0;
  std::size_t bytes = 0;
  bool plain = true;
  for (const auto& part : parts) {
    documents += part->size();
    bytes += part->content_bytes();
    plain = plain && dynamic_cast<const MemorySegment*>(part.get()) != nullptr;
  }
  if (plain && documents < seal_documents_ && bytes < seal_bytes_)
    return MemorySegment::join(schema, parts, oldest);
  return seal(schema, parts, oldest, true);
}

bool SealingSegments::is_unfinished(const Schema& schema, const Segment& segment) const {
  if (dynamic_cast<const SealedSegment*>(&segment) == nullptr) return false;
  for (std::uint32_t id = 0; id < schema.size(); ++id) {
    const FieldReader* field = segment.field(FieldId(id));
    if (field != nullptr && field->vector_index() == nullptr &&
        is_worth_index(schema.field(FieldId(id)), field->vectors()))
      return true;
  }
  return false;
}

std::shared_ptr<Segment> SealingSegments::sealed(const Schema& schema,
                                                 std::span<const std::shared_ptr<Segment>> parts,
                                                 Lsn oldest) const {
  // Vectors are indexed by a join, later.
  return seal(schema, parts, oldest, false);
}

}  // namespace stele::engine
